/** Whether an HTTP status says that the same request may succeed later (RFC 9110, RFC 6585, RFC 8470). */
export function isBusy(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
