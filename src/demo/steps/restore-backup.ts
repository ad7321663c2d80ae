import { randomUUID } from 'node:crypto';
import { answerOf } from '../../client/api-client.ts';
import { countDevices } from '../device-questions.ts';
import { plainInBackup } from '../plain-devices.ts';
import type { Stage } from '../stage.ts';
import type { Backup } from './back-up.ts';

const reason = 'INC-4211: lost the primary database';

/** The database is lost, the backup put in its place. */
export async function restoreBackup({ narrator, service, fleet, late, witness }: Stage, backup: Backup): Promise<void> {
  narrator.step(
    'The database is lost, and restored from the backup',
    'The server has gone back in time; the devices have not. Their network is cut here only so that the next step can be looked at in peace.',
  );
  await service.stop();
  fleet.cut();
  late.cut();
  witness.restored(backup.versions);
  narrator.command("psql -c 'DROP DATABASE muster'");
  narrator.command(`psql -c 'CREATE DATABASE muster TEMPLATE ${service.backup}'`);
  await service.restore();
  await service.start();
}

/** The restore is declared: at once every device is awaited. @returns how many are */
export async function declareRestore({ narrator, service, api, cast }: Stage, backup: Backup): Promise<number> {
  narrator.step(
    'The restore is declared',
    'One row is written, whatever the size of the fleet. From here on nothing is rendered for a device, or sent to it, before it has answered.',
  );
  const noticed = await answerOf(api.GET('/api/v1/restores/{name}', { params: { path: { name: 'current' } } }));
  const cause = noticed.spec.reason ?? '';
  narrator.expectThat(
    'Muster has noticed by itself that its database is a copy',
    /is a copy/.test(cause),
    `"${cause}"`,
  );
  const artifact = `database ${service.backup}`;
  narrator.command(`muster restore declare --reason '${reason}' --artifact '${artifact}' --taken-at ${backup.takenAt}`);
  const { status } = await answerOf(
    api.POST('/api/v1/restores', {
      params: { header: { 'idempotency-key': randomUUID() } },
      body: { reason, backup: { artifact, takenAt: backup.takenAt } },
    }),
  );
  const awaiting = status.devices.awaitingReconnect;
  const expected = cast.length + plainInBackup.length;
  narrator.expect('devices that must answer', { expected, found: awaiting });
  const shown = await countDevices(api, 'AwaitingReconnect');
  narrator.expect('devices that read AwaitingReconnect', { expected, found: shown });
  narrator.expect('devices that have answered', { expected: 0, found: status.devices.answered });
  return awaiting;
}
