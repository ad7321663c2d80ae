const integer = /^[+-]?[0-9]+$/;
const timestamp =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const int64 = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };
// The words of Go's strconv.ParseBool, with which Flight Control reads booleans.
const booleans: ReadonlyMap<string, string> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((spelling): [string, string] => [spelling, 'true']),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((spelling): [string, string] => [spelling, 'false']),
]);

/** The canonical form of an integer of 64 bits; undefined if the text is not one. */
export function canonicalInteger(text: string): string | undefined {
  if (!integer.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value < int64.least || value > int64.greatest ? undefined : value.toString();
}

/**
 * The canonical form of an RFC 3339 timestamp: UTC, with six digits of a second, finer ones cut off (Postgres keeps six).
 * Such texts sort in the order of their instants. Undefined if the text is not a timestamp, or not in the years 1 to 9999.
 */
export function canonicalTimestamp(text: string): string | undefined {
  const [, date, time, fraction = '', zone = ''] = timestamp.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const local = new Date(`${date}T${time}Z`);
  // Date carries a day or an hour that does not exist over instead of refusing it.
  if (Number.isNaN(local.getTime()) || !local.toISOString().startsWith(`${date}T${time}`)) return undefined;
  const offsetMinutes = zoneOffsetMinutes(zone);
  if (offsetMinutes === undefined) return undefined;
  const utc = new Date(local.getTime() - offsetMinutes * 60_000);
  const year = utc.getUTCFullYear();
  if (year < 1 || year > 9999) return undefined;
  return `${utc.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

function zoneOffsetMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** The canonical form of a UUID, in lower case; undefined if the text is not one. */
export function canonicalUuid(text: string): string | undefined {
  return uuid.test(text) ? text.toLowerCase() : undefined;
}

/** `true` or `false`; undefined if the text means neither. */
export function canonicalBoolean(text: string): 'true' | 'false' | undefined {
  const value = booleans.get(text);
  return value === 'true' || value === 'false' ? value : undefined;
}
