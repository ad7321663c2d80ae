/** Values that placeholders of a plan stand for. */
export type PlaceholderValues = {
  /** Values that were saved before the service was stopped, of the same item of the plan. */
  readonly saved?: Readonly<Record<string, string>>;
  readonly backup?: Readonly<Record<BackupField, string>>;
  readonly run?: { readonly id: string };
};

const backupFields = ['id', 'path', 'sha256', 'takenAt'] as const;
export type BackupField = (typeof backupFields)[number];

/** Pattern of a placeholder. Text that begins with a dot belongs to a template of another program, such as `{{.Name}}` for podman. */
const pattern = /\{\{\s*([^\s.}].*?)\s*\}\}/gs;

/** Names of the placeholders in a word. */
export function placeholdersIn(word: string): string[] {
  return [...word.matchAll(pattern)].map(([, name = '']) => name);
}

/** Replaces the placeholders in a command. One that has no value yet stays as it is. */
export function filledCommand(command: readonly string[], values: PlaceholderValues): string[] {
  return command.map((word) => word.replaceAll(pattern, (whole, name: string) => valueOf(name, values) ?? whole));
}

function valueOf(name: string, { saved, backup, run }: PlaceholderValues): string | undefined {
  const [kind, ...rest] = name.split('.');
  const field = rest.join('.');
  switch (kind) {
    case 'saved':
      return saved !== undefined && Object.hasOwn(saved, field) ? saved[field] : undefined;
    case 'backup':
      return backupFields.some((known) => known === field) ? backup?.[field as BackupField] : undefined;
    case 'run':
      return field === 'id' ? run?.id : undefined;
    default:
      return undefined;
  }
}

/**
 * Says what is wrong with a placeholder.
 *
 * @param allowed values that are known where it stands
 */
export function placeholderFault(
  name: string,
  { saved, backup }: { readonly saved: readonly string[] | undefined; readonly backup: boolean },
): string | undefined {
  const [kind, ...rest] = name.split('.');
  const field = rest.join('.');
  if (kind === 'run' && field === 'id') return undefined;
  if (kind === 'backup' && backupFields.some((known) => known === field))
    return backup ? undefined : `{{${name}}} is not known here yet: the backup is chosen later`;
  if (kind === 'saved' && saved === undefined)
    return `{{${name}}} only means something in undo and healthy of what is stopped`;
  if (kind === 'saved' && saved?.includes(field) === true) return undefined;
  if (kind === 'saved') return `{{${name}}} is not saved: save has ${saved?.join(', ') || 'nothing'}`;
  return `{{${name}}} is no placeholder: there are saved.NAME, ${backupFields.map((known) => `backup.${known}`).join(', ')} and run.id`;
}
