import type { JsonObject } from '../json.ts';
import type { JudgedState } from '../recovery/report.ts';

/** A device with everything that is known about it. */
export type DeviceRecord = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations that clients set; Muster's own are derived, never stored. */
  readonly annotations: Readonly<Record<string, string>>;
  /** `Fleet/<name>` or null. */
  readonly owner: string | null;
  /** The spec in force for the device. */
  readonly spec: JsonObject;
  readonly specAdopted: boolean;
  /** Generation of the owning fleet whose template `spec` was filled in from; null if it was not. */
  readonly templateGeneration: number | null;
  /** The reason why the owning fleet's template cannot be filled in for this device; null if it can be. */
  readonly rolloutProblem: string | null;
  /** All matching fleets if more than one matches (a device can have only one owner); else null. */
  readonly matchingFleets: readonly string[] | null;
  /** Last time that several fleets began or ceased to match; null if that never happened. */
  readonly matchingFleetsSince: Date | null;
  /** The reason why the spec cannot be rendered; null if it can be. */
  readonly specProblem: string | null;
  /** Last time that the spec began or ceased to be impossible to render; null if that never happened. */
  readonly specProblemSince: Date | null;
  readonly generation: number;
  readonly resourceVersion: number;
  readonly lifecycle: string | null;
  /** End of the newest certificate that the device CA issued to the device; null if it issued none. */
  readonly certificateExpiresAt: Date | null;
  readonly createdAt: Date;
  readonly state: JudgedState;
  /** Rendered version that the device last reported as applied; null before it reported one. */
  readonly applied: number | null;
  readonly answeredAt: Date | null;
  /** A newer spec than the server's position is desired, and not rendered yet. */
  readonly renderPending: boolean;
  readonly lastSeen: Date | null;
  /** The status document that the device last sent. */
  readonly status: JsonObject | null;
  readonly statusReportedAt: Date | null;
};

/** The facts for reading a record: the current restore, the time, and the longest silence of a connected device. */
export type Viewpoint = { readonly restore: string; readonly now: Date; readonly disconnectedAfterMs: number };
