import { wantProblemsRendered } from '../db/problem-store.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

/** Devices that are tried again at one time. */
const maxDevices = 5_000;

/**
 * Has specs rendered again that could not be rendered: what kept them from it may be gone without anybody editing them, such
 * as a file that was missing, or a repository that was not known.
 *
 * @returns how many devices want rendering because of it
 */
export async function retryProblems(deps: RestoreDeps): Promise<number> {
  return await inRestore(deps, async (tx, at) => await wantProblemsRendered(tx, { ...at, limit: maxDevices }));
}
