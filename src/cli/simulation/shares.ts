import { InvalidArgumentError } from 'commander';
import { UsageError } from '../../client/failures.ts';

/** A part of a fleet: a share of it or a number of devices. */
export type Share = { readonly text: string; of(devices: number): number };

/** Reads `10%` or `25`. */
export function share(text: string): Share {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(text.trim());
  const value = Number(match?.[1]);
  if (match?.[2] === '%' && value <= 100) return { text, of: (devices) => Math.round((devices * value) / 100) };
  if (match?.[2] === '' && Number.isInteger(value)) return { text, of: () => value };
  throw new InvalidArgumentError('Expected a share such as 10% or a number of devices such as 25.');
}

export const departures = ['ahead', 'behind', 'diverged'] as const;
/** The way in which a simulated device begins that is not where the server believes it is. */
export type Departure = (typeof departures)[number];

/**
 * The way in which each device begins: `undefined` for one that is where the server believes it is. The parts are spread
 * evenly, so that every transport has its share of each.
 *
 * @throws UsageError if the parts are more than the whole
 */
export function spreadDepartures(
  devices: number,
  shares: Readonly<Partial<Record<Departure, Share>>>,
): (Departure | undefined)[] {
  const wanted = departures.flatMap((departure) =>
    Array.from({ length: shares[departure]?.of(devices) ?? 0 }, () => departure),
  );
  if (wanted.length > devices) {
    throw new UsageError(
      `--ahead, --behind and --diverged together are ${wanted.length} devices, more than ${devices}`,
    );
  }
  const spread: (Departure | undefined)[] = Array.from({ length: devices }, () => undefined);
  for (const [index, departure] of wanted.entries()) spread[Math.floor((index * devices) / wanted.length)] = departure;
  return spread;
}

/**
 * Picks a number of devices, spread evenly over all.
 *
 * @param option what asked for them, for the message
 * @throws UsageError if there are fewer
 */
export function spreadOver<Item>(items: readonly Item[], wanted: number, option: string): Set<Item> {
  if (wanted > items.length) throw new UsageError(`${option} are ${wanted} devices, more than ${items.length}`);
  const picked = items.filter(
    (_item, index) => Math.floor(((index + 1) * wanted) / items.length) > Math.floor((index * wanted) / items.length),
  );
  return new Set(picked);
}
