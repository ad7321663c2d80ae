/** Waits that grow by a factor each time up to a cap, each spread at random around its step. */
type WaitRule = {
  readonly firstMs: number;
  readonly capMs: number;
  readonly factor: number;
  /** Share of the step that it may be shorter or longer. */
  readonly spread: number;
};

/** Waits after failures as an agent keeps them. */
export class GrowingWait {
  private attempt = 0;
  private readonly rule: WaitRule;
  private readonly chance: () => number;

  /** @param chance gives a number from 0 up to 1 */
  constructor(rule: WaitRule, chance: () => number) {
    this.rule = rule;
    this.chance = chance;
  }

  /** Milliseconds to wait now. */
  next(): number {
    const { firstMs, capMs, factor, spread } = this.rule;
    const step = Math.min(capMs, firstMs * factor ** Math.min(this.attempt, 30));
    this.attempt += 1;
    return step * (1 - spread + 2 * spread * this.chance());
  }

  /** Any success starts anew. */
  reset(): void {
    this.attempt = 0;
  }
}
