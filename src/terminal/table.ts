import { printable } from './printable.ts';

const gap = '   ';

/**
 * A table that is written page by page, as kubectl aligns it: columns are as wide as their widest cell so far, so a long list
 * need not be held in memory to be aligned.
 */
export class Table {
  private readonly titles: readonly string[];
  private readonly widths: number[];
  private begun = false;

  constructor(titles: readonly string[]) {
    this.titles = titles;
    this.widths = titles.map(widthOf);
  }

  /** The lines of further rows, the first time under the titles. Every line ends with a newline. */
  lines(rows: readonly (readonly string[])[]): string {
    const clean = rows.map((cells) => cells.map(printable));
    for (const cells of clean) {
      for (const [index, cell] of cells.entries()) {
        this.widths[index] = Math.max(this.widths[index] ?? 0, widthOf(cell));
      }
    }
    const all = this.begun ? clean : [this.titles, ...clean];
    this.begun = true;
    return all.map((cells) => `${this.line(cells)}\n`).join('');
  }

  private line(cells: readonly string[]): string {
    return cells
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (this.widths[index] ?? 0) - widthOf(cell))))
      .join(gap)
      .trimEnd();
  }
}

const graphemes = new Intl.Segmenter();

/** In characters as people count them, not in UTF-16 units. */
function widthOf(text: string): number {
  // Nearly all cells are plain, and there may be millions.
  return /^[ -~]*$/.test(text) ? text.length : [...graphemes.segment(text)].length;
}
