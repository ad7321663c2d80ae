import { parseAssignment } from './parse-expression.ts';
import { scanTemplate } from './scan-template.ts';
import type { Segment } from './scan-template.ts';
import type { BlockNode, Branch, Template, TemplateNode } from './syntax-tree.ts';
import { TemplateError } from './template-error.ts';
import { describe, TokenCursor, type Token } from './token-cursor.ts';
import { VariableNames } from './variable-names.ts';

/** Bytes of UTF-8, the bound of a file in a spec. */
const maxTemplateBytes = 1024 * 1024;
/** Most levels of `if` and `with` blocks inside each other, as in Flight Control. */
const maxBlockDepth = 10;

/**
 * Compiles a template. The language is the part of Go's text/template that Flight Control's fleet templates use;
 * docs/templates.md says what it supports and where it differs.
 *
 * @throws TemplateError and nothing else
 */
export function parseTemplate(source: string): Template {
  if (Buffer.byteLength(source) > maxTemplateBytes) {
    throw new TemplateError(`a template may be ${maxTemplateBytes} bytes long, this one is longer`, source, 0);
  }
  const reader: Reader = { source, segments: scanTemplate(source), variables: new VariableNames(), tokenCount: 0 };
  const { nodes, stop } = parseNodes(reader, { depth: 0, dotIsRoot: true });
  if (stop.kind !== 'source-end')
    throw new TemplateError(`{{${stop.kind}}} without {{if}} or {{with}}`, source, stop.offset);
  return { source, nodes, variableCount: reader.variables.count, tokenCount: reader.tokenCount };
}

type Reader = {
  readonly source: string;
  readonly segments: Iterator<Segment, void, undefined>;
  readonly variables: VariableNames;
  tokenCount: number;
};

/** Surroundings of a run of nodes: the depth of blocks, and the meaning of ".". */
type Surroundings = { readonly depth: number; readonly dotIsRoot: boolean };

/** The action that ends a run of nodes. */
type Stop =
  | { readonly kind: 'source-end' }
  | { readonly kind: 'end' | 'else'; readonly offset: number; readonly tokens: readonly Token[] };

const unsupported = new Set(['range', 'define', 'template', 'block', 'break', 'continue']);

function parseNodes(reader: Reader, surroundings: Surroundings): { nodes: TemplateNode[]; stop: Stop } {
  const nodes: TemplateNode[] = [];
  for (let next = reader.segments.next(); next.done !== true; next = reader.segments.next()) {
    const segment = next.value;
    if (segment.kind === 'text') {
      nodes.push(segment);
      continue;
    }
    const { tokens, offset } = segment;
    reader.tokenCount += tokens.length;
    const cursor = new TokenCursor(reader.source, tokens, reader.variables, surroundings.dotIsRoot);
    const { word } = cursor;
    if (word === 'if' || word === 'with') {
      cursor.take();
      nodes.push(reader.variables.scoped(() => parseBlock(reader, word, cursor, offset, surroundings)));
    } else if (word === 'end' || word === 'else') {
      if (word === 'end') expectEnd(cursor);
      return { nodes, stop: { kind: word, offset, tokens } };
    } else if (word !== undefined && unsupported.has(word)) {
      cursor.fail(`{{${word}}} is not supported`);
    } else {
      const { variable, expression } = parseAssignment(cursor);
      nodes.push(variable === undefined ? { kind: 'output', expression } : { kind: 'set', variable, expression });
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
  outer: Surroundings,
): BlockNode {
  const { source, variables } = reader;
  if (outer.depth >= maxBlockDepth) {
    throw new TemplateError(`blocks are nested more than ${maxBlockDepth} deep`, source, offset);
  }
  const parseBody = (dotIsRoot: boolean): { nodes: TemplateNode[]; stop: Exclude<Stop, { kind: 'source-end' }> } => {
    const { nodes, stop } = variables.scoped(() => parseNodes(reader, { depth: outer.depth + 1, dotIsRoot }));
    if (stop.kind === 'source-end') throw new TemplateError(`{{${keyword}}} has no {{end}}`, source, offset);
    return { nodes, stop };
  };
  const branches: Branch[] = [];
  let cursor = opening;
  for (;;) {
    const { variable, expression: condition } = parseAssignment(cursor);
    const { nodes, stop } = parseBody(keyword === 'if' && outer.dotIsRoot);
    branches.push({ condition, variable, nodes });
    if (stop.kind === 'end') return { kind: keyword, branches, otherwise: [] };
    cursor = new TokenCursor(source, stop.tokens, variables, outer.dotIsRoot);
    cursor.take();
    if (cursor.peek().kind === 'end') break;
    if (cursor.word !== keyword) {
      return cursor.fail(`{{else}} of {{${keyword}}} is followed by ${describe(cursor.peek())}`);
    }
    cursor.take();
  }
  const { nodes, stop } = parseBody(outer.dotIsRoot);
  if (stop.kind === 'else') {
    throw new TemplateError(`{{${keyword}}} has a second {{else}}`, source, stop.offset);
  }
  return { kind: keyword, branches, otherwise: nodes };
}

function expectEnd(cursor: TokenCursor): void {
  cursor.take();
  if (cursor.peek().kind !== 'end') cursor.fail(`{{end}} is followed by ${describe(cursor.peek())}`);
}
