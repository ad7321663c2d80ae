import { changesBetween, type Change } from './change.ts';
import type { AgentSpec } from './agent-spec.ts';
import { directoriesAbove, isSameFile, type DeviceFile } from './device-file.ts';
import type { Application, Machine } from './machine.ts';
import { wantedThings } from './wanted-things.ts';

/**
 * Applies a spec to a device: things that the spec names are there afterwards, and things that only the current spec named
 * are gone. Things in neither stay as they are.
 *
 * @param current the spec that the agent has stored as applied
 * @returns each thing that is not as it was
 */
export function applySpec(machine: Machine, current: AgentSpec, next: AgentSpec): Change[] {
  const [old, wanted] = [wantedThings(current), wantedThings(next)];
  const changes = [
    ...converge('application', machine.applications, old.applications, wanted.applications, isSameApplication),
    ...converge('file', machine.files, old.files, wanted.files, isSameFile),
    ...changesBetween('setting', machine.settings, wanted.settings, (one, other) => one === other),
  ];
  for (const path of wanted.files.keys()) {
    for (const directory of directoriesAbove(path)) machine.directories.add(directory);
  }
  machine.settings = wanted.settings;
  return changes;
}

function converge<Value extends DeviceFile | Application>(
  kind: Change['kind'],
  has: Map<string, Value>,
  old: ReadonlyMap<string, Value>,
  wanted: ReadonlyMap<string, Value>,
  isSame: (one: Value, other: Value) => boolean,
): Change[] {
  const changes: Change[] = [];
  for (const name of old.keys()) {
    if (!wanted.has(name) && has.delete(name)) changes.push({ kind, name, action: 'removed' });
  }
  for (const [name, value] of wanted) {
    const there = has.get(name);
    if (there !== undefined && isSame(there, value)) continue;
    has.set(name, value);
    changes.push({ kind, name, action: there === undefined ? 'added' : 'changed' });
  }
  return changes;
}

export function isSameApplication(one: Application, other: Application): boolean {
  return (
    one.definition === other.definition &&
    one.isRunning === other.isRunning &&
    one.restartGeneration === other.restartGeneration
  );
}
