import { LRUCache } from 'lru-cache';
import type { Database } from '../db/client.ts';
import { readRenderedSpecs } from '../db/delivery-store.ts';

/** Rendered specs by hash, as JSON text ready to send. A hash names its content, so nothing here goes stale. */
export class RenderedSpecCache {
  private readonly texts: LRUCache<string, string>;
  private readonly database: Database;

  /** @param maxSize characters of text that are kept */
  constructor(database: Database, maxSize = 64 * 1024 * 1024) {
    this.database = database;
    this.texts = new LRUCache({ maxSize, sizeCalculation: (text) => text.length });
  }

  /** Reads the JSON text of a rendered spec. @throws Error if it is not in the database, which no position should point to */
  async text(hash: string): Promise<string> {
    const known = this.texts.get(hash);
    if (known !== undefined) return known;
    const spec = (await readRenderedSpecs(this.database.pool, [hash])).get(hash);
    if (spec === undefined) throw new Error(`rendered_specs has no row ${hash}`);
    const text = JSON.stringify(spec);
    this.texts.set(hash, text);
    return text;
  }
}
