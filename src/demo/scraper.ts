import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, type ApiClient } from '../client/api-client.ts';
import { parseScrape } from '../metrics/text-format.ts';
import { MetricMovements } from './metric-movements.ts';

const everyMs = 500;
/** Longest wait for an answer. */
const patienceMs = 10_000;

/** Reads the metrics of the service again and again, as Prometheus does. */
export class Scraper {
  readonly movements = new MetricMovements();
  /** Scrapes that had no answer. */
  failures = 0;
  private readonly api: ApiClient;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(api: ApiClient) {
    this.api = api;
  }

  /** Resolves after the first scrape, which must succeed. */
  async start(): Promise<void> {
    await this.scrape();
    this.running = this.keepScraping();
  }

  async scrape(): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(patienceMs)]);
    this.movements.add(parseScrape(await answerOf(this.api.GET('/metrics', { parseAs: 'text', signal }))));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async keepScraping(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.scrape().catch(() => {
        if (!signal.aborted) this.failures += 1;
      });
    }
  }
}
