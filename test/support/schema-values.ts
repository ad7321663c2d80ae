import * as fc from 'fast-check';
import { z } from 'zod';

const nodeSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Node = z.output<typeof nodeSchema>;

/** Values in places where they do not belong. */
const junk = fc.constantFrom<unknown>(
  null,
  -1,
  1.5,
  true,
  '',
  'x',
  ' ',
  [],
  {},
  [null],
  'A'.repeat(300),
  '\u0000',
  '%',
  'é',
);

/** Levels below which optional parts are left out. */
const maxDepth = 4;

/** Values that a schema of a document allows, and now and then one with a part that it does not. */
export class SchemaValues {
  private readonly schemas: Readonly<Record<string, unknown>>;
  private readonly junkWeight: number;

  /**
   * @param schemas the component schemas that references lead to
   * @param junkWeight how often a part is replaced by what does not belong there, in a hundred
   */
  constructor(schemas: Readonly<Record<string, unknown>>, junkWeight: number) {
    this.schemas = schemas;
    this.junkWeight = junkWeight;
  }

  of(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
    const allowed = this.allowed(nodeSchema.parse(schema), depth);
    return fc.oneof(
      { weight: 100 - this.junkWeight, arbitrary: allowed },
      { weight: this.junkWeight, arbitrary: junk },
    );
  }

  private allowed(node: Node, depth: number): fc.Arbitrary<unknown> {
    if (node.$ref !== undefined) return this.of(this.schemas[node.$ref.split('/').at(-1) ?? ''], depth + 1);
    if (node.const !== undefined) return fc.constant(node.const);
    if (node.enum !== undefined) return fc.constantFrom(...node.enum);
    const choices = node.anyOf ?? node.oneOf ?? node.allOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.of(choice, depth + 1)));
    const types = [node.type ?? 'string'].flat();
    return fc.oneof(...types.map((type) => this.typed(node, type, depth)));
  }

  private typed(node: Node, type: string, depth: number): fc.Arbitrary<unknown> {
    switch (type) {
      case 'object':
        return this.object(node, depth);
      case 'array':
        return fc.array(this.of(node.items ?? {}, depth + 1), { maxLength: depth > maxDepth ? 0 : 2 });
      case 'integer':
        return fc.integer({ min: Math.max(node.minimum ?? 0, -1e9), max: Math.min(node.maximum ?? 1e9, 1e9) });
      case 'number':
        return fc.double({ min: node.minimum ?? 0, max: node.maximum ?? 1e6, noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return text(node);
    }
  }

  private object({ properties = {}, required = [] }: Node, depth: number): fc.Arbitrary<unknown> {
    const names = Object.keys(properties).filter((name) => depth <= maxDepth || required.includes(name));
    const members = Object.fromEntries(names.map((name) => [name, this.of(properties[name], depth + 1)]));
    const kept = required.filter((name) => name in members);
    return fc.record<Record<string, unknown>>(members, { requiredKeys: kept });
  }
}

function text({ pattern, minLength = 0, maxLength = 40, format }: Node): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom('2026-01-01T00:00:00Z', '2026-13-01T00:00:00Z');
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40) });
}
