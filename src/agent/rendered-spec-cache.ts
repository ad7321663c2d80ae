import type { Database } from '../db/client.ts';
import { readRenderedSpecs } from '../db/delivery-store.ts';

/**
 * Rendered specs by hash, as JSON text ready to send. A hash names its content for ever, so nothing here goes stale; the
 * least recently used go first when the bound is reached.
 */
export class RenderedSpecCache {
  private readonly texts = new Map<string, string>();
  private bytes = 0;
  private readonly database: Database;
  private readonly maxBytes: number;

  constructor(database: Database, maxBytes = 64 * 1024 * 1024) {
    this.database = database;
    this.maxBytes = maxBytes;
  }

  /** The JSON text of a rendered spec. @throws Error if it is not in the database, which no position should point to */
  async text(hash: string): Promise<string> {
    const known = this.texts.get(hash);
    if (known !== undefined) {
      this.texts.delete(hash);
      this.texts.set(hash, known);
      return known;
    }
    const spec = (await readRenderedSpecs(this.database.pool, [hash])).get(hash);
    if (spec === undefined) throw new Error(`rendered_specs has no row ${hash}`);
    const text = JSON.stringify(spec);
    this.keep(hash, text);
    return text;
  }

  private keep(hash: string, text: string): void {
    this.texts.set(hash, text);
    this.bytes += text.length;
    for (const [oldest, dropped] of this.texts) {
      if (this.bytes <= this.maxBytes || oldest === hash) break;
      this.texts.delete(oldest);
      this.bytes -= dropped.length;
    }
  }
}
