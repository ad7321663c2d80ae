import { setTimeout as sleep } from 'node:timers/promises';
import { fleetNames, groupCount } from './population.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** So many things may be under way at once. */
const maxUnderWay = 12;

/** What people and devices do all the time, whatever else happens: edits, decisions, reports that come again. */
export class Noise {
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly running: Promise<void>;
  private readonly scene: Scene;
  private readonly random: Random;

  constructor(scene: Scene) {
    this.scene = scene;
    this.random = scene.random.fork('noise');
    this.running = this.run();
  }

  /** Ends it; what is under way is waited for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await Promise.all(this.underWay);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(this.random.between(80, 450), undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.underWay.size >= maxUnderWay) continue;
      const work: Promise<unknown> = this.doSomething().finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    }
  }

  private async doSomething(): Promise<unknown> {
    const { scene, random } = this;
    const { admin, population } = scene;
    const drawn = random.next();
    const device = random.pick(population.devices.filter(({ labels }) => labels['rig'] === 'yes'));
    const image = scene.nextImage();
    if (drawn < 0.25) return await admin.editFleet(random.pick(fleetNames), image);
    if (drawn < 0.5) {
      return device.labels['fleet'] === undefined ? await admin.editDevice(device.name, image) : undefined;
    }
    if (drawn < 0.75) return await admin.decide(random.chance(0.85) ? 'resume' : 'adopt', chooseSome(scene, random));
    const position = random.chance(0.5) ? device.position : random.pick([device.position, ...device.past]);
    return await population.report(device, position, AbortSignal.any([this.stopping.signal]));
  }
}

/** A selector that people might use; never one of a device that a fault keeps for itself. */
export function chooseSome(scene: Scene, random: Random): { labelSelector?: string; fieldSelector?: string } {
  const group = () => `g${random.between(0, groupCount - 1)}`;
  const paused = scene.population.devices.filter(
    ({ gate, labels }) => gate === 'ConflictPaused' && labels['rig'] === 'yes',
  );
  const drawn = random.next();
  if (drawn < 0.3 && paused.length > 0) return { fieldSelector: `metadata.name=${random.pick(paused).name}` };
  if (drawn < 0.55) return { labelSelector: `group=${group()}` };
  if (drawn < 0.8) return { labelSelector: `group in (${group()},${group()},${group()})` };
  if (drawn < 0.95) return { labelSelector: `fleet=${random.pick(fleetNames)}` };
  return { labelSelector: 'rig=yes' };
}
