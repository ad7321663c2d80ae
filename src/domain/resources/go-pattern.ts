/** Escapes of one letter in Go's regular expressions outside a class, beside those of punctuation. */
const escapesOutside = new Set('AbBzdDsSwWafnrtv');
/** Escapes of one letter within a class. */
const escapesInside = new Set('dDsSwWafnrtv');
/** Escapes that match many characters, so that no range can begin or end with one. */
const classEscapes = new Set('dDsSwW');
const posixClasses = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);

/**
 * Says why a systemd pattern does not compile as a regular expression of Go (RE2 syntax), in a text that begins with
 * "expected"; undefined if it compiles. The agent compiles each pattern this way, and fails the whole version over one that
 * does not compile. Covers the syntax that the characters of unit patterns can express: no groups, alternatives or counts.
 */
export function goPatternProblem(pattern: string): string | undefined {
  let afterItem = false;
  for (let at = 0; at < pattern.length;) {
    const sign = pattern[at];
    if (sign === '*' || sign === '?') {
      if (!afterItem) return nothingToRepeat(pattern, at);
      // A "?" after it makes it lazy.
      at += pattern[at + 1] === '?' ? 2 : 1;
      afterItem = false;
      continue;
    }
    const end = sign === '[' ? endOfClass(pattern, at) : endOfCharacter(pattern, at, escapesOutside);
    if (typeof end === 'string') return end;
    at = end;
    afterItem = true;
  }
  return undefined;
}

function nothingToRepeat(pattern: string, at: number): string {
  const where = at === 0 ? 'at its beginning' : `at position ${at + 1}`;
  return `expected a pattern that is also a regular expression of Go: "${pattern[at] ?? ''}" ${where} repeats nothing`;
}

/** @returns the index after a character or an escape, or the problem with it */
function endOfCharacter(pattern: string, at: number, letters: ReadonlySet<string>): number | string {
  if (pattern[at] !== '\\') return at + 1;
  const escaped = pattern[at + 1];
  if (escaped === undefined) return problem('"\\" at its end escapes nothing');
  if (escaped === 'x') {
    if (/^[0-9A-Fa-f]{2}$/.test(pattern.slice(at + 2, at + 4))) return at + 4;
    return problem(`"\\x" at position ${at + 1} is not followed by two hexadecimal digits`);
  }
  if (!/[A-Za-z0-9]/.test(escaped) || letters.has(escaped)) return at + 2;
  return problem(`the escape "\\${escaped}" at position ${at + 1} is not known`);
}

/** @returns the index after a class in brackets, or the problem with it */
function endOfClass(pattern: string, start: number): number | string {
  let at = start + 1;
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (at >= pattern.length) return problem(`"[" at position ${start + 1} is not closed`);
    const named = pattern.startsWith('[:', at) ? pattern.indexOf(':]', at + 2) : -1;
    if (named !== -1) {
      if (!posixClasses.has(pattern.slice(at + 2, named).replace('^', ''))) {
        return problem(`it has no class "${pattern.slice(at, named + 2)}", at position ${at + 1}`);
      }
      at = named + 2;
      continue;
    }
    const end = endOfRange(pattern, at);
    if (typeof end === 'string') return end;
    at = end;
  }
  return at + 1;
}

/** @returns the index after one character of a class or a range of them, or the problem with it */
function endOfRange(pattern: string, at: number): number | string {
  const end = endOfCharacter(pattern, at, escapesInside);
  if (typeof end === 'string') return end;
  if (pattern[end] !== '-' || pattern[end + 1] === ']' || pattern[end + 1] === undefined) return end;
  if (isClassEscape(pattern, at)) return end;
  const rangeEnd = endOfCharacter(pattern, end + 1, escapesInside);
  if (typeof rangeEnd === 'string') return rangeEnd;
  const isRange = !isClassEscape(pattern, end + 1) && codeOf(pattern, at) <= codeOf(pattern, end + 1);
  return isRange ? rangeEnd : problem(`"${pattern.slice(at, rangeEnd)}" at position ${at + 1} is no range`);
}

function isClassEscape(pattern: string, at: number): boolean {
  return pattern[at] === '\\' && classEscapes.has(pattern[at + 1] ?? '');
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

function codeOf(pattern: string, at: number): number {
  if (pattern[at] !== '\\') return pattern.charCodeAt(at);
  const escaped = pattern[at + 1] ?? '';
  if (escaped === 'x') return Number.parseInt(pattern.slice(at + 2, at + 4), 16);
  return controls[escaped] ?? escaped.charCodeAt(0);
}

function problem(what: string): string {
  return `expected a pattern that is also a regular expression of Go: ${what}`;
}
