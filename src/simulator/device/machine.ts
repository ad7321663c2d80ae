import { randomUUID } from 'node:crypto';
import type { DeliveredSpec } from '../delivered-spec.ts';
import type { Change } from './change.ts';
import type { DeviceIdentity } from './device-identity.ts';
import type { DeviceFile } from './device-file.ts';
import { nothingRun } from '../../domain/recovery/position.ts';

/** Tells how an operating system is changed: by booting another image, or package by package, which no spec can order. */
export type OsMode = 'image' | 'package';

/** An application that a device has. */
export type Application = {
  /** Its definition in canonical form; another definition makes it another application. */
  readonly definition: string;
  readonly isRunning: boolean;
  readonly restartGeneration: number;
};

/** An agent's notes on disk: `desired.json`, `current.json` and `rollback.json`. A file that is lost is undefined. */
type Notes = {
  /** The spec that is being applied; the same as the current one once that is done. */
  desired: DeliveredSpec | undefined;
  /** The spec that was applied last. */
  current: DeliveredSpec | undefined;
  /** The version whose image the device could not boot. It survives a restart of the agent. */
  rollback: { readonly failedVersion: number | null } | undefined;
};

/** A device whose agent never got a spec. */
export const nothingDelivered: DeliveredSpec = {
  position: nothingRun,
  restore: null,
  spec: {},
};

/** A device without its agent: everything that survives a restart of the agent. */
export class Machine {
  readonly name: string;
  /** Identity of the machine, not of its name: one that is simulated anew is another one. */
  readonly id = randomUUID();
  readonly osMode: OsMode;
  readonly files = new Map<string, DeviceFile>();
  /** Paths that are directories. An agent makes those that a file needs, and never removes one. */
  readonly directories = new Set<string>();
  /** Names of users and groups, beside root; numbers are always known. */
  readonly accounts = new Set<string>();
  readonly applications = new Map<string, Application>();
  /** All other settings of a spec, each in canonical form. */
  settings: ReadonlyMap<string, string> = new Map();
  bootedImage = '';
  /** A spec whose files are in place and whose image comes up with the next boot; undefined if nothing waits for one. */
  booting: { readonly delivered: DeliveredSpec; readonly changes: readonly Change[] } | undefined;
  /** Times that it was booted. */
  boots = 1;
  /** Images that cannot be fetched now. */
  readonly unreachableImages = new Set<string>();
  /** Images after which the device comes up with the former one again. */
  readonly unbootableImages = new Set<string>();
  notes: Notes = { desired: nothingDelivered, current: nothingDelivered, rollback: { failedVersion: null } };
  /** Its key, and its request for a certificate; undefined until it enrolls for the first time. */
  identity: DeviceIdentity | undefined;
  /** The management certificate; undefined until enrollment has ended, and after it was wiped. */
  certificate: string | undefined;
  /** After a decommission nothing of the agent is left. */
  isDecommissioned = false;

  constructor(name: string, osMode: OsMode) {
    this.name = name;
    this.osMode = osMode;
  }

  /** Wipes the certificate, and keeps the key, the notes and everything that the device runs. */
  wipeCertificate(): void {
    this.certificate = undefined;
  }

  /** Wipes the certificate and the agent's data directory. Things that specs put on the device stay. */
  decommission(): void {
    this.wipeCertificate();
    this.identity = undefined;
    this.notes = { desired: undefined, current: undefined, rollback: undefined };
    this.isDecommissioned = true;
  }
}
