import { setTimeout as sleep } from 'node:timers/promises';
import { fleetNames, groupCount } from './population.ts';
import type { Random } from './random.ts';
import type { RigDevice } from './rig-device.ts';
import type { Scene } from './scene.ts';

/** Most actions under way at once. */
const maxUnderWay = 12;

/** The row of the table that counts what is no fault of any row. */
export const noiseRow = { row: 0, name: 'noise' } as const;

/**
 * All that people and devices do at any time, whatever else happens: edits, decisions, fleets that are deleted and devices
 * that change hands, restarts of devices, reports that come again.
 */
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
    if (drawn < 0.2) return await admin.editFleet(random.pick(fleetNames), image);
    if (drawn < 0.4) {
      return device.labels['fleet'] === undefined ? await admin.editDevice(device.name, image) : undefined;
    }
    if (drawn < 0.6) return await admin.decide(random.chance(0.85) ? 'resume' : 'adopt', chooseSome(scene, random));
    if (drawn < 0.63) return await this.deleteFleet(random.pick(fleetNames), image);
    if (drawn < 0.71) return await this.changeOwner(device);
    if (drawn < 0.79) return this.restart(device);
    const position = random.chance(0.5) ? device.position : random.pick([device.position, ...device.record.past]);
    return await population.report(device, position, this.stopping.signal);
  }

  /** It comes back in a while, with another template. */
  private async deleteFleet(fleet: string, image: string): Promise<void> {
    const { code } = await this.scene.admin.deleteFleet(fleet);
    if (code === 200) this.count('fleets deleted');
    await this.wait(300, 1_500);
    const isThere = async () => [200, 201].includes((await this.scene.admin.editFleet(fleet, image)).code);
    await this.scene.until(isThere, 5_000, 250);
  }

  /** To another fleet, to one that does not exist, or to none; most come back. */
  private async changeOwner({ name, labels }: RigDevice): Promise<void> {
    const { admin } = this.scene;
    const drawn = this.random.pick([...fleetNames, 'no-such-fleet', 'none']);
    const owner = drawn === 'none' ? undefined : drawn;
    const { code } = await admin.changeOwner(name, owner);
    if (code === 200) this.count(owner === undefined ? 'owners taken away' : 'owners changed');
    const returns = this.random.chance(0.75);
    await this.wait(500, 2_500);
    if (returns) await admin.changeOwner(name, labels['fleet']);
  }

  private restart(device: RigDevice): void {
    const how = this.random.chance(0.7) ? 'agent restart' : 'reboot';
    this.count(`${how}s`);
    device.restart(how);
  }

  private async wait(leastMs: number, mostMs: number): Promise<void> {
    const { signal } = this.stopping;
    await sleep(this.random.between(leastMs, mostMs), undefined, { signal }).catch(() => undefined);
  }

  private count(what: string): void {
    this.scene.fault(noiseRow.row, noiseRow.name, what);
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
  if (drawn < 0.95) return { labelSelector: `home=${random.pick(fleetNames)}` };
  return { labelSelector: 'rig=yes' };
}
