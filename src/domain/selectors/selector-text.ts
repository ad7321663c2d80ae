import { badRequest, type MusterError } from '../errors.ts';

/** The name of one of a request's two selectors: its parameter, and the first word of every message about it. */
export type SelectorName = 'labelSelector' | 'fieldSelector';

/** A selector as it was written, with the name of its parameter. */
export interface SelectorText {
  readonly name: SelectorName;
  readonly text: string;
}

/** Bounds of a selector. One that exceeds them is refused, so that the worst cost of a request is known. */
export const selectorLimits = {
  bytes: 64 * 1024,
  requirements: 1_000,
  /** Over all sets of one selector together. */
  setMembers: 10_000,
  /** Keys in one set of keys. Not from Kubernetes: Postgres bounds the size of a row comparison. */
  keysInSet: 100,
} as const;

const maxQuote = 40;

/** Quotes a piece of a selector for a message, and shortens it if it is long. */
export function quote(piece: string): string {
  const characters = Array.from(piece);
  return characters.length > maxQuote ? `'${characters.slice(0, maxQuote).join('')}…'` : `'${piece}'`;
}

/**
 * The error for a selector that does not parse.
 * @param offset place in the text, in UTF-16 units from 0; the message shows the column, in characters from 1.
 * @param problem says what was expected there and what was found.
 */
export function selectorError(source: SelectorText, offset: number, problem: string): MusterError {
  const column = Array.from(source.text.slice(0, offset)).length + 1;
  return badRequest(`${source.name}: at column ${column}: ${problem}`);
}

/**
 * Refuses a text that is too long for any selector, or has characters that Postgres text cannot store (NUL, half of a
 * surrogate pair) and that would make the query fail.
 * @throws MusterError 400
 */
export function checkSelectorText(source: SelectorText): void {
  if (Buffer.byteLength(source.text, 'utf8') > selectorLimits.bytes) {
    throw badRequest(`${source.name}: longer than ${selectorLimits.bytes} bytes`);
  }
  const nul = source.text.indexOf('\0');
  if (nul !== -1) throw selectorError(source, nul, 'expected text, found a NUL character');
  const surrogate = source.text.search(/\p{Surrogate}/u);
  if (surrogate !== -1) throw selectorError(source, surrogate, 'expected text, found half of a surrogate pair');
}
