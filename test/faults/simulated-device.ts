import { z } from 'zod';
import { contentHash } from './content-hash.ts';
import { now, type Claim, type Delivered, type History, type Transport } from './history.ts';
import type { Random } from './random.ts';

/**
 * How much of its position a device says: all of it; the number and the hash; or the number alone, as an unmodified
 * Flight Control agent.
 */
export type Tells = 'all' | 'hash' | 'number';

export type Position = { readonly version: number; readonly timeline: string | null; readonly hash: string | null };

/** A document that a device is answered with, as far as it matters here. */
const documentSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.record(z.string(), z.unknown()).optional(),
});

/** The spec that came with a document; null where it was withheld. */
export function deliveredIn(document: unknown): { delivered: Delivered; spec: Record<string, unknown> } | null {
  const { metadata, spec = {} } = documentSchema.parse(document);
  if (Object.keys(spec).length === 0) return null;
  const annotations = metadata.annotations ?? {};
  const delivered = {
    version: Number(annotations['device-controller/renderedVersion'] ?? Number.NaN),
    timeline: annotations['muster/timeline'] ?? null,
    hash: annotations['device-controller/renderedSpecHash'] ?? null,
    contentHash: contentHash(spec),
    restore: annotations['muster/restore'] ?? null,
  };
  return { delivered, spec };
}

/** What a device knows of itself: it outlives every restore, and what it ran is never forgotten. */
export class SimulatedDevice {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly tells: Tells;
  readonly random: Random;
  position: Position = { version: 0, timeline: null, hash: null };
  spec: Record<string, unknown> = {};
  /** Every position it was ever at, oldest first. */
  readonly past: Position[] = [];
  gate: string | null = null;
  /** It has told the service what it runs, in this pause. */
  toldSpec = false;
  answeredAt = 0;
  private readonly history: History;

  constructor(parts: {
    name: string;
    labels: Readonly<Record<string, string>>;
    tells: Tells;
    random: Random;
    history: History;
  }) {
    this.name = parts.name;
    this.labels = parts.labels;
    this.tells = parts.tells;
    this.random = parts.random;
    this.history = parts.history;
  }

  get image(): string | null {
    const parsed = z.object({ os: z.object({ image: z.string() }) }).safeParse(this.spec);
    return parsed.success ? parsed.data.os.image : null;
  }

  claimOf(position: Position): Claim {
    return {
      version: position.version,
      timeline: this.tells === 'all' ? position.timeline : null,
      hash: this.tells === 'number' ? null : position.hash,
    };
  }

  /** Writes down that it reports. @returns the number of the report */
  reports(claim: Claim, transport: Transport, more: { honest: boolean; connection?: number }): number {
    const id = this.history.id();
    this.history.add({ kind: 'report', at: now(), id, device: this.name, transport, claim, ...more });
    return id;
  }

  answered(
    id: number,
    answer: { code: number } & Partial<{
      verdict: string | null;
      gate: string | null;
      restore: string | null;
      delivered: Delivered | null;
      message: string;
    }>,
    honest: boolean,
  ): void {
    const empty = { verdict: null, gate: null, restore: null, delivered: null };
    this.history.add({ kind: 'answer', at: now(), id, device: this.name, ...empty, ...answer });
    if (answer.code === 0 || answer.code >= 300) return;
    this.answeredAt = now();
    if (!honest || answer.gate === undefined || answer.gate === null) return;
    if (answer.gate === 'Open') this.toldSpec = false;
    this.gate = answer.gate;
  }

  pushed(connection: number, delivered: Delivered): void {
    this.history.add({ kind: 'push', at: now(), device: this.name, connection, delivered });
  }

  /** Applies a spec unless it is no newer than what runs: an agent compares the numbers. @returns whether it did */
  apply(delivered: Delivered, spec: Record<string, unknown>): boolean {
    if (!(delivered.version > this.position.version)) return false;
    const { version, timeline, hash } = delivered;
    this.position = { version, timeline, hash };
    this.spec = spec;
    this.past.push(this.position);
    return true;
  }
}
