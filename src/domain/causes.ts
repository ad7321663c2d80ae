/** Most errors of a chain that are looked at: it may be a ring. */
const maxCauses = 5;

/** An error and the causes behind it, outermost first. */
export function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < maxCauses; at = at.cause) chain.push(at);
  return chain;
}
