import { describe, parseExpression, TokenCursor } from './parse-expression.ts';
import { scanTemplate } from './scan-template.ts';
import type { Segment } from './scan-template.ts';
import type { BlockNode, Branch, Template, TemplateNode } from './syntax-tree.ts';
import { TemplateError } from './template-error.ts';

/** Bytes of UTF-8. */
export const maxTemplateBytes = 64 * 1024;
/** How many `if` and `with` blocks may stand inside each other. */
export const maxBlockDepth = 100;

/**
 * Compiles a template. The language is the part of Go's text/template that Flight Control's device templates use:
 *
 * - `{{ .metadata.name }}`, `{{ .metadata.labels.key }}`, `{{ index .metadata.labels "any/key" }}`; `$` is the root
 * - `a | f`, parentheses, `"…"`, `` `…` ``, decimal integers, `true`, `false`
 * - `upper`, `lower`, `replace old new in`, `getOrDefault .metadata.labels key default`
 * - `eq ne lt le gt ge and or not`, `{{if}}`, `{{else if}}`, `{{with}}`, `{{else with}}`, `{{else}}`, `{{end}}`
 * - comments and trim markers
 *
 * It differs from Go and Flight Control only in being stricter:
 *
 * - What cannot work for any device (a number of arguments, a key that needs `index`) is refused here, whether or not
 *   it would ever be reached.
 * - A label that is not set is an error for `index` too, and in conditions as well: `getOrDefault` is the way round it.
 * - `upper`, `lower` and `replace` refuse what is no string, where Flight Control takes it as the empty string.
 *
 * In one way it is more lenient: name and labels are plain values here and pointers there, so `eq .metadata.name "x"`
 * works, and no labels at all are false.
 *
 * @throws TemplateError and nothing else
 */
export function parseTemplate(source: string): Template {
  if (Buffer.byteLength(source) > maxTemplateBytes) {
    throw new TemplateError(`a template may be ${maxTemplateBytes} bytes long, this one is longer`, source, 0);
  }
  const reader: Reader = { source, segments: scanTemplate(source) };
  const { nodes, stop } = parseNodes(reader, 0);
  if (stop.kind !== 'source-end')
    throw new TemplateError(`{{${stop.kind}}} without {{if}} or {{with}}`, source, stop.offset);
  return { source, nodes };
}

type Reader = { readonly source: string; readonly segments: Iterator<Segment, void, undefined> };

/** What a run of nodes ends at. After `else`, the cursor stands behind that word. */
type Stop =
  | { readonly kind: 'source-end' }
  | { readonly kind: 'end' | 'else'; readonly offset: number; readonly cursor: TokenCursor };

const unsupported = new Set(['range', 'define', 'template', 'block', 'break', 'continue']);

function parseNodes(reader: Reader, depth: number): { nodes: TemplateNode[]; stop: Stop } {
  const nodes: TemplateNode[] = [];
  for (let next = reader.segments.next(); next.done !== true; next = reader.segments.next()) {
    const segment = next.value;
    if (segment.kind === 'text') {
      nodes.push(segment);
      continue;
    }
    const cursor = new TokenCursor(reader.source, segment.tokens);
    const { word } = cursor;
    if (word === 'if' || word === 'with') {
      cursor.take();
      nodes.push(parseBlock(reader, word, cursor, segment.offset, depth));
    } else if (word === 'end' || word === 'else') {
      cursor.take();
      if (word === 'end') expectEnd(cursor);
      return { nodes, stop: { kind: word, offset: segment.offset, cursor } };
    } else if (word !== undefined && unsupported.has(word)) {
      cursor.fail(`{{${word}}} is not supported`);
    } else {
      nodes.push({ kind: 'output', expression: parseExpression(cursor) });
    }
  }
  return { nodes, stop: { kind: 'source-end' } };
}

/** Parses a block whose keyword the cursor has passed, `{{end}}` included. `offset` is where the block begins. */
function parseBlock(
  reader: Reader,
  keyword: BlockNode['kind'],
  opening: TokenCursor,
  offset: number,
  depth: number,
): BlockNode {
  if (depth >= maxBlockDepth) {
    throw new TemplateError(`blocks are nested more than ${maxBlockDepth} deep`, reader.source, offset);
  }
  const unclosed = (): never => {
    throw new TemplateError(`{{${keyword}}} has no {{end}}`, reader.source, offset);
  };
  const branches: Branch[] = [];
  let cursor = opening;
  for (;;) {
    const condition = parseExpression(cursor);
    const { nodes, stop } = parseNodes(reader, depth + 1);
    branches.push({ condition, nodes });
    if (stop.kind === 'source-end') return unclosed();
    if (stop.kind === 'end') return { kind: keyword, branches, otherwise: [] };
    if (stop.cursor.peek().kind === 'end') break;
    if (stop.cursor.word !== keyword) {
      return stop.cursor.fail(`{{else}} of {{${keyword}}} is followed by ${describe(stop.cursor.peek())}`);
    }
    stop.cursor.take();
    cursor = stop.cursor;
  }
  const { nodes, stop } = parseNodes(reader, depth + 1);
  if (stop.kind === 'source-end') return unclosed();
  if (stop.kind === 'else') {
    throw new TemplateError(`{{${keyword}}} has a second {{else}}`, reader.source, stop.offset);
  }
  return { kind: keyword, branches, otherwise: nodes };
}

function expectEnd(cursor: TokenCursor): void {
  if (cursor.peek().kind !== 'end') cursor.fail(`{{end}} is followed by ${describe(cursor.peek())}`);
}
