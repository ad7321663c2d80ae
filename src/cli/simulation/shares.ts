import { InvalidArgumentError } from 'commander';
import { UsageError } from '../failures.ts';

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
/** How a simulated device begins that is not where the server believes it is. */
export type Departure = (typeof departures)[number];

/**
 * Who begins how: `undefined` for a device that is where the server believes it is. The parts are spread evenly, so that
 * every transport has its share of each.
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
