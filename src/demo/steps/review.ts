import { printable } from '../../terminal/printable.ts';
import { Table } from '../../terminal/table.ts';
import type { DeviceConflict } from '../../domain/resources/device-conflict.ts';
import { readConflict } from '../device-questions.ts';
import { isCanary } from '../scene.ts';
import { waitForAll, type Stage } from '../stage.ts';
import { versionOfCanaries } from './back-up.ts';
import { versionAtBackup } from './roll-out.ts';

const shownConflicts = 3;

/**
 * Shows the facts that a person reads before deciding: some conflicts, and the changes that resuming one of them would
 * make.
 */
export async function reviewConflicts(stage: Stage): Promise<void> {
  const { narrator, api, cast } = stage;
  const canaries = cast.filter(isCanary);
  narrator.step(
    'What is in conflict, and what would resuming change?',
    'A paused device is asked for the spec that it runs, so that people see what they decide about.',
  );
  const names = canaries.slice(0, shownConflicts).map(({ name }) => name);
  let conflicts: DeviceConflict[] = [];
  await waitForAll(stage, {
    label: 'specs told by the devices',
    total: names.length,
    async count() {
      conflicts = await Promise.all(names.map((name) => readConflict(api, name)));
      return conflicts.filter(({ difference }) => difference !== null).length;
    },
  });
  narrator.command("muster get devices --field-selector 'status.summary.status=ConflictPaused'");
  narrator.block(`${conflictTable(stage, conflicts)}and ${canaries.length - conflicts.length} more`);
  const asExpected = conflicts.filter(isAheadAsTold).length;
  narrator.expect('of these, ahead by the two changes', { expected: conflicts.length, found: asExpected });
  const [first] = conflicts;
  if (first !== undefined) showDifference(stage, first);
}

function isAheadAsTold({ verdict, reported, server }: DeviceConflict): boolean {
  if (verdict !== 'Ahead' || reported?.renderedVersion !== String(versionOfCanaries)) return false;
  return server.renderedVersion === String(versionAtBackup);
}

function conflictTable({ cast }: Stage, conflicts: readonly DeviceConflict[]): string {
  const table = new Table(['NAME', 'SITE', 'TALKS', 'VERDICT', 'DEVICE RUNS', 'SERVER HAS']);
  return table.lines(
    conflicts.map(({ metadata, verdict, reported, server }) => {
      const device = cast.find(({ name }) => name === metadata.name);
      const talks = device?.transport === 'ws' ? 'WebSocket' : 'HTTP';
      const versions = [`version ${reported?.renderedVersion ?? '?'}`, `version ${server.renderedVersion}`];
      return [metadata.name, device?.labels.site ?? '', talks, verdict, ...versions];
    }),
  );
}

function showDifference({ narrator }: Stage, { metadata, difference }: DeviceConflict): void {
  narrator.command(`muster diff device ${metadata.name}`);
  const text = difference?.text ?? '';
  narrator.block(text.split('\n').map(printable).join('\n'));
  const removed = new RegExp(`^-.*-os:1\\.${versionOfCanaries}$`, 'm').test(text);
  const added = new RegExp(`^\\+.*-os:1\\.${versionAtBackup}$`, 'm').test(text);
  const holds = 'the difference is from the image that the device runs to the one of the backup';
  narrator.expectThat(holds, removed && added, text === '' ? 'no difference' : 'another one, above');
}
