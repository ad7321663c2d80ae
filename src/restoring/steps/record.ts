import { Readable } from 'node:stream';
import { writeFileWhole } from '../../backups/written-file.ts';
import { runRecord, type RunRecord } from '../../domain/recovery-runs/run-record.ts';
import { runRecordMarkdown } from '../../domain/recovery-runs/run-record-markdown.ts';
import { formatDocument } from '../../manifests/documents.ts';
import type { ActiveRun } from '../active-run.ts';
import { runFiles } from '../run-journal.ts';
import type { StepWork } from './step-work.ts';

/** Step 14: the record is written beside the plan. Before that the old database goes, where the plan does not keep it. */
export const record: StepWork = {
  observe: async ({ state }) => state.done.has('record'),
  async act(run) {
    const { server, plan, state } = run;
    if (plan.database.replaced === 'drop' && state.swapped?.replaced) await server.drop(state.swapped.replaced);
    run.moment('middle');
    const now = run.deps.clock.now().toISOString();
    await writeRecord(
      run,
      runRecord(
        [
          ...run.journal.entries,
          { at: now, type: 'done', step: 'record', already: false },
          { at: now, type: 'finished', outcome: 'completed' },
        ],
        plan,
      ),
    );
  },
};

/** Writes a record beside the plan, in both forms. */
export async function writeRecord({ file, id }: ActiveRun, contents: RunRecord): Promise<void> {
  const { markdown, json } = runFiles(file.stem, id);
  await writeFileWhole(json, Readable.from([Buffer.from(formatDocument(contents, 'json'))]));
  await writeFileWhole(markdown, Readable.from([Buffer.from(runRecordMarkdown(contents))]));
}
