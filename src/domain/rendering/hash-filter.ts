/** Hashes looked for are those of specs: SHA-256 in hexadecimal. */
const pattern = /^[0-9a-f]{64}$/;
/** With 16 bits a hash and four places for each, one of four hundred that were not added passes for one that was. */
const bitsPerHash = 16;
const places = 4;
const [leastBits, mostBits] = [2 ** 16, 2 ** 29];

/**
 * A set of hashes that takes two bytes for each: a Bloom filter (Bloom 1970), for which the hashes themselves are random enough. It
 * never misses one that was added, and rarely takes another for one.
 */
export class HashFilter {
  private readonly bits: Uint8Array;
  private readonly mask: number;

  /** @param expected number of hashes; with more of them others pass more often */
  constructor(expected: number) {
    const wanted = Math.min(mostBits, Math.max(leastBits, expected * bitsPerHash));
    const size = 2 ** Math.ceil(Math.log2(wanted));
    this.bits = new Uint8Array(size / 8);
    this.mask = size - 1;
  }

  add(hash: string): void {
    for (const place of this.placesOf(hash))
      this.bits[place >>> 3] = (this.bits[place >>> 3] ?? 0) | (1 << (place & 7));
  }

  mayHave(hash: string): boolean {
    const found = this.placesOf(hash);
    return found.length > 0 && found.every((place) => ((this.bits[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0);
  }

  private placesOf(hash: string): number[] {
    if (!pattern.test(hash)) return [];
    return Array.from(
      { length: places },
      (_, index) => Number.parseInt(hash.slice(index * 8, index * 8 + 8), 16) & this.mask,
    );
  }
}
