import { readConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { createLog } from '../../src/logging/log.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { declarePoints, type Failpoint } from './failpoints.ts';
import { watchedOverrides } from './watched-overrides.ts';

// What src/service/declare-on-database.ts does, with failpoints: the step at which to die and the Idempotency-Key are its arguments.

const [key = '', point = ''] = process.argv.slice(2);
const config = readConfig();
const log = createLog(config.logLevel);
const { overrides, failpoints } = watchedOverrides(config, log);
const armed: Failpoint | undefined = declarePoints.find((candidate) => candidate === point);
const arm = () => armed && failpoints.arm({ point: armed, action: 'kill', skip: 0 });

if (armed === 'before-connect') arm();
failpoints.pass('before-connect');
const context = await createContext(config, log, overrides);
// Not before: opening the context runs transactions of its own.
arm();
failpoints.pass('after-connect');
const database = {
  ...context.database,
  transact: async <Result>(work: Parameters<typeof context.database.transact<Result>>[0]) => {
    const result = await context.database.transact(async (tx) => {
      const done = await work(tx);
      failpoints.pass('before-commit');
      return done;
    });
    failpoints.pass('after-commit');
    return result;
  },
};
const { restore, created } = await declareRestore(
  { ...context, database },
  { idempotencyKey: key, reason: key, by: { actor: 'user:restore-tool' } },
);
failpoints.pass('before-exit');
process.stdout.write(`${JSON.stringify({ event: 'declared', restore: restore.id, created })}\n`);
await context.destroy();
