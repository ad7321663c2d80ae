import type { Gate } from '../domain/recovery/gate.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';
import type { Verdict } from '../domain/recovery/verdict.ts';
import type { DeliveredSpec } from './delivered-spec.ts';
import type { Pass } from './device/agent.ts';
import type { Machine } from './device/machine.ts';

/** The service's word on how a device stands, in whatever form it came. */
export type DeviceAnswer = {
  readonly restore: string;
  readonly gate: Gate;
  readonly verdict: Verdict;
};

/** A report as it leaves a device. */
export type SentReport = {
  readonly transport: 'poll' | 'status' | 'socket';
  /** The position as far as it is stated. */
  readonly claim: DevicePosition;
  /** Number of the device's WebSocket that it is sent on. */
  readonly connection: number | undefined;
};

/** The outcome of a report. */
export type Reply = {
  /** HTTP status, 200 for a verdict frame, the code of an error frame; 0 if nothing came. */
  readonly code: number;
  readonly answer: DeviceAnswer | undefined;
  /** Body of the answer or text of the frame; the reason if nothing came. */
  readonly text: string;
};

/** Sees what happens between devices and the service, and on the devices. */
export type DeviceObserver = {
  /** A report is about to leave the device. */
  reportSent?(device: string, report: SentReport): void;
  /** A report has its reply. Each gets one. */
  replied?(device: string, report: SentReport, reply: Reply): void;
  /** A document has come over a WebSocket. */
  pushed?(device: string, connection: number, document: unknown): void;
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
    reportSent(device, report) {
      for (const observer of observers) observer?.reportSent?.(device, report);
    },
    replied(device, report, reply) {
      for (const observer of observers) observer?.replied?.(device, report, reply);
    },
    pushed(device, connection, document) {
      for (const observer of observers) observer?.pushed?.(device, connection, document);
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
