import type { MaskedKeys } from './masked-keys.ts';

/** Gives the text to write instead of a secret. */
export type MaskOf = (secret: string) => string;

/** Most characters before a separator in which its key is looked for. */
const maxKey = 128;
/** Most characters of the name, and of the password, in a URL. */
const maxUserInfo = 512;

type Line = { readonly text: string; readonly indent: number };
/** The span of a line that holds the value of a key that names a secret. */
type Span = { readonly start: number; readonly end: number; readonly goesOn: boolean };

/**
 * Masks the secrets in a text: private keys in PEM form, passwords in URLs, and values after a masked key and `:`, `=` or,
 * for an option of a command, a blank. Files of many kinds look like this; it parses none of them exactly, and masks a
 * little too much rather than too little. Its time is linear in the length of the text.
 */
export function maskText(text: string, isMasked: MaskedKeys, maskOf: MaskOf): string {
  return maskUserInfo(maskLines(maskPrivateKeys(text, maskOf), isMasked, maskOf), maskOf);
}

/** Masks the secrets that need no key before them: private keys in PEM form, and passwords in URLs. */
export function maskCredentials(text: string, maskOf: MaskOf): string {
  return maskUserInfo(maskPrivateKeys(text, maskOf), maskOf);
}

/** True if {@link maskCredentials} might find something. */
export function mayHoldCredentials(text: string): boolean {
  return text.includes('://') || text.includes(privateKey);
}

