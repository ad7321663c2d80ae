import { inParallel } from '../../client/in-parallel.ts';
import { Table } from '../../terminal/table.ts';
import type { DeviceConflict } from '../../domain/resources/device-conflict.ts';
import { readConflict } from '../device-questions.ts';
import { isCanary, type SceneDevice } from '../scene.ts';
import { waitForAll, type Stage } from '../stage.ts';
import { versionOfCanaries } from './back-up.ts';
import { versionAtBackup } from './roll-out.ts';

const shownConflicts = 3;
/** Requests that are under way at once. */
const asking = 8;

/**
 * Shows the facts that a person reads before deciding: some conflicts, and what resuming each device would change.
 *
 * @returns how many devices would not change at all
 */
export async function reviewConflicts(stage: Stage): Promise<number> {
  const { narrator, api, cast } = stage;
  const canaries = cast.filter(isCanary);
  narrator.step(
    'What is in conflict, and what would resuming change?',
    'The specs of paused devices are known, by themselves or by the journal. Since the edit of their fleet was put back, they run what they would be sent.',
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
  if (first !== undefined) {
    narrator.command(`muster diff device ${first.metadata.name}`);
    narrator.say('Resuming would change nothing: the device runs what it would be sent.');
  }
  return await expectUnchanged(stage, canaries);
}

/** Asks about every paused device, a few at a time. */
async function expectUnchanged({ narrator, api }: Stage, canaries: readonly SceneDevice[]): Promise<number> {
  let unchanged = 0;
  await inParallel(canaries, asking, async ({ name }) => {
    if ((await readConflict(api, name)).difference?.patch.length === 0) unchanged += 1;
  });
  narrator.expect('paused devices that resuming would not change', { expected: canaries.length, found: unchanged });
  return unchanged;
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
