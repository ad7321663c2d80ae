const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** Below which age which units are shown, as kubectl shows it: 42s, 5m12s, 96m, 5h10m, 31h, 3d4h, 120d, 3y20d. */
const steps: readonly { below: number; unit: number; name: string; rest?: { unit: number; name: string } }[] = [
  { below: 2 * minute, unit: 1, name: 's' },
  { below: 10 * minute, unit: minute, name: 'm', rest: { unit: 1, name: 's' } },
  { below: 3 * hour, unit: minute, name: 'm' },
  { below: 8 * hour, unit: hour, name: 'h', rest: { unit: minute, name: 'm' } },
  { below: 2 * day, unit: hour, name: 'h' },
  { below: 8 * day, unit: day, name: 'd', rest: { unit: hour, name: 'h' } },
  { below: 2 * year, unit: day, name: 'd' },
  { below: Number.POSITIVE_INFINITY, unit: year, name: 'y', rest: { unit: day, name: 'd' } },
];

/**
 * Formats how long ago a point in time was, in at most two units.
 *
 * @param timestamp RFC 3339; where there is none the answer is `absent`. One ahead of this machine's clock is `0s` ago.
 */
export function age(timestamp: string | null | undefined, now: Date, absent = '<none>'): string {
  const at = timestamp === null || timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  if (Number.isNaN(at)) return absent;
  return spanText((now.getTime() - at) / 1_000);
}

/**
 * Time that is left until a point in time, in at most two units; `expired` from then on.
 *
 * @param timestamp RFC 3339; where there is none the answer is `absent`
 */
export function until(timestamp: string | null | undefined, now: Date, absent = '<none>'): string {
  const at = timestamp === null || timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  if (Number.isNaN(at)) return absent;
  return at <= now.getTime() ? 'expired' : `in ${spanText((at - now.getTime()) / 1_000)}`;
}

/** A span in at most two units, rounded down; `0s` if it is negative. */
function spanText(span: number): string {
  const seconds = Math.max(0, Math.floor(span));
  const step = steps.find(({ below }) => seconds < below);
  if (step === undefined) return '';
  const whole = `${Math.floor(seconds / step.unit)}${step.name}`;
  const left = step.rest === undefined ? 0 : Math.floor((seconds % step.unit) / step.rest.unit);
  return left === 0 ? whole : `${whole}${left}${step.rest?.name ?? ''}`;
}
