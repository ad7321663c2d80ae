/**
 * Text of others, fit for a terminal: on one line, and without control characters, by which a device could otherwise move the
 * cursor or rewrite what stands above.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu, ' ');
}
