/** Number of injected faults, by row of the matrix and by action. */
export class Tally {
  private readonly rows = new Map<number, Map<string, number>>();

  add(row: number, what: string, count: number): void {
    const parts = this.rows.get(row) ?? new Map<string, number>();
    this.rows.set(row, parts.set(what, (parts.get(what) ?? 0) + count));
  }

  /** Only says that a row was drawn. */
  note(row: number): void {
    this.rows.set(row, this.rows.get(row) ?? new Map());
  }

  total(row: number): number {
    return [...(this.rows.get(row)?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  /** One line for each row: its number, its name, how many, and of what. */
  lines(names: ReadonlyMap<number, string>): string[] {
    return [...names].map(([row, name]) => {
      const parts = [...(this.rows.get(row) ?? [])].toSorted(([left], [right]) => (left < right ? -1 : 1));
      const what = parts.map(([part, count]) => `${part} ${count}`).join(', ');
      return `${String(row).padStart(3)}  ${name.padEnd(34)} ${String(this.total(row)).padStart(7)}  ${what}`;
    });
  }
}
