import { placeholderFault, placeholdersIn } from './placeholders.ts';
import type { RestorePlan } from './restore-plan.ts';

type Command = readonly string[];
type Path = readonly (string | number)[];

export type PlanFault = { readonly path: Path; readonly message: string };

/** A command of a plan, where it stands, and which placeholders have a value there. */
type PlacedCommand = {
  readonly path: Path;
  readonly command: Command;
  readonly saved?: readonly string[];
  readonly backup: boolean;
  /** It brings something back to how it was. */
  readonly isUndo?: true;
};

/** Finds what a schema of single keys cannot see: names used twice, placeholders without a value, procedures that cannot work. Pure. */
export function planFaults(plan: RestorePlan): PlanFault[] {
  const commands = commandsOf(plan);
  return [
    ...(['background', 'suspend', 'stop'] as const).flatMap((list) => namedTwice(list, plan[list])),
    ...commands.flatMap(placeholderFaults),
    ...commands.flatMap(impossibleProcedures),
    ...databaseFaults(plan),
    ...passwordFaults(plan),
    ...smokeFaults(plan),
    ...otherwiseFaults(plan),
  ];
}

function commandsOf({ secrets, background, suspend, stop, database, health }: RestorePlan): PlacedCommand[] {
  const early = { backup: false } as const;
  const late = { backup: true } as const;
  const { restore } = database;
  return [
    ...Object.entries(secrets).flatMap(([name, secret]) =>
      'command' in secret ? [{ path: ['secrets', name, 'command'], command: secret.command, ...early }] : [],
    ),
    ...background.flatMap(({ run, ready }, index) => [
      { path: ['background', index, 'run'], command: run, ...early },
      ...(ready === undefined ? [] : [{ path: ['background', index, 'ready'], command: ready, ...early }]),
    ]),
    ...suspend.flatMap(({ run, until, undo }, index) => [
      { path: ['suspend', index, 'run'], command: run, ...late },
      ...(until === undefined ? [] : [{ path: ['suspend', index, 'until'], command: until, ...late }]),
      { path: ['suspend', index, 'undo'], command: undo, ...late },
    ]),
    ...stop.flatMap(({ save, run, until, undo, healthy }, index) => {
      const saved = Object.keys(save);
      return [
        ...Object.entries(save).map(([key, command]) => ({ path: ['stop', index, 'save', key], command, ...early })),
        { path: ['stop', index, 'run'], command: run, ...late },
        { path: ['stop', index, 'until'], command: until, ...early },
        { path: ['stop', index, 'undo'], command: undo, saved, isUndo: true as const, ...late },
        ...(healthy === undefined ? [] : [{ path: ['stop', index, 'healthy'], command: healthy, saved, ...late }]),
      ];
    }),
    ...(restore.method === 'dump'
      ? []
      : (['probe', 'run', 'until', 'takenAt'] as const).flatMap((key) => {
          const command = restore[key];
          return Array.isArray(command) ? [{ path: ['database', 'restore', key], command, ...early }] : [];
        })),
    ...health.flatMap((check, index) =>
      'run' in check ? [{ path: ['health', index, 'run'], command: check.run, ...late }] : [],
    ),
  ];
}

function namedTwice(list: string, items: readonly { readonly name: string }[]): PlanFault[] {
  return items.flatMap(({ name }, index) =>
    items.findIndex((other) => other.name === name) < index
      ? [{ path: [list, index, 'name'], message: `${name} is the name of two items of ${list}` }]
      : [],
  );
}

function placeholderFaults({ path, command, saved, backup }: PlacedCommand): PlanFault[] {
  return command.flatMap((word, index) =>
    placeholdersIn(word).flatMap((name) => {
      const message = placeholderFault(name, { saved, backup });
      return message === undefined ? [] : [{ path: [...path, index], message }];
    }),
  );
}

/** Procedures that are in use and cannot work (recovery.md, "What was learnt first", 6). */
function impossibleProcedures({ path, command, isUndo }: PlacedCommand): PlanFault[] {
  const text = command.join(' ');
  const faults = [
    /\brecovery\.conf\b/.test(text) &&
      'PostgreSQL has refused to start with a recovery.conf since version 12: use recovery.signal and settings',
    /\bdump\.rdb\b/.test(text) &&
      'a dump.rdb that is copied is not read by a Redis with AOF on, and none can be copied into a pod that is scaled to 0: leave Redis empty, it holds no truth',
    /\bpg_restore\b/.test(text) &&
      /(^|\s)(--clean|-[a-zA-Z]*c[a-zA-Z]*)(\s|$)/.test(text) &&
      'pg_restore --clean leaves the tables that are newer than the backup: restore into an empty database, as {method: dump} does',
    /\bpg_restore\b/.test(text) &&
      /\b(recovery_target\w*|restore_command|pg_wal)\b/.test(text) &&
      'WAL cannot be replayed onto a database that pg_restore made: it needs a base backup of the whole server',
    isUndo === true &&
      /--replicas[= ][1-9]/.test(text) &&
      'this scales to a count of its own, not to the one from before: save it, and write --replicas={{saved.replicas}}',
  ];
  return faults.flatMap((message) => (message === false ? [] : [{ path, message }]));
}

function databaseFaults({ database, backups }: RestorePlan): PlanFault[] {
  const faults: PlanFault[] = [];
  if (database.restore.method === 'dump' && backups === undefined)
    faults.push({ path: ['backups'], message: 'expected {at: DIRECTORY}: a dump is restored from there' });
  return faults;
}

function passwordFaults({ database, redis }: RestorePlan): PlanFault[] {
  const holds = (url: string) => URL.canParse(url) && new URL(url).password !== '';
  return [
    ...(holds(database.admin)
      ? [{ path: ['database', 'admin'], message: 'a plan never holds a password: name it in secrets as PGPASSWORD' }]
      : []),
    ...(redis !== undefined && holds(redis)
      ? [{ path: ['redis'], message: 'a plan never holds a password: name it in secrets as KV_PASSWORD' }]
      : []),
  ];
}

function smokeFaults({ smoke, database }: RestorePlan): PlanFault[] {
  if (database.restore.method === 'dump') return [];
  return smoke.flatMap(({ equals }, index) =>
    typeof equals === 'string' && equals.startsWith('manifest.')
      ? [{ path: ['smoke', index, 'equals'], message: 'an external restore has no manifest: expected a value' }]
      : [],
  );
}

function otherwiseFaults({ stop }: RestorePlan): PlanFault[] {
  return stop.flatMap(({ save, otherwise }, index) =>
    Object.keys(otherwise)
      .filter((key) => !Object.hasOwn(save, key))
      .map((key) => ({ path: ['stop', index, 'otherwise', key], message: `${key} is not among what is saved` })),
  );
}
