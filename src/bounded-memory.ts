/** Of what is full, such a share is forgotten at once: to look for the oldest entry costs more the more were taken away before it. */
const forgottenShare = 0.1;

/** Remembers so many things. What was remembered first is forgotten first; what is remembered again is the newest. */
export class BoundedMemory<Value> {
  private readonly entries = new Map<string, Value>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): Value | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    if (this.entries.size >= this.most) this.forgetSome();
    this.entries.set(key, value);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  private forgetSome(): void {
    let left = Math.max(1, Math.floor(this.most * forgottenShare));
    for (const key of this.entries.keys()) {
      if (left === 0) return;
      this.entries.delete(key);
      left -= 1;
    }
  }
}
