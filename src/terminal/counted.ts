/** `1 device`, `2 devices`. */
export function counted(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
}

/** Names that are listed where there may be many. */
const namesShown = 20;

/** `a, b, c and 4 more`. @param total how many there are, where not all are at hand */
export function inBrief(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, namesShown);
  const more = total - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
