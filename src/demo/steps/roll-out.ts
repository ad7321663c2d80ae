import { answerOf } from '../../client/api-client.ts';
import { inParallel } from '../../client/in-parallel.ts';
import { fleetManifest, fleetRequest, specWritten, type Edition } from '../fleet-manifest.ts';
import { deviceRequest, fleets, isMember, latecomer, type SceneFleet } from '../scene.ts';
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
    'Each fleet has a label selector and a template with placeholders, which is filled in for each of its devices. Agents apply the first config provider only, so the three become one; and 0644 is octal, as in every manifest.',
  );
  const [shown] = fleets;
  if (shown !== undefined) {
    narrator.command(`cat ${shown.name}.yaml`);
    narrator.block(fleetManifest(shown, { edition: 1 }));
  }
  narrator.command('muster apply -f fleets.yaml -f devices.yaml');
  await publish(stage, fleets, { edition: 1 });
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
    await publish(stage, fleets, { edition });
    await waitForVersion(stage, edition, fleet.devices);
  }
  expectVersions(stage);
}

/** Gives fleets an edition of their template, as a person would, and notes what that means for each device. */
export async function publish(
  { api, cast, orders }: Stage,
  which: readonly SceneFleet[],
  version: Edition,
): Promise<void> {
  for (const each of which) {
    for (const device of [...cast, latecomer]) {
      if (isMember(device, each)) orders.written(device.name, () => specWritten(device, each, version));
    }
    const params = { path: { name: each.name } };
    await answerOf(api.PUT('/api/v1/fleets/{name}', { params, body: fleetRequest(each, version) }));
  }
}

function expectVersions({ narrator, fleet }: Stage): void {
  const found = fleet.devices.filter(({ applied }) => applied.version === versionAtBackup).length;
  narrator.expect(`devices at version ${versionAtBackup}`, { expected: fleet.devices.length, found });
}
