import { isDeepStrictEqual } from 'node:util';
import { answerOf } from '../../client/api-client.ts';
import type { DevicePosition } from '../../domain/recovery/position.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import type { UnknownDevice } from '../../domain/resources/unknown-device.ts';
import type { SimulatedDevice } from '../../simulator/simulated-device.ts';
import { countDevices, readConflict } from '../device-questions.ts';
import { deviceRequest, latecomer } from '../scene.ts';
import { waitForAll, waitForVersion, type Stage } from '../stage.ts';

const { name } = latecomer;
const reason = 'INC-4211: what it runs is right';

/** Registers one more device, which is not in the backup. */
export async function registerLatecomer(stage: Stage): Promise<void> {
  const { narrator, api, late } = stage;
  narrator.step(
    'Today: one more device',
    `${name} is registered and gets its first spec; the backup does not know it.`,
  );
  narrator.command(`muster apply -f ${name}.yaml`);
  await answerOf(api.POST('/api/v1/devices', { body: deviceRequest(latecomer) }));
  late.start();
  await waitForVersion(stage, 1, late.devices);
}

/** It comes back to a database that does not know it, keeps what it runs, and is let in again by a person. */
export async function letLatecomerIn(stage: Stage): Promise<void> {
  const { narrator, late } = stage;
  narrator.step(
    'One device is not known to the restored database',
    'An agent that is told that it does not exist erases itself. So it is told to keep what it runs, and listed for people to decide about.',
  );
  const device = latecomerOn(stage);
  const { position, spec } = device;
  late.mend({ spreadMs: 0 });
  await expectListed(stage, position);
  await expectSpared(stage, position);
  // It would look in again at a time of its own, and might be judged before it can be seen to be awaited.
  late.cut();
  await enroll(stage);
  late.mend({ spreadMs: 0 });
  await expectPaused(stage);
  await adopt(stage, position);
  narrator.expectThat('it still runs the spec that it came with', isDeepStrictEqual(device.spec, spec), 'another spec');
}

async function expectListed(stage: Stage, position: DevicePosition): Promise<void> {
  const { narrator, api } = stage;
  let listed: UnknownDevice[] = [];
  await waitForAll(stage, {
    label: 'unknown devices',
    total: 1,
    async count() {
      const params = { path: { name: 'current' } };
      listed = (await answerOf(api.GET('/api/v1/restores/{name}/unknown-devices', { params }))).items;
      return listed.length;
    },
  });
  narrator.command('muster get unknown-devices');
  const claims = listed.map((device) => ({ name: device.name, ...device.reported }));
  const { version, timeline, specHash } = position;
  narrator.expectThat(
    `it is listed with the position that it claims: version ${version}`,
    isDeepStrictEqual(claims, [{ name, renderedVersion: String(version), timeline, specHash }]),
    JSON.stringify(claims),
  );
}

/** Asks as an agent of Flight Control does, that goes by the words of the answer. */
async function expectSpared({ narrator, service }: Stage, { version }: DevicePosition): Promise<void> {
  const url = `${service.agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${version}`;
  const { message } = statusSchema.parse(await (await fetch(url)).json());
  narrator.say(`It is told: “${message}”`);
  narrator.expectThat(
    'these are not the words that erase an agent',
    !/device of name .* not found/i.test(message),
    message,
  );
}

async function enroll({ narrator, service, api }: Stage): Promise<void> {
  narrator.command(`curl -X POST ${service.api}/api/v1/restores/current/unknown-devices/${name}/enroll`);
  const params = { path: { name: 'current', device: name } };
  await answerOf(api.POST('/api/v1/restores/{name}/unknown-devices/{device}/enroll', { params, body: {} }));
  const found = await countDevices(api, 'AwaitingReconnect');
  narrator.expect('devices that read AwaitingReconnect', { expected: 1, found });
}

async function expectPaused(stage: Stage): Promise<void> {
  const { narrator, api, late } = stage;
  const device = latecomerOn(stage);
  await waitForAll(stage, {
    label: 'judged, and its spec told',
    total: 1,
    count: () => (late.pausedCount > 0 && !device.owesSpec() ? 1 : 0),
  });
  const { info, verdict, nothingToSend } = await readConflict(api, name);
  narrator.say(info);
  narrator.expectThat(
    'its verdict is Diverged, so it is paused until a person decides',
    verdict === 'Diverged',
    verdict,
  );
  narrator.expectThat('nobody wrote a spec for it here, so that resuming would send it none', nothingToSend, 'one');
}

/** Lets the device’s own spec win: the restored database has no other for it. */
async function adopt(stage: Stage, { version }: DevicePosition): Promise<void> {
  const { narrator, api, witness, late } = stage;
  narrator.command(`muster adopt device ${name} --reason '${reason}'`);
  witness.resuming([{ name, version }]);
  const body = { fieldSelector: `metadata.name=${name}`, reason };
  const { adoptedDevices } = await answerOf(api.POST('/api/v1/deviceactions/adopt', { body }));
  narrator.expect('devices adopted', { expected: 1, found: adoptedDevices });
  await waitForVersion(stage, version + 1, late.devices);
}

function latecomerOn({ late }: Stage): SimulatedDevice {
  const [device] = late.devices;
  if (device === undefined) throw new Error('the latecomer is not on the stage');
  return device;
}
