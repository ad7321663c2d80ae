import type { Lineage } from '../domain/recovery/position.ts';
import type { JudgedState } from '../domain/recovery/report.ts';
import type { ConflictVerdict } from '../domain/recovery/verdict.ts';

/** Columns of device_positions that a device is judged by. A bigint is read as text, and as a number where speed counts. */
export type JudgedColumns<Bigint extends string | number> = {
  readonly mustered: boolean;
  readonly timeline: string;
  readonly version: Bigint;
  readonly spec_hash: string | null;
  readonly lineage: Lineage;
  readonly reported_timeline: string | null;
  readonly reported_version: Bigint | null;
  readonly reported_hash: string | null;
  readonly answered: string;
  readonly conflict_verdict: ConflictVerdict | null;
  readonly conflict_info: string | null;
};

/** The state that a row stands for. */
export function judgedState(row: JudgedColumns<string | number>, conflictSince: Date | null): JudgedState {
  return {
    mustered: row.mustered,
    server: { timeline: row.timeline, version: Number(row.version), specHash: row.spec_hash, lineage: row.lineage },
    reported:
      row.reported_version === null
        ? null
        : { timeline: row.reported_timeline, version: Number(row.reported_version), specHash: row.reported_hash },
    answeredRestore: row.answered,
    conflict:
      row.conflict_verdict === null || conflictSince === null
        ? null
        : { verdict: row.conflict_verdict, info: row.conflict_info ?? '', since: conflictSince },
  };
}
