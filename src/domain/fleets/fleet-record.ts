import type { JsonObject } from '../json.ts';

/** A fleet as it is stored. */
export type FleetRecord = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly generation: number;
  readonly resourceVersion: number;
  /** The generation whose selector and template have reached every device. */
  readonly rolledOutGeneration: number;
  readonly createdAt: Date;
  /** Time at which its deletion was asked for; null if it was not. From then on nothing new comes from it. */
  readonly deletingSince: Date | null;
};
