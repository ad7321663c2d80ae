/** Steps of a run, in their order. */
export const stepNames = [
  'preflight',
  'artifact',
  'suspend',
  'stop',
  'fence',
  'restore',
  'inspect',
  'declare',
  'swap',
  'start',
  'health',
  'resume',
  'muster',
  'record',
] as const;
export type StepName = (typeof stepNames)[number];

/** A failure of a step as a person sees it, and what to do. Both may hold words in backticks. */
export type StepFailure = { readonly signal: string; readonly action: string };

export type RunStep = {
  readonly name: StepName;
  /** Purpose of the step. */
  readonly about: string;
  /** Condition under which it is done. */
  readonly checked: string;
  /** Text that is printed with the error when it fails. */
  readonly printed: string;
  readonly failures: readonly StepFailure[];
};

/** Steps of a run (recovery.md, "A run"). The runbooks' tables of failures are made from it. */
export const runSteps: Readonly<Record<StepName, RunStep>> = {
  preflight: {
    name: 'preflight',
    about: 'look for everything that the run needs, before anything is changed',
    checked: 'programs, versions, rights, space, secrets, background commands, the probe of an external restore',
    printed: 'Nothing was changed. All that is missing stands above: provide it, and run the plan again.',
    failures: [
      {
        signal: '`… is not on the path`',
        action: 'Install the program, or name where it is (`database.tools` for those of PostgreSQL)',
      },
      {
        signal: '`pg_restore … cannot read what pg_dump … wrote`',
        action:
          'Take programs of at least that major version: `tools: [podman, exec, -i, muster-db]` takes those of the server',
      },
      {
        signal: '`role … does not exist`',
        action: "Create it with the password of the services: `CREATE ROLE muster LOGIN PASSWORD '…'`",
      },
      {
        signal: '`the database cannot be reached`',
        action: 'Start the server of PostgreSQL, or let a background command forward its port',
      },
      {
        signal: '`the secret … is empty`, `… failed`',
        action: 'The reference in `secrets` leads nowhere: run its command by hand',
      },
      {
        signal: '`… was stopped before the run looked`',
        action: 'What it ran with is not known: start it, or write the values into `otherwise`',
      },
    ],
  },
  artifact: {
    name: 'artifact',
    about: 'choose the backup, and read it to its last byte',
    checked: 'manifest, bytes, checksum, everything decoded, schema not newer, our lineage, age',
    printed: 'Nothing was changed.',
    failures: [
      {
        signal: '`… cannot be decoded`, `… does not have the checksum`, `… has … bytes`',
        action:
          'The backup is damaged: take the verified one that the message names, with `--backup ID` in a new run (`muster restore abandon` ends this one)',
      },
      {
        signal: '`… is of another service`',
        action: 'The backup is not of this database: none of the restores of one is known to the other',
      },
      {
        signal: '`a newer version of Muster made …`',
        action: 'Run the plan with that version of Muster, or a newer one',
      },
      {
        signal: '`… is older than the plan allows`',
        action: 'Take a newer backup, or raise `backups.oldest` if there is none',
      },
    ],
  },
  suspend: {
    name: 'suspend',
    about: 'suspend what would bring the services back',
    checked: '`until` of each, where the plan has one',
    printed: 'What was suspended before that stays suspended; abandoning resumes it.',
    failures: [
      { signal: 'a command of `suspend` fails', action: 'Run it by hand; if something undid it, suspend that first' },
    ],
  },
  stop: {
    name: 'stop',
    about: 'stop the services, after saving how they ran',
    checked: '`until` of each',
    printed: 'See who still runs. The database is unchanged.',
    failures: [
      {
        signal: '`… was not reached within …`',
        action: 'See what still runs; if something brings it back, put that under `suspend`, and run the plan again',
      },
    ],
  },
  fence: {
    name: 'fence',
    about: 'let nobody connect to the database, whatever is started',
    checked: 'no session, and none allowed',
    printed: 'The database is unchanged.',
    failures: [
      {
        signal: '`… is still connected`',
        action: 'The message names the session: end it (`pg_terminate_backend`), and run the plan again',
      },
      { signal: '`must be owner of database …`', action: 'Let `database.admin` be a superuser or the owner' },
    ],
  },
  restore: {
    name: 'restore',
    about: 'restore into a database of another name',
    checked: 'exit codes; each attempt has a name of its own',
    printed: 'The old database is unchanged.',
    failures: [
      {
        signal: 'the last lines of `pg_restore` or `psql`',
        action: 'Correct the cause and run the plan again: a new attempt begins with an empty database',
      },
      {
        signal: '`No space left on device`',
        action: 'Make room on the server: the old and the new database stand side by side until the end',
      },
    ],
  },
  inspect: {
    name: 'inspect',
    about: 'compare what was restored with what was backed up',
    checked: 'schema, counts and highest versions as the manifest says, foreign keys, smoke queries of the plan',
    printed: 'Nothing is replaced yet: the old database is unchanged.',
    failures: [
      {
        signal: '`expected …, found …`',
        action: 'The restored database is not what was backed up: abandon, and take another backup',
      },
    ],
  },
  declare: {
    name: 'declare',
    about: 'declare the restore in the new database, before it has the name that services connect to',
    checked: 'one restore, whose key is the id of the run',
    printed: 'Nothing is replaced yet: the old database is unchanged.',
    failures: [
      {
        signal: '`a newer one has served it`',
        action: 'The backup is from a newer Muster: run the plan with that version, or a newer one',
      },
      { signal: '`permission denied for …`', action: 'Let `database.owner` be the role of the services' },
    ],
  },
  swap: {
    name: 'swap',
    about: 'give the new database the name, in one transaction',
    checked: 'the database of that name is the new one',
    printed: 'See who is connected. Nothing is replaced yet.',
    failures: [
      {
        signal: '`… is being accessed by other users`',
        action: 'End the sessions that the message names, and run the plan again',
      },
    ],
  },
  start: {
    name: 'start',
    about: 'start the services as they ran before',
    checked: '`healthy` of each, and still after ten seconds',
    printed:
      'The new database is in place and declared, so a service that starts is safe. Keep it down if it harms itself.',
    failures: [
      {
        signal: '`… was not reached within …`',
        action:
          'Read the log of the service; `muster doctor` in its container checks everything. Then run the plan again',
      },
    ],
  },
  health: {
    name: 'health',
    about: 'check that the service serves, and that the restore is the one of this run',
    checked: '`health` of the plan; the current restore',
    printed: 'The services run on the declared database.',
    failures: [
      {
        signal: '`… answered …, expected …`',
        action: 'As the plan says whom to ask: `contacts`. Then run the plan again',
      },
      {
        signal: '`the current restore is …`',
        action: 'Somebody declared another one meanwhile: it counts, and devices answer to it',
      },
    ],
  },
  resume: {
    name: 'resume',
    about: 'resume what the run suspended, and nothing else',
    checked: 'the command of `undo` ended well',
    printed: 'The service runs. Only what was suspended is still suspended.',
    failures: [{ signal: 'a command of `undo` fails', action: 'Run it by hand, then run the plan again' }],
  },
  muster: {
    name: 'muster',
    about: 'wait until the share of the devices that the plan demands has answered',
    checked: '`objectives.answered`',
    printed: 'The service runs. Devices that do not come back are the matter of people: `muster restore status`.',
    failures: [
      {
        signal: '`the muster is stalled`',
        action:
          'See `muster restore status`; run the plan again to wait on, or with `--no-wait` to write the record now',
      },
    ],
  },
  record: {
    name: 'record',
    about: 'write the record of the run, as Markdown and JSON beside the plan',
    checked: 'both files are on the disk',
    printed: 'The service runs. The journal has all that the record has: run the plan again.',
    failures: [{ signal: '`ENOSPC`, `EACCES`', action: 'Make room beside the plan, and run it again' }],
  },
};

/** Number of a step, from 1. */
export function stepNumber(name: StepName): number {
  return stepNames.indexOf(name) + 1;
}
