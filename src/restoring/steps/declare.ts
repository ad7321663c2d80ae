import { resolve } from 'node:path';
import { readConfig } from '../../config/config.ts';
import { lookAt } from '../../db/server/restored-contents.ts';
import { declareOnDatabase } from '../../service/declare-on-database.ts';
import type { ActiveRun } from '../active-run.ts';
import type { StepWork } from './step-work.ts';

/** Step 8: the restore is declared before the database has the name that services connect to. The run's id is the key. */
export const declare: StepWork = {
  async observe(run) {
    const { declared, restored } = run.state;
    if (declared === undefined || restored === undefined) return false;
    const url = run.server.urlOf(restored.database);
    return (await lookAt(url, (look) => look.lineage()))?.current === declared.restore;
  },
  async act(run) {
    const { begun, backup, restored } = run.state;
    const { restore } = await declareOnDatabase(configOf(run, restored?.database ?? ''), {
      idempotencyKey: run.id,
      reason: begun.reason,
      by: { actor: `user:${begun.operator}` },
      backup: {
        artifact: backup?.path ?? `external: ${begun.plan}`,
        ...(backup?.sha256 === null ? {} : { sha256: backup?.sha256 }),
        ...(backup === undefined ? {} : { takenAt: new Date(backup.takenAt).toISOString() }),
      },
    });
    run.moment('middle');
    const { name } = restore.metadata;
    run.note({ type: 'declared', restore: name, devices: restore.status.devices.total });
    run.say(`restore ${name}, ${restore.status.devices.total} devices must answer`);
  },
};

function configOf(run: ActiveRun, database: string) {
  const { plan, file, deps, redisUrl } = run;
  const journal =
    plan.journal === undefined ? deps.environment['MUSTER_JOURNAL'] : resolve(file.directory, plan.journal);
  return readConfig({
    DATABASE_URL: run.server.urlOf(database, plan.database.owner),
    REDIS_URL: redisUrl,
    MUSTER_JOURNAL: journal,
    MUSTER_JOURNAL_READ_TIMEOUT: deps.environment['MUSTER_JOURNAL_READ_TIMEOUT'],
    MUSTER_WORKER: 'false',
    MUSTER_DATABASE_POOL: '2',
  });
}
