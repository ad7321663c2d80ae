import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { requestPoints } from '../failpoints.ts';
import { burst, ordinary } from './bursts.ts';

/** Row 1: the API process is killed in the middle of requests: at a random moment, or around a commit. */
export const killApi: Fault = {
  row: 1,
  name: 'kill-api',
  async inject(scene, random) {
    const polls = burst(scene, 500, random);
    await sleep(random.between(0, 250));
    await scene.api.kill();
    scene.fault(1, 'kill-api', 'at a random moment');
    await sleep(random.between(0, 300));
    await scene.api.ensureRunning();
    await polls;

    const point = random.pick(requestPoints);
    const hit = scene.api.armAndWait({ point, action: 'kill', skip: random.between(0, 6) }, 6_000);
    const requests = [burst(scene, 100, random)];
    for (const device of random.sample(ordinary(scene), 12)) {
      const { gate, labels, name } = device;
      if (gate === 'ConflictPaused')
        requests.push(scene.admin.decide('resume', { fieldSelector: `metadata.name=${name}` }).then(() => undefined));
      else if (labels['fleet'] === undefined)
        requests.push(scene.admin.editDevice(name, scene.nextImage()).then(() => undefined));
    }
    if ((await hit) !== undefined) scene.fault(1, 'kill-api', point);
    await scene.api.ensureRunning();
    await Promise.all(requests);
  },
};
