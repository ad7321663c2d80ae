/** Longest quote in a message, in characters, where no other length is given. */
const maxQuoteLength = 120;

/** Cuts a text of unknown length to one that a message has room for. */
export function shortened(text: string, maxLength = maxQuoteLength): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** Quotes a text of unknown length for a message, with control characters escaped. */
export function quoted(text: string, maxLength = maxQuoteLength): string {
  return JSON.stringify(shortened(text, maxLength));
}
