import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { CliError, exitCodes, rootCause } from '../client/failures.ts';
import { nearestWord } from '../domain/nearest-word.ts';
import { planFaults } from '../domain/recovery-runs/plan-faults.ts';
import { restorePlanSchema, type RestorePlan } from '../domain/recovery-runs/restore-plan.ts';
import { manifestText } from '../manifests/manifest-text.ts';
import { nestsDeeperThan } from '../manifests/yaml-nesting.ts';
import { manifestYaml } from '../manifests/yaml-schema.ts';

const maxBytes = 1024 * 1024;
const maxNesting = 30;
/** Most faults that are listed. */
const maxFaults = 20;

/** A plan, and where it and what belongs to it are. */
export type PlanFile = {
  readonly plan: RestorePlan;
  readonly path: string;
  /** Directory of the plan, which its paths and commands start from. */
  readonly directory: string;
  /** Beginning of the paths of all files that belong to its runs. */
  readonly stem: string;
  readonly sha256: string;
};

/** Reads a plan. @throws CliError that names line and column of all that is wrong */
export async function readPlan(path: string): Promise<PlanFile> {
  const bytes = await readFile(path);
  if (bytes.length > maxBytes) throw invalid(path, [`expected at most ${maxBytes} bytes`]);
  const plan = parsePlan(path, manifestText(bytes));
  const full = resolve(path);
  return {
    plan,
    path: full,
    directory: dirname(full),
    stem: join(dirname(full), basename(full, extname(full))),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Reads the text of a plan. @param name of it, for messages */
export function parsePlan(name: string, text: string): RestorePlan {
  if (nestsDeeperThan(text, maxNesting)) throw invalid(name, [`expected at most ${maxNesting} levels of nesting`]);
  const lines = new LineCounter();
  const document = parseDocument(text, { ...manifestYaml, lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const unreadable = document.errors[0] ?? document.warnings[0];
  if (unreadable !== undefined) throw invalid(name, [`${place(unreadable.pos[0])}: ${unreadable.message}`]);
  const parsed = restorePlanSchema.safeParse(valueOf(name, document));
  const faults = parsed.success
    ? planFaults(parsed.data).map(({ path, message }) => ({ path, message, key: undefined }))
    : parsed.error.issues.flatMap(faultsOf);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw invalid(
    name,
    faults.map(({ path, message, key }) => {
      const named = [...path, ...(key === undefined ? [] : [key])].join('.');
      return `${place(offsetOf(document, path, key))}: ${named === '' ? '' : `${named}: `}${message}`;
    }),
  );
}

function valueOf(name: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw invalid(name, [rootCause(error)]);
  }
}

type Fault = { readonly path: readonly PropertyKey[]; readonly message: string; readonly key: string | undefined };

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'invalid_union') {
    // Of a list of forms the one that came furthest says most.
    const [best] = issue.errors
      .filter((issues) => issues.some(({ path }) => path.length > 0))
      .toSorted((a, b) => a.length - b.length);
    if (best !== undefined)
      return best.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }));
    return [{ path: issue.path, message: issue.message, key: undefined }];
  }
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message, key: undefined }];
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const meant = nearestWord(key, known);
    return {
      path: issue.path,
      message: `there is no such key${meant === undefined ? `; there are ${known.join(', ')}` : `; is ${meant} meant?`}`,
      key,
    };
  });
}

/** A schema as its library keeps it, as far as it leads to others. */
type SchemaNode = {
  readonly def: {
    readonly innerType?: SchemaNode;
    readonly element?: SchemaNode;
    readonly valueType?: SchemaNode;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
    readonly options?: readonly SchemaNode[];
  };
};

/** Keys that a plan may have at a place. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schemas: SchemaNode[] = [restorePlanSchema as unknown as SchemaNode];
  for (const step of path) schemas = schemas.flatMap((schema) => inside(schema, step));
  return [...new Set(schemas.flatMap((schema) => shapes(schema).flatMap(Object.keys)))];
}

function inside(schema: SchemaNode, step: PropertyKey): SchemaNode[] {
  const { def } = bare(schema);
  if (def.element !== undefined) return [def.element];
  if (def.valueType !== undefined) return [def.valueType];
  return shapes(schema).flatMap((shape) => {
    const found = shape[String(step)];
    return found === undefined ? [] : [found];
  });
}

function shapes(schema: SchemaNode): Readonly<Record<string, SchemaNode>>[] {
  const { def } = bare(schema);
  if (def.options !== undefined) return def.options.flatMap(shapes);
  return def.shape === undefined ? [] : [def.shape];
}

/** A schema without what makes it optional. */
function bare(schema: SchemaNode): SchemaNode {
  const { innerType } = schema.def;
  return innerType === undefined ? schema : bare(innerType);
}

/** Offset of a value in the text, or of its key if one is named. If it is absent: offset of the nearest value around it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key: string | undefined): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  const range =
    node !== null && typeof node === 'object' && 'range' in node ? (node.range as number[] | undefined) : undefined;
  if (range?.[0] !== undefined) return range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1), undefined);
}

function invalid(name: string, faults: readonly string[]): CliError {
  const shown = faults.slice(0, maxFaults);
  const more = faults.length - shown.length;
  return new CliError(
    [`the plan ${name} cannot be used:`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n  '),
    exitCodes.usage,
  );
}
