import type { Database } from '../db/client.ts';
import { touchDevices } from '../db/position-store.ts';
import type { Log } from '../logging/log.ts';

/** Longest time for which a last-seen time is kept back, so that many are written by one statement. */
const writeAfterMs = 1_000;
/** Devices of one statement. */
const perStatement = 1_000;

/**
 * Last-seen times of devices that said nothing else. They are written together a moment later: each poll of a device is a
 * sign of life, and would otherwise be a write. A process that is killed loses those of its last second; the next poll of
 * the device says the same.
 */
export class LastSeenTimes {
  private noted = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly deps: { database: Database; log: Log };

  constructor(deps: { database: Database; log: Log }) {
    this.deps = deps;
  }

  note(devices: readonly string[], at: Date): void {
    if (devices.length === 0) return;
    for (const device of devices) this.noted.set(device, at);
    this.timer ??= setTimeout(() => void this.write(), writeAfterMs).unref();
  }

  /** Writes what was noted. Never throws: a time that could not be written is as if the device had not been heard. */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { noted } = this;
    this.noted = new Map();
    this.writing = this.writing.then(() => this.writeAll(noted));
    await this.writing;
  }

  private async writeAll(noted: ReadonlyMap<string, Date>): Promise<void> {
    const { database, log } = this.deps;
    // In name order, as everybody who locks several rows.
    const rows = [...noted].toSorted(([left], [right]) => (left < right ? -1 : 1));
    try {
      for (let first = 0; first < rows.length; first += perStatement) {
        await database.transact((tx) => touchDevices(tx, rows.slice(first, first + perStatement)));
      }
    } catch (error) {
      log.debug({ error: String(error) }, 'last-seen times could not be written');
    }
  }
}
