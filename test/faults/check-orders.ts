import type { Entry } from './history.ts';
import type { Violation } from './violation.ts';

const shownThings = 6;

/** S10: nothing on a device is removed or changed unless a spec that somebody wrote for it says so. */
export function checkOrders(history: readonly Entry[]): Violation[] {
  return history.flatMap((entry): Violation[] => {
    if (entry.kind !== 'unordered') return [];
    const { device, cause, version, changes, differences } = entry;
    const things = [
      ...changes.map(({ kind, name, action }) => `${kind} ${name} ${action}`),
      ...differences.map(({ kind, name, is }) => `${kind} ${name} is ${is}`),
    ];
    const more = things.length > shownThings ? ` and ${things.length - shownThings} more` : '';
    const detail = `after a ${cause} of version ${version}: ${things.slice(0, shownThings).join(', ')}${more}`;
    return [{ invariant: 'S10', device, detail }];
  });
}
