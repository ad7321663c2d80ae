import { answerOf } from '../../cli/api-client.ts';
import { inParallel } from '../../cli/in-parallel.ts';
import { deviceRequest, fleetRequest, fleets, type SceneFleet } from '../scene.ts';
import { arrivalsPerSecond, waitForAll, waitForVersion, type Stage } from '../stage.ts';

/** The version that every device runs when the backup is taken. */
export const versionAtBackup = 5;
/** Requests that are under way at once. */
const registering = 8;

/** Fleets and devices are registered, the devices connect, and each edition reaches all of them before the next. */
export async function rollOutToVersionFive(stage: Stage): Promise<void> {
  const { narrator, cast, api, fleet, signal } = stage;
  narrator.step(
    `${cast.length} devices in three fleets`,
    'Each fleet has a label selector and a template with placeholders, which is rendered for each of its devices.',
  );
  narrator.command('muster apply -f fleets.yaml -f devices.yaml');
  for (const each of fleets) await answerOf(api.POST('/api/v1/fleets', { body: fleetRequest(each, 1) }));
  let registered = 0;
  const registration = inParallel(cast, registering, async (device) => {
    signal.throwIfAborted();
    await answerOf(api.POST('/api/v1/devices', { body: deviceRequest(device) }));
    registered += 1;
  });
  await Promise.all([
    registration,
    waitForAll(stage, { label: 'registered', total: cast.length, count: () => registered }),
  ]);

  const overHttp = cast.filter(({ transport }) => transport === 'http').length;
  narrator.step(
    'The devices connect',
    `${overHttp} poll over HTTP, ${cast.length - overHttp} hold a WebSocket; every one has a connection of its own.`,
  );
  fleet.start({ ratePerSecond: arrivalsPerSecond });
  await waitForVersion(stage, 1, fleet.devices);

  narrator.step(
    `Four changes of every fleet: all devices come to run version ${versionAtBackup}`,
    'A change of a template is rendered for each device and delivered to it; the device says when it runs it.',
  );
  for (let edition = 2; edition <= versionAtBackup; edition += 1) {
    await publish(stage, fleets, edition);
    await waitForVersion(stage, edition, fleet.devices);
  }
  expectVersions(stage);
}

/** Gives fleets another edition of their template, as a person would. */
export async function publish(
  { api }: Stage,
  which: readonly SceneFleet[],
  edition: number,
  note?: string,
): Promise<void> {
  for (const each of which) {
    const params = { path: { name: each.name } };
    await answerOf(api.PUT('/api/v1/fleets/{name}', { params, body: fleetRequest(each, edition, note) }));
  }
}

function expectVersions({ narrator, fleet }: Stage): void {
  const found = fleet.devices.filter(({ position }) => position.version === versionAtBackup).length;
  narrator.expect(`devices at version ${versionAtBackup}`, { expected: fleet.devices.length, found });
}
