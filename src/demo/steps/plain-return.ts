import { answerOf } from '../../client/api-client.ts';
import { printable } from '../../terminal/printable.ts';
import { countDevices, readConflict } from '../device-questions.ts';
import { plainDevices, plainImage, plainReturning, tellPlain } from '../plain-devices.ts';
import { waitForAll, type Stage } from '../stage.ts';
import { versionOfEdited } from './edit-more.ts';
import { currentRestore } from './muster.ts';

const reason = 'INC-4211: today’s image is right';

/** Devices that state only a number come back: the journal knows what that number is. */
export async function plainDevicesReturn(stage: Stage): Promise<void> {
  const { narrator, api } = stage;
  const { registered, edited } = plainDevices;
  narrator.step(
    'Devices that say only a number come back',
    'They never send their spec. The journal has it, so people see the real difference, and can let the spec of the device win.',
  );
  await Promise.all([
    ...registered.map((name) => tellPlain(stage, name, 1)),
    ...edited.map((name) => tellPlain(stage, name, versionOfEdited)),
  ]);
  await waitForAll(stage, {
    label: 'answered by a number',
    total: plainReturning.length,
    count: async () => plainReturning.length - (await currentRestore(api)).status.devices.awaitingReconnect,
  });
  const gates = await Promise.all(registered.map((name) => statusOf(stage, name)));
  const normal = gates.filter((status) => !['AwaitingReconnect', 'ConflictPaused'].includes(status)).length;
  narrator.expect('devices that the backup did not know, and that go on as before', {
    expected: registered.length,
    found: normal,
  });
  await expectDifference(stage, edited[0]);
  const before = await countDevices(api, 'ConflictPaused');
  const fieldSelector = `metadata.name in (${edited.join(',')})`;
  narrator.command(`muster adopt devices --field-selector '${fieldSelector}' --reason '${reason}'`);
  const { adoptedDevices } = await answerOf(
    api.POST('/api/v1/deviceactions/adopt', { body: { fieldSelector, reason } }),
  );
  narrator.expect('devices adopted that never sent their spec', { expected: edited.length, found: adoptedDevices });
  const after = await countDevices(api, 'ConflictPaused');
  narrator.expect('devices fewer that are paused', { expected: edited.length, found: before - after });
}

async function statusOf({ api }: Stage, name: string): Promise<string> {
  const { status } = await answerOf(api.GET('/api/v1/devices/{name}', { params: { path: { name } } }));
  return status?.summary.status ?? 'Unknown';
}

async function expectDifference({ narrator, api }: Stage, name: string): Promise<void> {
  narrator.command(`muster diff device ${name}`);
  const text = (await readConflict(api, name)).difference?.text ?? '';
  narrator.block(text.split('\n').map(printable).join('\n'));
  narrator.expectThat(
    'the difference is from the image of today to the one of the backup',
    text.includes(`-  image: ${plainImage(versionOfEdited)}`) && text.includes(`+  image: ${plainImage(1)}`),
    text === '' ? 'no difference' : 'another one, above',
  );
}
