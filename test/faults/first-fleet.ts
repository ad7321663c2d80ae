import { join } from 'node:path';
import { Admin } from './admin.ts';
import { History } from './history.ts';
import { Orders } from './orders.ts';
import { fleetNames, labelsOf } from './population.ts';
import { ServiceProcess } from './processes.ts';
import { environmentOf, type Stage } from './scene.ts';
import { firstImage } from './written-specs.ts';

/** The database that every seed starts from a copy of. */
export const populated = 'rig_populated';
const createdAtOnce = 16;

/** The names of the devices that every seed starts with. */
export function firstDevices(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `d${String(index).padStart(3, '0')}`);
}

/** Creates fleets and devices once, over the API, in a database that is never connected to again. */
export async function createFirstFleet(stage: Stage, devices: number): Promise<void> {
  await stage.cluster.createFromTemplate(populated);
  const service = await ServiceProcess.create({
    role: 'api',
    name: 'first API',
    program: join(stage.programs, 'service-entry.js'),
    environment: environmentOf(stage, populated, { postgresPort: stage.cluster.port, redisPort: stage.redis.port }),
    log: join(stage.directory, 'first-fleet.log'),
    onDied: () => undefined,
  });
  await service.start();
  const history = new History(join(stage.directory, 'first-fleet.ndjson'));
  const admin = new Admin(service.apiPort, history, new Orders());
  try {
    for (const name of fleetNames) await admin.createFleet(name, firstImage);
    const toCreate = firstDevices(devices);
    while (toCreate.length > 0) {
      const batch = toCreate.splice(0, createdAtOnce);
      const replies = await Promise.all(
        batch.map((name) => admin.createDevice({ name, labels: labelsOf(name) }, firstImage)),
      );
      const refused = replies.find((reply) => reply.code !== 201);
      if (refused !== undefined) throw new Error(`a device was not created: ${JSON.stringify(refused)}`);
    }
  } finally {
    await admin.close();
    await service.kill();
    history.close();
  }
}
