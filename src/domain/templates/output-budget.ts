/** Bytes of UTF-8; the same as the bound of a request that writes a spec. */
export const defaultMaxOutputBytes = 2 * 1024 * 1024;

/** Characters that functions may read for each byte of output allowed. */
const readFactor = 16;

/**
 * The text that templates may still make, and the text that their functions may still read: it bounds both memory and time.
 * Several templates can share one budget.
 */
export class OutputBudget {
  readonly limitBytes: number;
  readonly readLimit: number;
  #leftBytes: number;
  #leftToRead: number;

  constructor(limitBytes: number = defaultMaxOutputBytes) {
    this.limitBytes = limitBytes;
    this.readLimit = limitBytes * readFactor;
    this.#leftBytes = limitBytes;
    this.#leftToRead = this.readLimit;
  }

  /** True once more was taken than was left, and from then on. */
  get exhausted(): boolean {
    return this.#leftBytes < 0 || this.#leftToRead < 0;
  }

  /** @returns false if that is more than is left */
  spend(bytes: number): boolean {
    if (!this.exhausted) this.#leftBytes -= bytes;
    return !this.exhausted;
  }

  /** @param length in UTF-16 code units; @returns false if that is more than is left */
  read(length: number): boolean {
    if (!this.exhausted) this.#leftToRead -= length;
    return !this.exhausted;
  }
}
