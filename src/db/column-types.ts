import { customType } from 'drizzle-orm/pg-core';

/** Text in byte order: what names and keyset pages are ordered by, whatever the database's locale. */
export const orderedText = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });
