import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { now } from '../history.ts';
import type { ServiceProcess } from '../processes.ts';
import type { Random } from '../random.ts';
import type { RigDevice } from '../rig-device.ts';
import type { Scene } from '../scene.ts';
import { ordinary } from './bursts.ts';

/**
 * Row 23: paused devices are told so by another instance, and told again by the first one after a restart of it; devices
 * restart before it, with it and after it.
 */
export const otherInstance: Fault = {
  row: 23,
  name: 'other-instance',
  async inject(scene, random) {
    await scene.makeConflicts();
    const other = await scene.startSecond('api');
    try {
      await move(scene, random, other, 'by another instance');
      await scene.editFleets();
      await end(scene, random, scene.api);
      restartSome(scene, random);
      await untilToldAgain(scene, 'by another instance after a restart of the device', now());
      await decideSome(scene, random);
      await scene.api.ensureRunning();
      await move(scene, random, scene.api, 'again after a restart of the instance');
      // Everything at once: the instance that they talk to ends under them, and comes back beside the other.
      const since = now();
      const ended = end(scene, random, scene.api);
      restartSome(scene, random);
      await ended;
      await scene.api.ensureRunning();
      restartSome(scene, random);
      await untilToldAgain(scene, 'again after both restarted', since);
      await decideSome(scene, random);
    } finally {
      scene.proxies.agent.targetPort = scene.api.agentPort;
      await end(scene, random, other);
      scene.proxies.agent.reset();
    }
  },
};

/** Lets devices talk to another instance. Their agents restart before or after. */
async function move(scene: Scene, random: Random, to: ServiceProcess, told: string): Promise<void> {
  const isFirst = random.chance(0.5);
  if (isFirst) restartSome(scene, random);
  const since = now();
  scene.proxies.agent.targetPort = to.agentPort;
  scene.proxies.agent.reset();
  if (!isFirst) restartSome(scene, random);
  await untilToldAgain(scene, told, since);
}

/** In good order, or at once. */
async function end(scene: Scene, random: Random, service: ServiceProcess): Promise<void> {
  const isOrderly = random.chance(0.5);
  await (isOrderly ? service.stop() : service.kill());
  scene.fault(23, 'other-instance', isOrderly ? 'instances stopped' : 'instances killed');
}

function restartSome(scene: Scene, random: Random): void {
  for (const device of random.sample(ordinary(scene), 60)) {
    device.restart(random.chance(0.6) ? 'agent restart' : 'reboot');
    scene.fault(23, 'other-instance', 'devices restarted');
  }
}

async function decideSome(scene: Scene, random: Random): Promise<void> {
  await scene.admin.decide('resume', { labelSelector: `group=g${random.between(0, 7)}` });
  await sleep(random.between(200, 600));
}

/** Waits until every paused device has been told so again, and counts them. */
async function untilToldAgain(scene: Scene, told: string, since: number): Promise<void> {
  const isToldAgain = ({ gate, record }: RigDevice) => gate !== 'ConflictPaused' || record.answeredAt > since;
  await scene.until(() => ordinary(scene).every(isToldAgain), 8_000);
  const paused = ordinary(scene).filter(({ gate, record }) => gate === 'ConflictPaused' && record.answeredAt > since);
  scene.fault(23, 'other-instance', `told ${told}`, paused.length);
}
