/** Most letters in which a word may differ from the one that is likely meant. */
const maxDistance = 3;

/** The known word that is likely meant: one that differs in a letter or two. */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  const closest = [...known].map((candidate) => ({ candidate, by: distance(word, candidate) }));
  return closest.filter(({ by }) => by <= maxDistance).toSorted((a, b) => a.by - b.by)[0]?.candidate;
}

/** Number of letters to add, leave out or change to get from one word to another (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1];
    for (const [column, other] of to.split('').entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
