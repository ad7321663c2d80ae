import { answerOf } from '../../client/api-client.ts';
import { standingsOfDevices } from '../../client/device-standings.ts';
import { isSamePosition } from '../../domain/recovery/position.ts';
import type { SimulatedDevice } from '../../simulator/simulated-device.ts';
import { plainDevices } from '../plain-devices.ts';
import { shortenedTables } from '../shortened-tables.ts';
import { waitForAll, type Stage } from '../stage.ts';
import { currentRestore } from './muster.ts';
import type { Resumed } from './resume.ts';

const shownRows = 5;

/** Waits until every device runs what the server rendered for it. @returns how many resumed devices do */
export async function waitUntilAllRunWhatWasRendered(stage: Stage, resumed: readonly Resumed[]): Promise<number> {
  const { narrator, fleet, late } = stage;
  const devices = [...fleet.devices, ...late.devices];
  narrator.step(
    'Every device runs what the server rendered for it',
    'Version, timeline and hash of every device are compared with those of the server.',
  );
  const versionsBefore = new Map(resumed.map(({ name, version }) => [name, version]));
  const moved = ({ name, applied }: SimulatedDevice) => applied.version > (versionsBefore.get(name) ?? 0);
  let renderedAfterResume = 0;
  await waitForAll(stage, {
    label: 'run what was rendered',
    total: devices.length,
    async count() {
      // The service is only asked for all of them once the devices themselves say that they are done.
      const done = devices.filter((device) => device.isConfirmed && moved(device)).length;
      if (done < devices.length) return done;
      const positions = new Map(devices.map(({ name, applied }) => [name, applied]));
      let same = 0;
      renderedAfterResume = 0;
      for await (const page of standingsOfDevices(stage.api)) {
        for (const { name, position } of page) {
          const applied = positions.get(name);
          if (applied === undefined || !isSamePosition(position, applied)) continue;
          same += 1;
          if (position.version > (versionsBefore.get(name) ?? Number.POSITIVE_INFINITY)) renderedAfterResume += 1;
        }
      }
      return same;
    },
  });
  narrator.expect('resumed devices that run a newer version than before', {
    expected: resumed.length,
    found: renderedAfterResume,
  });
  return renderedAfterResume;
}

/** Counts that the devices kept. */
type WitnessCounts = {
  /** Specs that came to paused or awaited devices. */
  readonly deliveredWhilePaused: number;
  /** Files, applications and settings that were removed from a device although nobody ordered it. */
  readonly removedUnordered: number;
};

/** Shows the record of the recovery, and the observations of the devices. */
export async function closeTheCase(stage: Stage, ahead: number): Promise<WitnessCounts> {
  const { narrator, api, witness, fleet, late } = stage;
  narrator.step('The record of the recovery', 'The backup, how long it took, and what was decided, with who and why.');
  narrator.command('muster restore report');
  const report = await answerOf(
    api.GET('/api/v1/restores/{name}/report', {
      params: { path: { name: 'current' } },
      headers: { accept: 'text/markdown' },
      parseAs: 'text',
    }),
  );
  narrator.block(shortenedTables(report, shownRows));
  const { status } = await currentRestore(api);
  narrator.expectThat('the restore has settled', status.phase === 'Settled', status.phase);
  narrator.expect('conflicts resumed, by the record', { expected: ahead, found: status.devices.resumed });
  narrator.expect('conflicts adopted, by the record', {
    expected: late.devices.length + plainDevices.edited.length,
    found: status.devices.adopted,
  });

  narrator.step(
    'What the devices saw',
    `${witness.deliveries} specs came to them. At no moment may one come to a device that is paused or awaited.`,
  );
  for (const { device, kind, before, delivered } of witness.violations.slice(0, shownRows)) {
    narrator.say(`${device}: version ${delivered.version} came on top of ${before.version}: ${kind}`);
  }
  narrator.expect('specs sent to paused or awaited devices', { expected: 0, found: witness.violations.length });
  narrator.expect('specs that a device had to ignore as old', { expected: 0, found: witness.refusals });
  const known = fleet.counters.answered.size + late.counters.answered.size;
  narrator.expect('devices that were answered', { expected: fleet.devices.length + late.devices.length, found: known });
  return { deliveredWhilePaused: witness.violations.length, removedUnordered: expectOnlyOrdered(stage) };
}

/** @returns number of things removed from a device although nobody ordered it: none */
function expectOnlyOrdered({ narrator, orders, fleet, late }: Stage): number {
  const restarts = [...fleet.devices, ...late.devices].reduce((sum, device) => sum + device.restarts, 0);
  narrator.step(
    'What the devices have',
    `Each keeps files, applications and systemd units as a real agent would; ${restarts} restarted on the way. What they have is compared with what was written for them.`,
  );
  for (const { device, cause, version, changes, differences } of orders.unordered.slice(0, shownRows)) {
    const what = [
      ...changes.map(({ kind, name, action }) => `${kind} ${name} ${action}`),
      ...differences.map(({ kind, name, is }) => `${kind} ${name} is ${is}`),
    ];
    narrator.say(`${device}: ${cause} of version ${version}: ${what.join(', ')}`);
  }
  narrator.expect('files, applications and settings that left a device although nobody wrote so', {
    expected: 0,
    found: orders.removed,
  });
  narrator.expect('times that a device was made like no spec that somebody wrote', {
    expected: 0,
    found: orders.unordered.length,
  });
  return orders.removed;
}
