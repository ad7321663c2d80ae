import type { Verdict } from '../domain/recovery/verdict.ts';

/** Way in which a device was told to come back later: an HTTP answer, or the code that a WebSocket was closed with. */
export const shedReasons = ['503', '1013'] as const;
export type ShedReason = (typeof shedReasons)[number];

/**
 * Result of rendering for a device: it got a new version, the spec was what it has already, its spec
 * cannot be rendered, the renderer broke down, or the work was overtaken by a restore, a conflict or another render.
 */
export const renderResults = ['rendered', 'unchanged', 'invalid', 'failed', 'superseded'] as const;
export type RenderResult = (typeof renderResults)[number];

/** Origin of a restore: a person declared it, or Muster itself for what it noticed (design.md, section 5). */
export const restoreCauses = ['person', 'copy', 'rewind', 'ahead'] as const;
export type RestoreCause = (typeof restoreCauses)[number];

/** Sign that two machines speak under one name: what they say of themselves, or connections that take over from each other. */
export const cloneEvidences = ['machine', 'connection'] as const;
export type CloneEvidence = (typeof cloneEvidences)[number];

/** Kinds of records that are removed when they have been kept for long enough. */
export const outdatedKinds = ['events', 'restores', 'unknown-devices', 'rendered-specs', 'lost'] as const;
export type OutdatedKind = (typeof outdatedKinds)[number];

export type CommittedReports = {
  readonly outcomes: ReadonlyArray<
    { readonly kind: 'known'; readonly verdict: Verdict } | { readonly kind: 'unknown' | 'refused' }
  >;
  /** Devices among them that answered the current restore with it. */
  readonly answered: number;
  /** From the start of the transaction to its commit. */
  readonly seconds: number;
};

/**
 * Told what happens, after it has: by this the service is measured. Nothing is decided by it. On the path of reports it is
 * told once a batch, never once a report.
 */
export type Observer = {
  reportsCommitted(batch: CommittedReports): void;
  shed(reason: ShedReason): void;
  rendered(devices: Readonly<Partial<Record<RenderResult, number>>>): void;
  restoreDeclared(cause: RestoreCause): void;
  removedOutdated(kind: OutdatedKind, records: number): void;
  cloneSigns(evidence: CloneEvidence, times: number): void;
};
