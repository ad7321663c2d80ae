import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../time/duration.ts';

/** A whole number that is not negative. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}

/** Milliseconds of `90s`, `10m`, `2h` or `500ms`. */
export function durationMs(text: string): number {
  const value = parseDuration(text, ['ms', 's', 'm', 'h']);
  // Beyond this a timer of Node fires at once.
  if (value > 0 && value < 2 ** 31) return value;
  throw new InvalidArgumentError('Expected a duration such as 90s, 10m or 2h, at most 24 days.');
}

/** Seconds of `90d`, `12h`, `30m` or `45s`. */
export function lifetimeSeconds(text: string): number {
  const seconds = text.includes('.') ? Number.NaN : parseDuration(text, ['s', 'm', 'h', 'd']) / 1_000;
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
