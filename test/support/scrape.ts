/** The samples of a scrape by their series, such as `muster_devices{gate="Open"}`. */
export type Scrape = ReadonlyMap<string, number>;

/** Reads Prometheus' text format. */
export function parseScrape(text: string): Scrape {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([a-z_][\w]*(?:\{[^}]*\})?) (\S+)$/i.exec(line);
    if (match?.[1] !== undefined) samples.set(match[1], Number(match[2]));
  }
  return samples;
}

/** Asks an admin listener for its metrics. */
export async function scrape(api: string): Promise<Scrape> {
  const response = await fetch(`${api}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
  return parseScrape(await response.text());
}
