import { chosenBackup } from '../choose-backup.ts';
import { inspectDatabase } from '../inspect-database.ts';
import type { StepWork } from './step-work.ts';

/** Step 7: what was restored is compared with what was backed up. */
export const inspect: StepWork = {
  observe: async ({ state }) => state.done.has('inspect'),
  async act(run) {
    const { database, smoke } = run.plan;
    const restored = run.state.restored?.database ?? '';
    const manifest = database.restore.method === 'dump' ? (await chosenBackup(run)).manifest : undefined;
    const problems = await inspectDatabase(run.server.urlOf(restored), { manifest, smoke });
    if (problems.length > 0) throw new Error([`${restored} is not what was backed up:`, ...problems].join('\n  '));
  },
};
