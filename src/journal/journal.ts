import type { JournalFact, RenderedPosition, WantedFact } from '../domain/journal-facts/facts.ts';

/** A document that a person left or deleted, before it has its time. */
export type WantedDocument = Omit<WantedFact, 'fact' | 'at'>;

/** Numbers of what was read of a journal. */
export type JournalContents = {
  segments: number;
  /** Segments of another control plane, or of a form that this program does not know: not read. */
  foreign: number;
  facts: number;
  /** Lines that are torn or say nothing that this program knows, and files that end in the middle. */
  unreadable: number;
};

/** Numbers of what the journal of this process has done so far. */
export type JournalFigures = {
  /** Facts that are on the disk. */
  readonly written: number;
  /** Facts that were lost to the journal. */
  readonly lost: number;
  readonly bytes: number;
  /** Time of the first write that failed since one has worked. */
  readonly failingSince: Date | undefined;
};

/**
 * Record of what PostgreSQL would lose with itself, kept beside it. It is told what has been committed, and nobody waits for it: what
 * it cannot keep is counted, and lost to it.
 */
export type Journal = {
  /** False where no journal is kept. */
  readonly isKept: boolean;
  readonly figures: JournalFigures;
  rendered(positions: readonly RenderedPosition[]): void;
  wanted(document: WantedDocument): void;
  restoreDeclared(restore: string, previous: string | null): void;
  /**
   * Reads what all processes have written, in parts of bounded size.
   *
   * @param contents filled as the reading goes on
   * @throws Error if there is nothing to read from, or when the signal says so
   */
  read(contents: JournalContents, signal: AbortSignal): AsyncIterable<readonly JournalFact[]>;
  /** Compresses the segments that killed processes left. @returns whether a snapshot is due: there were any, or facts were lost */
  tidyUp(): Promise<boolean>;
  /**
   * Writes a snapshot as a segment of its own: whole or not at all.
   *
   * @param facts lines of the journal, as bytes
   */
  writeSnapshot(facts: AsyncIterable<Buffer>): Promise<void>;
  /** Removes segments that nothing was written to since a time. To be called when a snapshot has been written since. */
  removeBefore(time: Date): Promise<void>;
  /** Writes what waits to be written. */
  close(): Promise<void>;
};

/** For a process that keeps no journal. */
export const noJournal: Journal = {
  isKept: false,
  figures: { written: 0, lost: 0, bytes: 0, failingSince: undefined },
  rendered: () => undefined,
  wanted: () => undefined,
  restoreDeclared: () => undefined,
  async *read() {},
  tidyUp: async () => false,
  writeSnapshot: async () => undefined,
  removeBefore: async () => undefined,
  close: async () => undefined,
};
