import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../domain/json.ts';
import { journalFormat, type JournalFact, type RenderedPosition } from '../domain/journal-facts/facts.ts';
import type { Log } from '../logging/log.ts';
import type { Clock } from '../time/clock.ts';
import { version } from '../version.ts';
import type { Journal, JournalContents, JournalFigures, WantedDocument } from './journal.ts';
import { readJournal } from './journal-reader.ts';
import { lineOf, SegmentFile, writeCompressed } from './segment-file.ts';
import { segmentName } from './segment-name.ts';
import { aliveEveryMs, compressAbandoned, removeSegmentsBefore } from './upkeep.ts';

/** Facts are written together, after this time at most. */
const batchMs = 100;
/** A batch of so many bytes is written at once. */
const batchBytes = 1_024 * 1_024;
/** Bytes that wait to be written at most. What comes beyond that is lost to the journal. */
const maxWaitingBytes = 32 * 1_024 * 1_024;
/** A segment of so many bytes is closed, and the next one begun. */
const segmentBytes = 64 * 1_024 * 1_024;
/** Time between log lines that say that the journal cannot be written. */
const complainEveryMs = 60_000;

type JournalDeps = {
  readonly directory: string;
  /** The first timeline of the database. */
  readonly origin: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** A fact that waits to be written. */
type Waiting = {
  readonly line: string;
  /** The spec whose hash the line names, and its JSON where it is likely to be written with it. */
  readonly spec?: { readonly hash: string; readonly value: JsonObject; readonly json: string | undefined };
};

/** Writes the journal of one process, in a loop of its own: nobody waits for it, and it never throws at those who tell it something. */
export class JournalWriter implements Journal {
  readonly isKept = true;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private segment: SegmentFile | undefined;
  private segments = 0;
  /** Hashes whose spec the open segment has. */
  private named = new Set<string>();
  /** Hashes whose spec waits to be written. */
  private naming = new Set<string>();
  private readonly started: Date;
  private readonly deps: JournalDeps;
  private readonly stopping = new AbortController();
  private wakeUp: () => void = () => undefined;
  private readonly loop: Promise<void>;
  private readonly compressing = new Set<Promise<void>>();
  private written = 0;
  private lost = 0;
  /** Facts that were lost when the last snapshot began: it has what they said. */
  private lostBeforeSnapshot = 0;
  private aliveAtMs = 0;
  private bytes = 0;
  private failingSince: Date | undefined;
  private complainedAtMs = -Infinity;

  constructor(deps: JournalDeps) {
    this.deps = deps;
    this.started = deps.clock.now();
    this.loop = this.run();
  }

  get figures(): JournalFigures {
    const { written, lost, bytes, failingSince } = this;
    return { written, lost, bytes, failingSince };
  }

  rendered(positions: readonly RenderedPosition[]): void {
    const at = this.now();
    for (const { device, server, spec } of positions) {
      if (server.specHash === null) continue;
      const { timeline, version: rendered, specHash: hash } = server;
      const line = lineOf({ fact: 'rendered', at, device, timeline, version: rendered, hash });
      const json = this.named.has(hash) || this.naming.has(hash) ? undefined : JSON.stringify(spec);
      if (this.take({ line, spec: { hash, value: spec, json } })) this.naming.add(hash);
    }
  }

  wanted(document: WantedDocument): void {
    this.take({ line: lineOf({ fact: 'wanted', at: this.now(), ...document }) });
  }

  restoreDeclared(restore: string, previous: string | null): void {
    this.take({ line: lineOf({ fact: 'restore', at: this.now(), restore, previous }) });
  }

  read(contents: JournalContents, signal: AbortSignal): AsyncIterable<readonly JournalFact[]> {
    const { directory, origin } = this.deps;
    return readJournal(directory, origin, { contents, signal });
  }

  async tidyUp(): Promise<boolean> {
    const { directory, clock } = this.deps;
    await makeDirectory(directory);
    const abandoned = await compressAbandoned(directory, clock.now());
    return abandoned > 0 || this.lost > this.lostBeforeSnapshot;
  }

  async writeSnapshot(facts: AsyncIterable<Buffer>): Promise<void> {
    const { lost } = this;
    await makeDirectory(this.deps.directory);
    const path = join(this.deps.directory, this.nextName());
    await writeCompressed(path, this.snapshotOf(facts), this.deps.clock.now());
    this.lostBeforeSnapshot = lost;
  }

  async removeBefore(time: Date): Promise<void> {
    await removeSegmentsBefore(this.deps.directory, time);
  }

  /** Writes what waits, and ends the segment. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.wakeUp();
    await this.loop;
    await this.endSegment();
    await Promise.all(this.compressing);
  }

  private now(): string {
    return this.deps.clock.now().toISOString();
  }

  /** @returns false if the entry was dropped, because the buffer is full or the writer is stopping */
  private take(waiting: Waiting): boolean {
    const length = waiting.line.length + (waiting.spec?.json?.length ?? 0);
    if (this.stopping.signal.aborted || this.waitingBytes + length > maxWaitingBytes) {
      this.lost += 1;
      return false;
    }
    this.waiting.push(waiting);
    this.waitingBytes += length;
    if (this.waitingBytes >= batchBytes) this.wakeUp();
    return true;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.wakeUp = resolve;
      });
      await Promise.race([woken, sleep(batchMs, undefined, { ref: false })]);
      await this.write();
      await this.sayAlive();
    }
    await this.write();
  }

  private async write(): Promise<void> {
    if (this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    this.naming = new Set();
    try {
      this.segment ??= await this.beginSegment();
      const text = batch.map((waiting) => this.textOf(waiting)).join('');
      await this.segment.append(text);
      this.written += batch.length;
      this.bytes += Buffer.byteLength(text);
      if (this.failingSince !== undefined) this.deps.log.info('the journal can be written again');
      this.failingSince = undefined;
      if (this.segment.bytes >= segmentBytes) await this.endSegment();
    } catch (error) {
      this.giveUp(error, batch.length);
    }
  }

  /** The line of a fact, with its spec if the segment does not have that yet. */
  private textOf({ line, spec }: Waiting): string {
    if (spec === undefined || this.named.has(spec.hash)) return line;
    this.named.add(spec.hash);
    return `${line.slice(0, -2)},"spec":${spec.json ?? JSON.stringify(spec.value)}}\n`;
  }

  private async beginSegment(): Promise<SegmentFile> {
    const { directory } = this.deps;
    await makeDirectory(directory);
    const segment = await SegmentFile.create(directory, this.nextName());
    await segment.append(this.header());
    this.aliveAtMs = performance.now();
    return segment;
  }

  private nextName(): string {
    this.segments += 1;
    return segmentName(this.deps.instance, this.started, this.segments);
  }

  private header(): string {
    const { origin, instance } = this.deps;
    return lineOf({ fact: 'header', format: journalFormat, muster: version, origin, instance, at: this.now() });
  }

  private async *snapshotOf(facts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield Buffer.from(this.header());
    yield* facts;
    yield Buffer.from(lineOf({ fact: 'snapshot', at: this.now() }));
  }

  private async sayAlive(): Promise<void> {
    if (this.segment === undefined || performance.now() - this.aliveAtMs < aliveEveryMs) return;
    this.aliveAtMs = performance.now();
    await this.segment.touch(this.deps.clock.now()).catch((error: unknown) => this.giveUp(error, 0));
  }

  private async endSegment(): Promise<void> {
    const { segment } = this;
    if (segment === undefined) return;
    this.forgetSegment();
    try {
      await segment.append(lineOf({ fact: 'end', at: this.now() }));
      await segment.close();
    } catch (error) {
      this.giveUp(error, 0);
      return;
    }
    const work = segment
      .compress()
      .catch((error: unknown) => this.deps.log.warn({ error: String(error) }, 'a segment was not compressed'))
      .finally(() => this.compressing.delete(work));
    this.compressing.add(work);
  }

  private forgetSegment(): void {
    this.segment = undefined;
    this.named = new Set();
  }

  private giveUp(cause: unknown, lines: number): void {
    const { segment } = this;
    this.lost += lines;
    this.failingSince ??= this.deps.clock.now();
    this.forgetSegment();
    void segment?.close().catch(() => undefined);
    if (performance.now() - this.complainedAtMs < complainEveryMs) return;
    this.complainedAtMs = performance.now();
    this.deps.log.error(
      { error: cause instanceof Error ? cause.message : String(cause), lost: this.lost },
      'the journal cannot be written: what is not in it is not found again after a restore',
    );
  }
}

async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}
