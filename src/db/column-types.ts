import { bigint, customType, timestamp } from 'drizzle-orm/pg-core';

/** Text in byte order: what names and keyset pages are ordered by, whatever the database's locale. */
export const orderedText = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });

/** A moment, to the millisecond. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** A number of things, which begins at 0. */
export const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);
