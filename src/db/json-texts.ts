import { sql, type SQL } from 'drizzle-orm';

/** Parts two JSON texts: no JSON text holds it unescaped, so that nothing needs to be quoted. */
const separator = '\u001e';

/** JSON texts as an array of text that `unnest` takes, each to be cast: sent as one text, which costs half of an array. */
export function jsonTexts(texts: readonly string[]): SQL {
  return sql`string_to_array(${texts.join(separator)}::text, ${separator})`;
}
