import { setTimeout as sleep } from 'node:timers/promises';
import { metricsTable } from '../metrics-table.ts';
import type { Stage } from '../stage.ts';
import { requiredOf } from '../unmoved-metrics.ts';

/** Time in which the devices that poll have come to wait for news, also on a busy machine. */
const patienceMs = 30_000;
const againMs = 100;

/** Checks that the metrics show the whole story too. */
export async function showMetrics({ narrator, scraper, service, signal }: Stage): Promise<void> {
  const { movements } = scraper;
  const stillLacking = () => requiredOf(movements.all()).filter(({ moved }) => moved === 0);
  const deadline = performance.now() + patienceMs;
  await scraper.scrape();
  while (stillLacking().length > 0 && performance.now() < deadline) {
    await sleep(againMs, undefined, { signal });
    await scraper.scrape();
  }
  await scraper.stop();

  narrator.step(
    'What a scrape saw',
    `${movements.scrapes} scrapes during all this, ${scraper.failures} more had no answer. The service was stopped twice, and its counters began anew.`,
  );
  narrator.command(`curl ${service.api}/metrics`);
  narrator.block(metricsTable(movements.all()));
  const lacking = stillLacking().map(({ name }) => name);
  narrator.expectThat(
    `all ${requiredOf(movements.all()).length} metrics that this story must move have moved`,
    lacking.length === 0,
    `that ${lacking.join(', ')} did not (src/demo/unmoved-metrics.ts says why a metric need not)`,
  );
}
