/** Bytes of UTF-8. */
export const defaultMaxOutputBytes = 1024 * 1024;

/**
 * How much text templates may still make: what they write and what their functions work on, so that it bounds memory
 * and time alike. One budget can serve several renderings.
 */
export class OutputBudget {
  readonly limitBytes: number;
  #leftBytes: number;

  constructor(limitBytes: number = defaultMaxOutputBytes) {
    this.limitBytes = limitBytes;
    this.#leftBytes = limitBytes;
  }

  /** Whether more was asked for than there was. Stays so. */
  get exhausted(): boolean {
    return this.#leftBytes < 0;
  }

  /** @returns false if that is more than what is left */
  spend(bytes: number): boolean {
    if (!this.exhausted) this.#leftBytes -= bytes;
    return !this.exhausted;
  }
}
