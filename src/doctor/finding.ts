const areas = [
  'configuration',
  'machine',
  'data directory',
  'journal',
  'certificates',
  'issuer',
  'renderer',
  'database',
  'redis',
  'listeners',
] as const;
export type Area = (typeof areas)[number];

/** `problem`: the service would not start, or not work. `warning`: it would, but not as well as it could. */
type Level = 'ok' | 'warning' | 'problem';

/** One thing that was looked at. */
export type Finding = {
  readonly area: Area;
  readonly level: Level;
  /** The finding in words. No secrets. */
  readonly found: string;
  /** Remedy, where something has to be done. */
  readonly advice?: string;
};

/** Makes the findings of one area. */
export function findingsIn(area: Area) {
  return {
    ok: (found: string): Finding => ({ area, level: 'ok', found }),
    warning: (found: string, advice: string): Finding => ({ area, level: 'warning', found, advice }),
    problem: (found: string, advice: string): Finding => ({ area, level: 'problem', found, advice }),
  };
}
