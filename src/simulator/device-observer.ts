import type { Gate } from '../domain/gate.ts';
import type { DevicePosition } from '../domain/position.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { DeliveredSpec } from './delivered-spec.ts';
import type { Pass } from './device/agent.ts';
import type { Machine } from './device/machine.ts';

/** The service's word on how a device stands, in whatever form it came. */
export type DeviceAnswer = {
  readonly restore: string;
  readonly gate: Gate;
  readonly verdict: Verdict;
};

/** Sees what happens between devices and the service, and on the devices. */
export type DeviceObserver = {
  /** A report is about to leave the device. */
  reportSent?(device: string): void;
  /** A report that said `reported` has been answered. */
  answered?(device: string, answer: DeviceAnswer, reported: DevicePosition): void;
  /** A spec has come to a device that had received `before`; it has not been applied yet. */
  delivered?(device: string, delivered: DeliveredSpec, before: DevicePosition): void;
  /** The device would not apply a spec: it is older than its own, or has failed before. */
  refused?(device: string, delivered: DeliveredSpec, before: DevicePosition): void;
  /** The agent has applied a spec to its machine, a new one or the stored one again. */
  passed?(machine: Machine, pass: Pass): void;
};

/** One observer for several. */
export function togetherObserving(...observers: readonly (DeviceObserver | undefined)[]): Required<DeviceObserver> {
  return {
    reportSent(device) {
      for (const observer of observers) observer?.reportSent?.(device);
    },
    answered(device, answer, reported) {
      for (const observer of observers) observer?.answered?.(device, answer, reported);
    },
    delivered(device, delivered, before) {
      for (const observer of observers) observer?.delivered?.(device, delivered, before);
    },
    refused(device, delivered, before) {
      for (const observer of observers) observer?.refused?.(device, delivered, before);
    },
    passed(machine, pass) {
      for (const observer of observers) observer?.passed?.(machine, pass);
    },
  };
}
