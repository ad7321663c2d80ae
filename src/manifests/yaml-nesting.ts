import { Lexer } from 'yaml';

/** A collection that is open in block style, and the column at which it began. */
type Open = { readonly kind: 'list' | 'map'; readonly column: number };

/** Token that YAML's lexer puts before a scalar: the next one is text, whatever it looks like. */
const scalarMark = '\u001f';
/** The lexer's other marks; they stand for nothing in the text. */
const otherMarks = new Set(['\u0002', '\u0018', '\ufeff']);

/**
 * Tells if collections stand inside each other too deep in a text of YAML. To be asked before the text is parsed:
 * the parser is recursive, and a text of brackets alone can end the process with its stack.
 */
export function nestsDeeperThan(text: string, most: number): boolean {
  const blocks: Open[] = [];
  let flows = 0;
  let column = 0;
  let keyColumn: number | undefined;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (token === scalarMark || otherMarks.has(token)) {
      isScalar = token === scalarMark;
      continue;
    }
    if (!isScalar && token === '---') blocks.length = 0;
    else if (!isScalar && (token === '[' || token === '{')) flows += 1;
    else if (!isScalar && (token === ']' || token === '}')) flows = Math.max(0, flows - 1);
    else if (!isScalar && flows === 0 && (token === '-' || token === '?' || token === ':'))
      enter(blocks, token === '-' ? 'list' : 'map', token === ':' ? (keyColumn ?? column) : column);
    if (blocks.length + flows > most) return true;
    if (token.trim() !== '' && token !== '-' && token !== '?') keyColumn ??= column;
    else if (token === '-' || token === '?') keyColumn = undefined;
    const lineEnd = token.lastIndexOf('\n');
    column = lineEnd === -1 ? column + token.length : token.length - lineEnd - 1;
    if (lineEnd !== -1) keyColumn = undefined;
    isScalar = false;
  }
  return false;
}

/** A list may begin at the column of the map that it is in; everything else that is inside stands further right. */
function enter(blocks: Open[], kind: Open['kind'], column: number): void {
  for (let top = blocks.at(-1); top !== undefined; top = blocks.at(-1)) {
    if (top.column < column || (top.column === column && (top.kind === kind || kind === 'list'))) break;
    blocks.pop();
  }
  const top = blocks.at(-1);
  if (top?.column !== column || top.kind !== kind) blocks.push({ kind, column });
}
