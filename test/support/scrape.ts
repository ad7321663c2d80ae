import { parseScrape, type Scrape } from '../../src/metrics/text-format.ts';

/** The values of a scrape by their series. */
export type Samples = Scrape['samples'];

/** Asks an admin listener for its metrics. */
export async function scrape(api: string): Promise<Samples> {
  const response = await fetch(`${api}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
  return parseScrape(await response.text()).samples;
}
