/** One of the five fields of a cron expression: its bounds, and names for its values. */
type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
};

const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day of month', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of week', least: 0, most: 6, names: 'sun mon tue wed thu fri sat'.split(' ') },
];

/** The values of a field. `any` is true if it names all of them, which decides how the two kinds of days combine. */
type Values = { readonly values: ReadonlySet<number>; readonly any: boolean };

/** A parsed cron expression. */
type CronSchedule = {
  /** Minutes of a day, ascending. */
  readonly minutes: readonly number[];
  readonly isDay: (day: Date) => boolean;
};

/**
 * Reads a cron expression of five fields as the agent does: numbers, names of months and days of the week, lists, ranges
 * and steps; Sunday is 0. If day of month and day of week are both restricted, a day that matches either counts.
 *
 * @returns the schedule, or its problem in words that begin with "expected"
 */
export function readCron(text: string): CronSchedule | string {
  const parts = text.trim().split(/ +/);
  if (parts.length !== fields.length) return 'expected five fields: minute, hour, day of month, month, day of week';
  const read: Values[] = [];
  for (const [index, field] of fields.entries()) {
    const values = valuesOf(parts[index] ?? '', field);
    if (typeof values === 'string') return values;
    read.push(values);
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = read as [Values, Values, Values, Values, Values];
  const ofDay = [...hour.values].flatMap((h) => [...minute.values].map((m) => h * 60 + m));
  const either = !dayOfMonth.any && !dayOfWeek.any;
  return {
    minutes: ofDay.toSorted((left, right) => left - right),
    isDay(day) {
      const inMonth = dayOfMonth.values.has(day.getUTCDate());
      const inWeek = dayOfWeek.values.has(day.getUTCDay());
      return month.values.has(day.getUTCMonth() + 1) && (either ? inMonth || inWeek : inMonth && inWeek);
    },
  };
}

function valuesOf(text: string, field: Field): Values | string {
  const values = new Set<number>();
  let any = false;
  for (const part of text.split(',')) {
    const match = /^(?:([*?])|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:\/(\d{1,4}))?$/.exec(part);
    const step = Number(match?.[4] ?? 1);
    const first = match?.[1] === undefined ? valueOf(match?.[2], field) : field.least;
    const ends = match?.[1] !== undefined || (match?.[3] === undefined && match?.[4] !== undefined);
    const last = ends ? field.most : valueOf(match?.[3] ?? match?.[2], field);
    if (first === undefined || last === undefined || first > last || step === 0) {
      return `expected ${field.name === 'hour' ? 'an' : 'a'} ${field.name} from ${field.least} to ${field.most}, a list, range or step of them, or *`;
    }
    any ||= match?.[1] !== undefined && step === 1;
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return { values, any };
}

function valueOf(text: string | undefined, { least, most, names }: Field): number | undefined {
  if (text === undefined) return undefined;
  const named = names.indexOf(text.toLowerCase());
  const value = named === -1 ? (/^\d{1,4}$/.test(text) ? Number(text) : -1) : named + least;
  return value >= least && value <= most ? value : undefined;
}

const dayMinutes = 24 * 60;
/** Days to look at, from a leap year on: within them every date falls on every day of the week. */
const observedDays = 28 * 366;
const firstDay = Date.UTC(2024, 0, 1);

/**
 * Finds the shortest time between two runs of a schedule, in minutes, on days of 24 hours.
 *
 * @returns undefined if it never runs, as on 30 February
 */
export function shortestIntervalMinutes({ minutes, isDay }: CronSchedule): number | undefined {
  let shortest = Infinity;
  for (const [index, minute] of minutes.slice(1).entries())
    shortest = Math.min(shortest, minute - (minutes[index] ?? 0));
  const overNight = (minutes[0] ?? 0) - (minutes.at(-1) ?? 0);
  let before: number | undefined;
  for (let day = 0; day < observedDays; day += 1) {
    if (!isDay(new Date(firstDay + day * dayMinutes * 60_000))) continue;
    if (before !== undefined) shortest = Math.min(shortest, (day - before) * dayMinutes + overNight);
    // No two days are closer than one.
    if (before === day - 1) return shortest;
    before = day;
  }
  return before === undefined ? undefined : shortest;
}
