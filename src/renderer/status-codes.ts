/** Tells if the same request may succeed later, by the HTTP status (RFC 9110, RFC 6585, RFC 8470). */
export function isBusy(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
