import type { JsonObject } from '../json.ts';
import type { JudgedState } from '../recovery/report.ts';

/** A device with all that is known of it. */
export type DeviceRecord = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations that clients set; those of Muster are derived, never stored. */
  readonly annotations: Readonly<Record<string, string>>;
  /** `Fleet/<name>` or null. */
  readonly owner: string | null;
  /** The spec in force for the device. */
  readonly spec: JsonObject;
  readonly specAdopted: boolean;
  /** Generation of the owning fleet whose template `spec` was filled in from; null where it was not. */
  readonly templateGeneration: number | null;
  /** Why the template of the owning fleet cannot be filled in for this device; null where it can. */
  readonly rolloutProblem: string | null;
  /** Fleets that match although a device can have but one owner; null where at most one does. */
  readonly matchingFleets: readonly string[] | null;
  /** Last time that several fleets began or ceased to match; null while that never happened. */
  readonly matchingFleetsSince: Date | null;
  /** Why the spec cannot be rendered; null where it can. */
  readonly specProblem: string | null;
  /** Last time that the spec ceased or began to be one that can be rendered; null while that never happened. */
  readonly specProblemSince: Date | null;
  readonly generation: number;
  readonly resourceVersion: number;
  readonly lifecycle: string | null;
  /** End of the newest certificate that the device CA issued to the device; null if it issued none. */
  readonly certificateExpiresAt: Date | null;
  readonly createdAt: Date;
  readonly state: JudgedState;
  /** Rendered version that the device last said to have applied; null before it said. */
  readonly applied: number | null;
  readonly answeredAt: Date | null;
  /** Something newer than the server's position is wanted and not rendered yet. */
  readonly renderPending: boolean;
  readonly lastSeen: Date | null;
  /** The status document that the device last sent. */
  readonly status: JsonObject | null;
  readonly statusReportedAt: Date | null;
};

/** What a record is looked at with: the current restore, the time, and how long silence may last. */
export type Viewpoint = { readonly restore: string; readonly now: Date; readonly disconnectedAfterMs: number };
