/** Shortens the tables of a Markdown text: each keeps its first rows, and says how many it leaves out. */
export function shortenedTables(markdown: string, maxRows: number): string {
  const lines: string[] = [];
  let row = 0;
  for (const line of `${markdown.trimEnd()}\n`.split('\n')) {
    const isRow = line.startsWith('|');
    const left = row - (maxRows + 2);
    if (!isRow && left > 0) lines.push(`… and ${left} more`);
    row = isRow ? row + 1 : 0;
    if (!isRow || row <= maxRows + 2) lines.push(line);
  }
  return lines.join('\n').trimEnd();
}
