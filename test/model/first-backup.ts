import { deviceRequestSchema } from '../../src/domain/resources/device.ts';
import { createDevice } from '../../src/usecases/create-device.ts';
import { deviceRequest } from '../support/documents.ts';
import { documentOf } from './contents.ts';
import { conforms } from './invariants.ts';
import type { System } from './system.ts';
import { firstContent, firstWorld, fleet } from './world.ts';

/** Brings the system to where every sequence begins, by legal moves, and takes the backup to which it is reset. */
export async function prepare(system: System): Promise<void> {
  for (const { name, group, enrolled } of fleet) {
    if (!enrolled) continue;
    const document = deviceRequest(name, { labels: { group }, spec: documentOf(firstContent(name)) });
    await createDevice(system.context, { request: deviceRequestSchema.parse(document), by: { actor: 'user:ada' } });
  }
  await system.render();
  const { restore } = await system.look();
  const world = firstWorld(restore);
  for (const { name, at, form } of world.devices.values()) {
    if (at !== null) await system.report([{ device: name, at, form, withSpec: false }]);
  }
  const before = system.seen;
  conforms({ kind: 'nothing', before, after: await system.look(), state: world.server, events: [] });
  await system.takeBackup(0);
}
