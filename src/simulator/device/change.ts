/** One thing on a device that a spec can order, by what it is and what it is called. */
export type ThingKind = 'file' | 'application' | 'setting';

/** A thing that an agent added, changed or removed. */
export type Change = {
  readonly kind: ThingKind;
  /** The path of a file, the identity of an application, the key of a setting. */
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed';
};

/** Compares two collections of one kind. @param isSame tells whether two values count as the same */
export function changesBetween<Value>(
  kind: ThingKind,
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
  isSame: (one: Value, other: Value) => boolean,
): Change[] {
  const changes: Change[] = [];
  for (const [name, value] of before) {
    const now = after.get(name);
    if (now === undefined) changes.push({ kind, name, action: 'removed' });
    else if (!isSame(value, now)) changes.push({ kind, name, action: 'changed' });
  }
  for (const name of after.keys()) if (!before.has(name)) changes.push({ kind, name, action: 'added' });
  return changes;
}
