import type { Fault } from '../fault.ts';
import { renderPoints } from '../failpoints.ts';

/** Row 2: the worker is killed at each step of a render. */
export const killWorker: Fault = {
  row: 2,
  name: 'kill-worker',
  async inject(scene, random) {
    for (const point of random.sample(renderPoints, scene.options.short ? 3 : 5)) {
      const hit = scene.worker.armAndWait({ point, action: 'kill', skip: random.between(0, 1) }, 6_000);
      await scene.editFleets();
      const devices = scene.population.devices.filter((device) => device.labels['fleet'] === undefined);
      for (const device of random.sample(devices, 3)) await scene.admin.editDevice(device.name, scene.nextImage());
      if ((await hit) !== undefined) scene.fault(2, 'kill-worker', point);
      await scene.worker.ensureRunning();
    }
  },
};
