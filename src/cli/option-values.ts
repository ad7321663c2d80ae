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

/** @param flag the option by which the command waits */
export function timeoutOption(flag: '--wait' | '--watch'): Option {
  return new Option('--timeout <duration>', `with ${flag}: give up after so long, such as 90s, 10m or 2h`).argParser(
    durationMs,
  );
}

export function outputOption(formats: readonly string[], about: string): Option {
  return new Option('-o, --output <format>', about).choices(formats);
}
