import { durationMs, file, keepMs } from './setting-forms.ts';

/** The settings about the journal: part of the table of all settings (config.ts). */
export const journalSettings = {
  journal: {
    env: 'MUSTER_JOURNAL',
    flag: '--journal <directory>',
    about:
      'Directory of the journal, on other storage than the database: what the database would lose is kept there, and read when a restore is declared. With a private PostgreSQL it is `journal` in `MUSTER_DATA_DIR`; otherwise no journal is kept unless this is set.',
    schema: file,
  },
  journalKeepMs: {
    env: 'MUSTER_JOURNAL_KEEP',
    about:
      'Time for which the journal is kept, such as `35d`; `forever` or `0` for always. It has to be longer than the age of the oldest backup that you would restore.',
    schema: keepMs('35d', '1d'),
  },
  journalReadTimeoutMs: {
    env: 'MUSTER_JOURNAL_READ_TIMEOUT',
    about:
      'Longest time for reading the journal when a restore is declared. When it is over, the restore is declared with what was read so far.',
    schema: durationMs('60s', 100),
  },
} as const;
