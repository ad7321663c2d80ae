/**
 * Makes text from devices and users fit for a terminal: on one line, and without control characters, with which a device
 * could move the cursor or rewrite earlier lines.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu, ' ');
}
