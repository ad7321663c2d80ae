import { endsName, identifierAt, matchAt } from './source-text.ts';
import { TemplateError } from './template-error.ts';
import { quoted } from '../quoted.ts';

type ScannedField = { readonly end: number } & (
  | { readonly kind: 'dot' }
  | { readonly kind: 'field'; readonly name: string }
);

/** Reads `.name`, or a `.` alone, at `offset`. `followsField`: the field belongs to a chain such as `.metadata.labels`. */
export function scanField(source: string, offset: number, followsField: boolean): ScannedField {
  const name = identifierAt(source, offset + 1);
  if (name === undefined && endsName(source, offset + 1)) return { kind: 'dot', end: offset + 1 };
  const end = offset + 1 + (name ?? '').length;
  if (name === undefined || !endsName(source, end)) throw badField(source, offset, end);
  if (/^[0-9]/.test(name)) {
    if (followsField) throw badField(source, offset, end);
    throw new TemplateError(`${quoted(`.${name}`)} is not an integer: other numbers are not supported`, source, offset);
  }
  return { kind: 'field', name, end };
}

const chain = /[^\s|(){}"`]+/y;

/**
 * Explains a malformed field. The most common mistake is a label key such as `app.kubernetes.io/name` written as a field,
 * so the error says what to write.
 */
function badField(source: string, offset: number, end: number): TemplateError {
  const start = chainStart(source, offset);
  const written = matchAt(chain, source, start) ?? '';
  const key = /^\$?\.metadata\.labels\.(.+)$/s.exec(written)?.[1];
  if (key !== undefined) {
    const remedy = `{{ index .metadata.labels ${quoted(key)} }}`;
    return new TemplateError(
      `a label key with other characters than letters, digits and "_" needs index: ${remedy}`,
      source,
      start,
    );
  }
  const rule =
    'a name after "." is letters, digits and "_", and does not begin with a digit (index takes any label key)';
  return new TemplateError(`${quoted(written)} is not a path: ${rule}`, source, end);
}

function chainStart(source: string, offset: number): number {
  let start = offset;
  while (start > 0 && /[\p{L}\p{Nd}_.$]/u.test(source.charAt(start - 1))) start -= 1;
  return start;
}
