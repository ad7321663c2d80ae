import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { UnorderedPass } from '../../src/simulator/order-witness.ts';

/** The position that a device states; parts that it does not state are null. */
export type Claim = { readonly version: number; readonly timeline: string | null; readonly hash: string | null };

/** A spec as it arrived at a device. */
export type Delivered = {
  readonly version: number;
  readonly timeline: string | null;
  /** The hash that came with the spec. */
  readonly hash: string | null;
  /** The hash of the spec that came. */
  readonly contentHash: string;
  readonly restore: string | null;
};

type Transport = 'poll' | 'status' | 'socket';

/** Actions and observations of devices, people and the rig. Times are milliseconds since 1970. */
export type Entry =
  | {
      readonly kind: 'report';
      readonly at: number;
      readonly id: number;
      readonly device: string;
      readonly transport: Transport;
      readonly claim: Claim;
      /** False for an old report that arrives late, or again. */
      readonly honest: boolean;
      /** Only in WebSocket reports. */
      readonly connection?: number;
    }
  | {
      readonly kind: 'answer';
      readonly at: number;
      readonly id: number;
      readonly device: string;
      /** HTTP status, 200 for a verdict frame; 0 if there was no answer. */
      readonly code: number;
      readonly verdict: string | null;
      readonly gate: string | null;
      readonly restore: string | null;
      readonly delivered: Delivered | null;
      /** Only in answers that are errors. */
      readonly message?: string;
    }
  | {
      readonly kind: 'push';
      readonly at: number;
      readonly device: string;
      readonly connection: number;
      readonly delivered: Delivered;
    }
  | {
      readonly kind: 'request';
      readonly at: number;
      readonly id: number;
      readonly verb: 'resume' | 'adopt' | 'declare' | 'edit' | 'create' | 'decommission';
      /** Written into the audit trail, so that the request can be told by it. */
      readonly tag: string;
      readonly labelSelector?: string;
      readonly fieldSelector?: string;
      readonly idempotencyKey?: string;
    }
  | {
      readonly kind: 'response';
      readonly at: number;
      readonly id: number;
      readonly code: number;
      readonly names?: readonly string[];
      readonly count?: number;
      readonly restore?: string;
      readonly created?: boolean;
      readonly message?: string;
    }
  /** A device that exists, with the labels that it is registered with. */
  | { readonly kind: 'device'; readonly at: number; readonly name: string; readonly labels: Record<string, string> }
  /** A device was started anew, whatever it was at. */
  | { readonly kind: 'restart'; readonly at: number; readonly device: string; readonly how: string }
  /** A device is like no spec that somebody wrote for it. */
  | ({ readonly kind: 'unordered'; readonly at: number } & UnorderedPass)
  /** The database under the service is another one from now on: a copy of a backup. */
  | {
      readonly kind: 'swap';
      readonly at: number;
      readonly began: number;
      readonly lost: string;
      readonly backup: string;
    }
  /** The current phase of the story. */
  | { readonly kind: 'phase'; readonly at: number; readonly name: string }
  /** While this lasts, what is on its way may be late by so much. */
  | { readonly kind: 'slow'; readonly at: number; readonly until: number; readonly byMs: number }
  | { readonly kind: 'fault'; readonly at: number; readonly row: number; readonly name: string; readonly what: string };

/** The time by the same clock that PostgreSQL reads, so that both can be compared. */
export function now(): number {
  return Date.now();
}

/** The record of a run, one JSON object a line, written as it happens. */
export class History {
  readonly entries: Entry[] = [];
  private readonly file: number;
  private buffer: string[] = [];
  private nextId = 1;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  /** A number for a report or a request, to find its answer by. */
  id(): number {
    return this.nextId++;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.buffer.push(JSON.stringify(entry));
    if (this.buffer.length >= 200) this.flush();
  }

  private flush(): void {
    if (this.buffer.length === 0) return;
    writeSync(this.file, `${this.buffer.join('\n')}\n`);
    this.buffer = [];
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }
}

/** Reads a record back. */
export function readHistory(path: string): Entry[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Entry);
}
