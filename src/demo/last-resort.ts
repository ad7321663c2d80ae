import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Cleans up if this process ends without an orderly stop (a second Ctrl-C, a closed pipe): PostgreSQL would outlive it.
 *
 * @param directory the data of the demo; removed, unless it is to be kept
 * @returns a function that cancels it
 */
export function clearAwayOnExit(directory: string, { keep }: { keep: boolean }): () => void {
  const clearAway = () => {
    stopPostgres(join(directory, 'postgres', 'postmaster.pid'));
    if (!keep) rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', clearAway);
  return () => process.off('exit', clearAway);
}

function stopPostgres(pidFile: string): void {
  try {
    const [pid] = readFileSync(pidFile, 'utf8').split('\n');
    // At once, as after a crash: nothing else is possible from here, and PostgreSQL is made for it.
    if (Number(pid) > 1) process.kill(Number(pid), 'SIGQUIT');
  } catch {
    // It does not run.
  }
}
