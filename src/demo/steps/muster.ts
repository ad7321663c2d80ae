import { answerOf, type ApiClient } from '../../client/api-client.ts';
import type { Restore } from '../../domain/resources/restore.ts';
import { countDevices } from '../device-questions.ts';
import { plainReturning } from '../plain-devices.ts';
import { arrivalsPerSecond, waitForAll, type Stage } from '../stage.ts';

type MusterCounts = {
  /** Devices that answered and are paused. */
  readonly conflictPaused: number;
  /** Devices that answered and go on as before. */
  readonly normal: number;
};

/** The devices come back, and each is judged by its first report. */
export async function muster(stage: Stage, ahead: number): Promise<MusterCounts> {
  const { narrator, api, fleet, cast } = stage;
  narrator.step(
    'The devices come back',
    'Each says where it is. If the server knows that position, all is well; if not, the device is paused until a person decides.',
  );
  narrator.command('muster restore status --watch');
  fleet.mend({ spreadMs: (cast.length / arrivalsPerSecond) * 1_000 });
  let restore = await currentRestore(api);
  await waitForAll(stage, {
    label: 'answered',
    total: cast.length,
    async count() {
      restore = await currentRestore(api);
      return restore.status.devices.answered;
    },
    about() {
      const { awaitingReconnect, conflictPaused } = restore.status.devices;
      return `${awaitingReconnect} awaited, ${conflictPaused} paused`;
    },
  });
  const { devices, reconnect } = restore.status;
  const { p50Seconds, p99Seconds } = reconnect;
  narrator.say(`Half of the devices had answered after ${p50Seconds ?? '?'} s, 99 % after ${p99Seconds ?? '?'} s.`);
  const normal = devices.inSync + devices.behind;
  narrator.expect('devices still awaited', { expected: plainReturning.length, found: devices.awaitingReconnect });
  narrator.expect('devices paused', { expected: ahead, found: devices.conflictPaused });
  narrator.expect('devices that go on as before', { expected: cast.length - ahead, found: normal });
  narrator.expect('devices that read ConflictPaused', {
    expected: ahead,
    found: await countDevices(api, 'ConflictPaused'),
  });
  return { conflictPaused: devices.conflictPaused, normal };
}

export async function currentRestore(api: ApiClient): Promise<Restore> {
  return await answerOf(api.GET('/api/v1/restores/{name}', { params: { path: { name: 'current' } } }));
}
