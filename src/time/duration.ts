const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export type DurationUnit = keyof typeof unitMs;

/** Milliseconds of a number with a unit, such as `90s`; NaN for anything else. @param bare unit of a number without one */
export function parseDuration(text: string, units: readonly DurationUnit[], bare?: DurationUnit): number {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(text);
  const unit = match?.[2] === '' ? bare : units.find((known) => known === match?.[2]);
  return unit === undefined ? Number.NaN : Number(match?.[1]) * unitMs[unit];
}
