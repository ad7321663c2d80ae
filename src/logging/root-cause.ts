/** The innermost message of an error: what the database, the network or the system said. */
export function rootCause(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(rootCause).join('; ');
  if (error instanceof Error && error.cause !== undefined)
    return `${firstLine(error.message)}: ${rootCause(error.cause)}`;
  return error instanceof Error ? error.message : String(error);
}

/** Replaces the message of a failed query, which holds the whole query. */
function firstLine(text: string): string {
  return text.startsWith('Failed query') ? 'a query failed' : text;
}
