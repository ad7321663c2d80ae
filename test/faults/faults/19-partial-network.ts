import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { chooseSome } from '../noise.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../scene.ts';
import { burst } from './bursts.ts';

const kinds = ['delay', 'one way', 'cut replies'] as const;
const links = ['apiPostgres', 'apiRedis', 'workerPostgres', 'workerRedis', 'agent', 'admin'] as const;
const delayMs = 2_000;

/** Row 19: one link is slow, loses what goes one way, or is reset after a request and before its reply. */
export const partialNetwork: Fault = {
  row: 19,
  name: 'partial-network',
  async inject(scene, random) {
    for (let round = 0; round < 3; round += 1) {
      const link = random.pick(links);
      const kind = random.pick(kinds);
      await inject(scene, random, link, kind);
      // What was asked for and not answered is asked for again.
      await scene.admin.decide('resume', chooseSome(scene, random));
    }
  },
};

async function inject(
  scene: Scene,
  random: Random,
  link: (typeof links)[number],
  kind: (typeof kinds)[number],
): Promise<void> {
  const proxy = scene.proxies[link];
  const lastsMs = random.between(800, 1_800);
  const count = random.between(3, 20);
  switch (kind) {
    case 'delay':
      proxy.delayMs = delayMs;
      scene.slow(4 * delayMs, lastsMs + 4 * delayMs);
      break;
    case 'one way':
      proxy.stall(random.pick(['toServer', 'toClient'] as const));
      scene.slow(lastsMs, lastsMs + 2_000);
      break;
    case 'cut replies':
      proxy.cutReplies(count);
      break;
    default:
      kind satisfies never;
  }
  const work = Promise.all([
    scene.editFleets(),
    burst(scene, 80, random),
    scene.admin.decide('resume', chooseSome(scene, random)),
    scene.admin.decide('resume', chooseSome(scene, random)),
  ]);
  await sleep(lastsMs);
  const cut = kind === 'cut replies' ? proxy.stopCutting(count) : 1;
  proxy.heal();
  scene.fault(19, 'partial-network', `${kind} ${link}`, cut);
  await work;
}
