import type { Config } from '../config/config.ts';
import { createContext } from '../context.ts';
import type { Restore } from '../domain/resources/restore.ts';
import { createServiceLog } from '../logging/log.ts';
import { declareRestore, type RestoreDeclaration } from '../usecases/declare-restore.ts';
import { readRestore } from '../usecases/read-restores.ts';

/**
 * Declares a restore on the database itself, for the step of a restore procedure at which the services are stopped. The
 * service finds it declared when it starts. Needs the database; Redis, if there is one, is only told.
 */
export async function declareOnDatabase(
  config: Config,
  declaration: RestoreDeclaration,
): Promise<{ restore: Restore; created: boolean }> {
  const context = await createContext(config, createServiceLog({ ...config, logLevel: 'error' }));
  try {
    const { restore, created } = await declareRestore(context, declaration);
    return { restore: await readRestore(context, restore.id), created };
  } finally {
    await context.destroy();
  }
}