const privateKey = 'PRIVATE KEY';
const pemBegin = /-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
const pemEnd = /-----END [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;

function maskPrivateKeys(text: string, maskOf: MaskOf): string {
  if (!text.includes(privateKey)) return text;
  let masked = '';
  let done = 0;
  for (const { index, 0: begin } of text.matchAll(pemBegin)) {
    if (index < done) continue;
    pemEnd.lastIndex = index + begin.length;
    const end = pemEnd.exec(text);
    const until = end === null ? text.length : end.index + end[0].length;
    masked += text.slice(done, index) + maskOf(text.slice(index, until));
    done = until;
  }
  return masked + text.slice(done);
}

function maskUserInfo(text: string, maskOf: MaskOf): string {
  let masked = '';
  let done = 0;
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    const userInfo = /^([^\s/?#@:"']*):([^\s/?#"']*)@/.exec(text.slice(start, start + maxUserInfo));
    const [, user, password] = userInfo ?? [];
    if (user === undefined || password === undefined || password === '') continue;
    const from = start + user.length + 1;
    masked += text.slice(done, from) + maskOf(password);
    done = from + password.length;
  }
  return masked + text.slice(done);
}

function maskLines(text: string, isMasked: MaskedKeys, maskOf: MaskOf): string {
  const lines = text.split('\n').map((line): Line => ({ text: line, indent: /^[ \t]*/.exec(line)?.[0].length ?? 0 }));
  const masked: string[] = [];
  for (let index = 0; index < lines.length;) {
    const line = lines[index] ?? { text: '', indent: 0 };
    const { spans, goesOn } = spansOf(line.text, isMasked, namesSecret(lines[index - 1]?.text ?? '', isMasked));
    const next = goesOn ? endOfBlock(lines, index) : index + 1;
    masked.push(maskSpans(lines.slice(index, next), spans, maskOf));
    index = next;
  }
  return masked.join('\n');
}

/** Masks these spans of the first line; the lines after it belong to the last span. */
function maskSpans(lines: readonly Line[], spans: readonly Span[], maskOf: MaskOf): string {
  const [first = '', ...more] = lines.map((line) => line.text);
  let masked = '';
  let done = 0;
  for (const [index, { start, end }] of spans.entries()) {
    const isLast = index === spans.length - 1;
    const secret = first.slice(start, end) + (isLast ? more.map((line) => `\n${line}`).join('') : '');
    // A key without a value hides nothing.
    masked += first.slice(done, start) + (secret.trim() === '' ? secret : maskOf(secret));
    done = end;
  }
  return masked + first.slice(done);
}

/** The end of the block of the line at `index`: lines indented deeper belong to it, and so does a list right under it. */
function endOfBlock(lines: readonly Line[], index: number): number {
  const { indent = 0 } = lines[index] ?? {};
  let next = index + 1;
  for (; next < lines.length; next += 1) {
    const { text, indent: deeper } = lines[next] ?? { text: '', indent: 0 };
    const isBlank = text.trim() === '';
    if (!isBlank && deeper <= indent && !(deeper === indent && /^[ \t]*- /.test(text))) break;
  }
  return next;
}

/** @param valueIsSecret true if the line before names a secret whose value is in this line after `value:` */
function spansOf(line: string, isMasked: MaskedKeys, valueIsSecret: boolean): { spans: Span[]; goesOn: boolean } {
  const spans: Span[] = [];
  const signs = /[:=]|[ \t](?<=(?:^|[\s"'])--?[\w.-]{1,128}.)/g;
  for (let sign = signs.exec(line); sign !== null; sign = signs.exec(line)) {
    const key = keyBefore(line, sign.index);
    const isSecret = isMasked(key) || (valueIsSecret && key === 'value');
    if (key === '' || !isSecret) continue;
    const span = valueAfter(line, sign.index + 1);
    spans.push(span);
    if (span.end >= line.length) return { spans, goesOn: span.goesOn };
    signs.lastIndex = span.end;
  }
  return { spans, goesOn: false };
}

/**
 * The word before a separator, past quotes and blanks. Read backwards by hand, because it runs at each separator of a text.
 */
function keyBefore(line: string, index: number): string {
  let end = skipBack(line, index, 1, ':?+');
  end = skipBack(line, end, 16, ' \t');
  end = skipBack(line, end, 4, '\\"\']');
  let start = end;
  while (start > 0 && end - start < maxKey && isWordPart(line.charCodeAt(start - 1))) start -= 1;
  return line.slice(start, end);
}

function skipBack(line: string, from: number, most: number, characters: string): number {
  let at = from;
  while (at > 0 && from - at < most && characters.includes(line.charAt(at - 1))) at -= 1;
  return at;
}

/** True for letters and digits, all characters beyond ASCII, and the characters that join words. */
function isWordPart(code: number): boolean {
  const isDigit = code >= 48 && code <= 57;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 127;
  return isDigit || isLetter || code === 45 || code === 46 || code === 95;
}

/** The span of a value: a value in quotes ends with them, any other with its line. */
function valueAfter(line: string, index: number): Span {
  const start = index + (/^[:=>]{0,2}[ \t]*/.exec(line.slice(index, index + maxKey))?.[0].length ?? 0);
  const quote = line.charAt(start);
  if (quote === '"' || quote === "'") {
    for (let at = start + 1; at < line.length; at += 1) {
      const next = line.charAt(at + 1);
      if (line.charAt(at) === '\\' && quote === '"') at += 1;
      else if (line.charAt(at) === quote) {
        if (next === quote) at += 1;
        // Text right after a quotation is a part of the value, as in shells.
        else if (/^[\s,;)}\]]?$/.test(next)) return { start: start + 1, end: at, goesOn: false };
        else return { start, end: line.length, goesOn: false };
      }
    }
    return { start, end: line.length, goesOn: true };
  }
  const value = line.slice(start).trimEnd();
  const goesOn = value === '' || /^[|>&!{[]/.test(value) || value.endsWith('\\');
  return { start, end: line.length, goesOn };
}

/** True if a line names a secret, in a list with a name or a value on each line. */
function namesSecret(line: string, isMasked: MaskedKeys): boolean {
  const name = /^[ \t]{0,64}(?:- )?["']?(?:name|key)["']?[ \t]{0,16}:[ \t]{0,16}["']?([\w.-]{1,128})/.exec(line)?.[1];
  return name !== undefined && isMasked(name);
}
