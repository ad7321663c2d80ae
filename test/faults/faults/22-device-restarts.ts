import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { now } from '../history.ts';
import type { Random } from '../random.ts';
import type { RigDevice } from '../rig-device.ts';
import type { Scene } from '../scene.ts';
import { ordinary } from './bursts.ts';

/** Wait between looks for devices that fetch a spec, in milliseconds. */
const lookEveryMs = 15;

/**
 * Row 22: devices restart, their agents alone or all of them: while they fetch a spec, while they are paused, while they
 * are awaited, and right after they were resumed. What a process knew is gone, and what is on the device must stay.
 */
export const deviceRestarts: Fault = {
  row: 22,
  name: 'device-restarts',
  async inject(scene, random) {
    await whileFetching(scene, random);
    const paused = devicesOf(scene, await scene.makeConflicts());
    await restartAndHear(scene, random, { devices: paused, when: 'while paused' });
    await whileAwaited(scene, random);
    const resumed = await scene.admin.decide('resume', { labelSelector: 'rig=yes' });
    restart(scene, random, { devices: random.sample(devicesOf(scene, resumed.names), 40), when: 'after a resume' });
    await sleep(random.between(200, 600));
  },
};

async function whileFetching(scene: Scene, random: Random): Promise<void> {
  const restarted = new Set<RigDevice>();
  for (let round = 0; round < 2; round += 1) {
    await scene.editFleets();
    const until = performance.now() + 1_500;
    while (performance.now() < until) {
      const fetching = ordinary(scene).filter((device) => device.isUpdating && !restarted.has(device));
      restart(scene, random, { devices: fetching, when: 'while fetching' });
      for (const device of fetching) restarted.add(device);
      await sleep(lookEveryMs);
    }
    restarted.clear();
  }
}

/** Half of them are away when the restore is declared, and come back as new processes; the others end in mid-report. */
async function whileAwaited(scene: Scene, random: Random): Promise<void> {
  const devices = random.sample(ordinary(scene), Math.floor(scene.population.devices.length / 2));
  const away = devices.slice(0, Math.floor(devices.length / 2));
  await scene.population.silence(away);
  const backup = scene.incarnations.backups.at(-1);
  if (backup !== undefined) await scene.restoreUndeclared(backup);
  await scene.admin.declare(`restarts-${scene.seed}-${random.between(1, 1e9)}`);
  restart(scene, random, { devices, when: 'while awaited' });
  scene.population.speak(away);
  await untilHeard(scene, devices, now());
  await restartAndHear(scene, random, {
    devices: devices.filter(({ gate }) => gate === 'ConflictPaused'),
    when: 'paused after a restart',
  });
}

type Which = { readonly devices: readonly RigDevice[]; readonly when: string };

function restart(scene: Scene, random: Random, { devices, when }: Which): void {
  for (const device of devices) {
    const how = random.chance(0.6) ? 'agent restart' : 'reboot';
    device.restart(how);
    scene.fault(22, 'device-restarts', `${how} ${when}`);
  }
}

/** Restarts devices, and waits until they have asked again and were answered. */
async function restartAndHear(scene: Scene, random: Random, which: Which): Promise<void> {
  const since = now();
  restart(scene, random, which);
  await untilHeard(scene, which.devices, since);
}

async function untilHeard(scene: Scene, devices: readonly RigDevice[], since: number): Promise<void> {
  await scene.until(() => devices.every(({ record }) => record.answeredAt > since), 8_000);
}

function devicesOf(scene: Scene, names: readonly string[]): RigDevice[] {
  return names.flatMap((name) => scene.device(name) ?? []);
}
