import { badRequest, type MusterError } from '../errors.ts';

/** Which of a request's two selectors a text is: the name of its parameter, and the first word of every message about it. */
export type SelectorName = 'labelSelector' | 'fieldSelector';

/** A selector as it was written, with the name it was written under. */
export interface SelectorText {
  readonly name: SelectorName;
  readonly text: string;
}

/** What a selector may hold at most. Past any of these it is refused, so that a request has a known worst cost. */
export const selectorLimits = {
  bytes: 64 * 1024,
  requirements: 1_000,
  /** Over all sets of one selector together. */
  setMembers: 10_000,
  /** Keys in one set of keys. Not from Kubernetes: it keeps a row comparison within what Postgres takes. */
  keysInSet: 100,
} as const;

const maxQuote = 40;

/** A piece of a selector as messages show it: in quotes, shortened when long. */
export function quote(piece: string): string {
  const characters = Array.from(piece);
  return characters.length > maxQuote ? `'${characters.slice(0, maxQuote).join('')}…'` : `'${piece}'`;
}

/**
 * The error for a selector that does not parse.
 * @param offset where in the text, in UTF-16 units from 0; people are told the column, in characters from 1.
 * @param problem what was expected there and what was found.
 */
export function selectorError(source: SelectorText, offset: number, problem: string): MusterError {
  const column = Array.from(source.text.slice(0, offset)).length + 1;
  return badRequest(`${source.name}: at column ${column}: ${problem}`);
}

/**
 * Refuses what no selector may be, whatever its grammar: too long, or holding characters that Postgres text cannot
 * hold (NUL, half of a surrogate pair), which would otherwise surface as a failed query.
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
