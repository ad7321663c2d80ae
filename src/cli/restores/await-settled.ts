import type { Restore } from '../../domain/resources/restore.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { CliError } from '../../client/failures.ts';
import { counted } from '../../terminal/counted.ts';
import { followRestore } from './restore-stream.ts';

/**
 * Follows a restore until it has settled.
 *
 * @param timeoutMs undefined waits for as long as it takes
 * @param onChange told of the restore at first and at each change
 * @returns the restore, settled
 * @throws CliError if another restore superseded it, or time ran out
 */
export async function awaitSettled(
  api: ApiClient,
  name: string,
  { timeoutMs, onChange }: { timeoutMs: number | undefined; onChange: (restore: Restore) => void },
): Promise<Restore> {
  const signal = timeoutMs === undefined ? new AbortController().signal : AbortSignal.timeout(timeoutMs);
  let last: Restore | undefined;
  try {
    for await (const restore of followRestore(api, name, signal)) {
      last = restore;
      onChange(restore);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const { awaitingReconnect = 0, conflictPaused = 0 } = last?.status.devices ?? {};
    throw new CliError(`timed out: ${counted(awaitingReconnect, 'device')} awaited, ${conflictPaused} paused`);
  }
  if (last === undefined) throw new CliError('the server ended the watch without a word');
  if (last.status.phase === 'Superseded') {
    throw new CliError(`restore ${last.metadata.name} was superseded by a later one before it settled`);
  }
  return last;
}
