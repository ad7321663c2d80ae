import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../client/api-client.ts';
import type { OrderWitness } from '../simulator/order-witness.ts';
import type { DeliveryWitness } from '../simulator/delivery-witness.ts';
import type { SimulatedDevice } from '../simulator/simulated-device.ts';
import type { SimulatedFleet } from '../simulator/simulated-fleet.ts';
import type { DemoService } from './demo-service.ts';
import { DemoFailure, type Narrator } from './narrator.ts';
import type { SceneDevice } from './scene.ts';
import type { Scraper } from './scraper.ts';

/** Everything that the steps of the story work with. */
export type Stage = {
  readonly cast: readonly SceneDevice[];
  readonly service: DemoService;
  readonly api: ApiClient;
  readonly fleet: SimulatedFleet;
  /** The latecomer alone; it is not of the cast. */
  readonly late: SimulatedFleet;
  readonly witness: DeliveryWitness;
  /** Knows the specs written for each device, and sees the content of each. */
  readonly orders: OrderWitness;
  readonly scraper: Scraper;
  readonly narrator: Narrator;
  /** Aborts when a person ends the demo early. */
  readonly signal: AbortSignal;
};

/** As many devices come a second where they all come at once: the two ends of the network share this machine. */
export const arrivalsPerSecond = 500;

const lookEveryMs = 100;
/** Time without a change after which the story counts as stuck. */
const stalledAfterMs = 60_000;

type Wait = {
  /** Name of the awaited things, for the bar. */
  readonly label: string;
  readonly total: number;
  /** Counts those that are there already; may ask the service. */
  readonly count: () => number | Promise<number>;
  readonly about?: () => string;
};

/** Waits, with a bar, until all are there. @throws DemoFailure if nothing changes for a minute */
export async function waitForAll({ narrator, signal, fleet }: Stage, wait: Wait): Promise<void> {
  const { label, total, count, about = () => '' } = wait;
  const progress = narrator.progress(label);
  let last = -1;
  let changedAtMs = performance.now();
  try {
    for (;;) {
      signal.throwIfAborted();
      const there = await count();
      progress.update(there, total, about());
      if (there >= total) return;
      if (there !== last) changedAtMs = performance.now();
      last = there;
      if (performance.now() - changedAtMs > stalledAfterMs) {
        const seen = fleet.counters.errors.map(([kind, times]) => `${times} ${kind}`).join(', ') || 'no error';
        throw new DemoFailure(
          `${label}: expected ${total}, found ${there} and no change for ${stalledAfterMs / 1000} s; the devices have seen ${seen}`,
        );
      }
      await sleep(lookEveryMs, undefined, { signal });
    }
  } finally {
    progress.stop();
  }
}

/** Waits until devices run a version and the service has answered their report of it. */
export async function waitForVersion(
  stage: Stage,
  version: number,
  devices: readonly SimulatedDevice[],
): Promise<void> {
  await waitForAll(stage, {
    label: `version ${version}`,
    total: devices.length,
    count: () => devices.filter((device) => device.applied.version >= version && device.isConfirmed).length,
  });
}

/** The devices on the stage that a rule chooses. */
export function chosen(stage: Stage, rule: (device: SceneDevice) => boolean): SimulatedDevice[] {
  return stage.fleet.devices.filter((_device, index) => {
    const cast = stage.cast[index];
    return cast !== undefined && rule(cast);
  });
}

/** Restarts the agents of devices, and waits until each has come back and was answered. */
export async function restartAndReturn(stage: Stage, devices: readonly SimulatedDevice[]): Promise<void> {
  stage.fleet.restart(devices, { spreadMs: (devices.length / arrivalsPerSecond) * 1_000 });
  await waitForAll(stage, {
    label: 'back after a restart',
    total: devices.length,
    count: () => devices.filter((device) => device.isConfirmed).length,
  });
}
