import type { Entry } from './history.ts';
import type { Replay } from './model.ts';
import type { Violation } from './violation.ts';

/** S2: on a copy that took the place of the database, nothing is done before its restore is declared. */
export function checkCopies(history: readonly Entry[], replays: readonly Replay[]): Violation[] {
  const swaps = history.flatMap((entry) => (entry.kind === 'swap' ? [entry] : []));
  return swaps.flatMap((swap, index): Violation[] => {
    const replay = replays[index + 1];
    if (replay === undefined) return [];
    const declared = replay.declared.find(({ committed }) => committed > swap.began)?.committed ?? Infinity;
    const early = replay.dump.audit.filter(
      ({ kind, committed }) => kind === 'position' && committed > swap.began && committed < declared,
    );
    const [first] = early;
    if (first === undefined) return [];
    const when =
      declared === Infinity ? 'and none was' : `which came ${Math.round(declared - first.committed)} ms later`;
    const detail = `${replay.dump.database}: ${early.length} changes before a restore was declared, ${when}`;
    return [{ invariant: 'S2', device: first.name, detail }];
  });
}
