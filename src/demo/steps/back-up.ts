import { standingsOfDevices } from '../../client/device-standings.ts';
import { canaryFleet, isCanary } from '../scene.ts';
import { chosen, waitForVersion, type Stage } from '../stage.ts';
import { publish, versionAtBackup } from './roll-out.ts';

/** Positions that the backup knows. */
export type Backup = {
  readonly takenAt: string;
  /** Each device's rendered version in it. */
  readonly versions: ReadonlyMap<string, number>;
};

/** The version that the canaries run when the database is lost. */
export const versionOfCanaries = versionAtBackup + 2;

/** A backup is taken while the devices keep running. */
export async function takeBackup({ narrator, service, api, cast }: Stage): Promise<Backup> {
  narrator.step(
    'Last night: a backup',
    'The service stops for a moment, for PostgreSQL copies only a database that nobody is connected to.',
  );
  const versions = new Map<string, number>();
  for await (const page of standingsOfDevices(api)) {
    for (const { name, position } of page) versions.set(name, position.version);
  }
  await service.stop();
  narrator.command(`psql -c 'CREATE DATABASE ${service.backup} TEMPLATE muster'`);
  await service.backUp();
  const takenAt = new Date().toISOString();
  await service.start();
  const found = [...versions.values()].filter((version) => version === versionAtBackup).length;
  narrator.expect(`devices that the backup knows at version ${versionAtBackup}`, { expected: cast.length, found });
  return { takenAt, versions };
}

/** Time goes on: the canaries move past what the backup knows. @returns how many did */
export async function moveOn(stage: Stage): Promise<number> {
  const { narrator, fleet, cast } = stage;
  const version = versionOfCanaries;
  narrator.step(
    'Today: a tenth of the devices moves on',
    `Two more changes go to the canaries only. They come to run version ${version}, of which the backup knows nothing.`,
  );
  narrator.command(`muster apply -f ${canaryFleet.name}.yaml`);
  const canaries = chosen(stage, isCanary);
  for (let edition = versionAtBackup + 1; edition <= version; edition += 1) {
    await publish(stage, [canaryFleet], { edition });
    await waitForVersion(stage, edition, canaries);
  }
  const ahead = fleet.devices.filter(({ applied }) => applied.version >= version).length;
  const others = fleet.devices.filter(({ applied }) => applied.version === versionAtBackup).length;
  narrator.expect(`devices at version ${version}`, { expected: Math.round(cast.length / 10), found: ahead });
  narrator.expect(`devices still at version ${versionAtBackup}`, { expected: cast.length - ahead, found: others });
  return ahead;
}
