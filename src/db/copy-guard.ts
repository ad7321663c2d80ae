/** The database is not the one that was last looked at. The transaction is tried again once it has been. */
export class UnverifiedDatabase extends Error {
  override readonly name = 'UnverifiedDatabase';
}

/**
 * Keeps work from running on a database that was put in the place of another under this process: it knows which database
 * was last looked at, by a mark that any copy, restart or failover changes.
 */
export class CopyGuard {
  /** Undefined until the first look: then nothing is checked. */
  private verifiedMark: string | undefined;
  private look: (() => Promise<string>) | undefined;

  /**
   * Gives the guard its look. Until then nothing is looked at.
   *
   * @param look looks for a restore that nobody declared, and returns the mark of the database that it looked at
   * @throws Error if the guard has one already
   */
  verifyWith(look: () => Promise<string>): void {
    if (this.look !== undefined) throw new Error('this database is looked at already');
    this.look = look;
  }

  /** Looks at the database as it is now, after which work may run on it. */
  async verify(): Promise<void> {
    if (this.look !== undefined) this.verifiedMark = await this.look();
  }

  /** @throws UnverifiedDatabase for the mark of another database than the one that was last looked at */
  assertVerified(mark: string): void {
    if (this.verifiedMark !== undefined && this.verifiedMark !== mark) throw new UnverifiedDatabase(mark);
  }
}
