import type { Config } from '../config/config.ts';
import type { Executor } from '../db/client.ts';
import { countAheadDevices, hasMoreReporting } from '../db/ahead-devices.ts';
import { currentRestore } from '../db/fence.ts';
import { declaredByItself } from '../db/restore-store.ts';
import { mayRestOnDevicesAgain, mostReporting } from '../domain/recovery/ahead-share.ts';
import { declareByItself, type DeclaringDeps } from './declare-by-itself.ts';

export type NoticeAheadDeps = DeclaringDeps & {
  config: Pick<Config, 'noticeAhead' | 'noticeAheadPercent' | 'noticeAheadPauseMs' | 'disconnectedAfterMs'>;
};

/** Devices that are found ahead within this time count together. */
const aheadWithinMs = 60_000;

/**
 * Looks whether such a share of the devices that report is ahead, although no restore was declared, that the server must have
 * gone back (design.md, section 5). To be called after a report that found one. Below that share, and during the pause after
 * such a restore, each device ahead is an event and no more.
 */
export async function noticeDevicesAhead(deps: NoticeAheadDeps): Promise<void> {
  const { database, config } = deps;
  if (config.noticeAhead === 'off') return;
  // First without the lock, which keeps all reports waiting.
  const seen = await lookAtDevices(deps, database.pool, await currentRestore(database.pool));
  if (seen === undefined) return;
  const text = `at least ${config.noticeAheadPercent} % of the devices that report are ahead of it (${seen} within a minute)`;
  await declareByItself(
    deps,
    config.noticeAhead,
    { kind: 'ahead', text },
    async (tx, current) => (await lookAtDevices(deps, tx, current)) !== undefined,
  );
}

/** @returns the number of devices ahead, if it means that the server went back and a restore may rest on it */
async function lookAtDevices(
  { clock, config }: NoticeAheadDeps,
  db: Executor,
  restore: string,
): Promise<number | undefined> {
  const now = clock.now();
  const ahead = await countAheadDevices(db, { restore, since: new Date(now.getTime() - aheadWithinMs) });
  const most = mostReporting(ahead, config.noticeAheadPercent);
  if (most === undefined) return undefined;
  if (!mayRestOnDevicesAgain(await declaredByItself(db, 'ahead'), config.noticeAheadPauseMs, now)) return undefined;
  const since = new Date(now.getTime() - config.disconnectedAfterMs);
  return (await hasMoreReporting(db, { than: most, since })) ? undefined : ahead;
}
