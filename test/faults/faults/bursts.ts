import { reservedLabels } from '../population.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../scene.ts';
import type { RigDevice } from '../rig-device.ts';

/** Many reports at once, beside those of the devices' own lines. Each says where its device is. */
export async function burst(scene: Scene, count: number, random: Random): Promise<void> {
  const { devices } = scene.population;
  await Promise.all(
    Array.from({ length: count }, () => {
      const device = random.pick(devices);
      return scene.population.report(device);
    }),
  );
}

/** The devices that the rig lets people decide about; not those that a fault keeps for itself. */
export function ordinary(scene: Scene): RigDevice[] {
  return scene.population.devices.filter((device) => device.labels['rig'] === 'yes');
}

/** A device that belongs to one fault alone: no fleet edits it, nobody resumes it unasked, its line is silent. */
export async function reserve(scene: Scene, name: string, states: 'all' | 'version and hash'): Promise<RigDevice> {
  const { population, admin } = scene;
  const device = population.manufacture(name, { states, labels: reservedLabels });
  const reply = await admin.createDevice(device, scene.nextImage());
  if (reply.code !== 201) throw new Error(`${name} was not created: ${JSON.stringify(reply)}`);
  await scene.until(async () => {
    await population.report(device);
    return device.position.version > 0;
  }, 20_000);
  return device;
}

/** Edits a device that was reserved, and waits until it has been rendered. */
export async function editUntilRendered(scene: Scene, device: RigDevice): Promise<void> {
  const before = await versionOf(scene, device.name);
  const image = scene.nextImage();
  await scene.until(async () => (await scene.admin.editDevice(device.name, image)).code === 200, 15_000, 250);
  await scene.until(async () => (await versionOf(scene, device.name)) > before, 15_000);
}

/** Edits a device that was reserved, and lets it poll until it runs what was rendered. */
export async function editUntilApplied(scene: Scene, device: RigDevice): Promise<void> {
  await editUntilRendered(scene, device);
  const wanted = await versionOf(scene, device.name);
  await scene.until(async () => {
    if (device.position.version < wanted) await scene.population.report(device);
    return device.position.version >= wanted;
  }, 15_000);
}

export async function versionOf(scene: Scene, name: string): Promise<number> {
  const rows = await scene.incarnations.onLive(
    (sql) =>
      sql<Array<{ version: number }>>`SELECT version::float8 AS version FROM device_positions WHERE name = ${name}`,
  );
  return rows[0]?.version ?? 0;
}

/** Reports until there is an answer that is no failure, as a device would. @returns the gate it was told */
export async function reportUntilAnswered(scene: Scene, device: RigDevice): Promise<string | null> {
  device.record.gate = null;
  await scene.until(async () => {
    await scene.population.report(device);
    return device.gate !== null;
  }, 20_000);
  return device.gate;
}
