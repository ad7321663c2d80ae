import { InvalidArgumentError, Option } from 'commander';

/** A whole number that is not negative. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}

/** Milliseconds of `90s`, `10m`, `2h` or `500ms`. */
export function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const value = Number(match?.[1]) * (unitMs[match?.[2] ?? ''] ?? Number.NaN);
  // Beyond this a timer of Node fires at once.
  if (value > 0 && value < 2 ** 31) return value;
  throw new InvalidArgumentError('Expected a duration such as 90s, 10m or 2h, at most 24 days.');
}

/** Seconds of `90d`, `12h`, `30m` or `45s`. */
export function lifetimeSeconds(text: string): number {
  const match = /^(\d+)([smhd])$/.exec(text);
  const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
  const seconds = Number(match?.[1]) * (unitSeconds[match?.[2] ?? ''] ?? Number.NaN);
  if (seconds > 0 && seconds <= 100 * 366 * 86_400) return seconds;
  throw new InvalidArgumentError('Expected a lifetime such as 90d, 12h or 30m, at most 100 years.');
}

/** A whole number of days, from 1 to 100 years. */
export function daysOption(flags: string, about: string, days: number): Option {
  const option = new Option(flags, about).argParser((text) => {
    const value = wholeNumber(text);
    if (value >= 1 && value <= 36_500) return value;
    throw new InvalidArgumentError('Expected 1 to 36500 days.');
  });
  return option.default(days, `${days} days`);
}

/** @param flag the option by which the command waits */
export function timeoutOption(flag: '--wait' | '--watch'): Option {
  return new Option('--timeout <duration>', `with ${flag}: longest wait, such as 90s, 10m or 2h`).argParser(durationMs);
}

export function outputOption(formats: readonly string[], about: string): Option {
  return new Option('-o, --output <format>', about).choices(formats);
}
