import { isSameApplication } from './device/apply-spec.ts';
import type { ThingKind } from './device/change.ts';
import { isSameFile } from './device/device-file.ts';
import type { Machine } from './device/machine.ts';
import type { WantedThings } from './device/wanted-things.ts';

/** A thing of a device that is not as a spec orders it. */
export type Difference = {
  readonly kind: ThingKind;
  readonly name: string;
  readonly is: 'missing' | 'different' | 'left over';
};

/** One text for a thing. */
export function thingKey(kind: ThingKind, name: string): string {
  return `${kind} ${name}`;
}

/**
 * Compares a device with a spec.
 *
 * @param touched the things that its agent has changed; other things that the spec does not name are ignored
 */
export function differencesFrom(
  wanted: WantedThings & { readonly image: string | undefined },
  machine: Machine,
  touched: ReadonlySet<string>,
): Difference[] {
  const differences = [
    ...compare('file', wanted.files, machine.files, touched, isSameFile),
    ...compare('application', wanted.applications, machine.applications, touched, isSameApplication),
    ...compare('setting', wanted.settings, machine.settings, touched, (one, other) => one === other),
  ];
  // Without an image in the spec the booted one stays.
  if (wanted.image !== undefined && wanted.image !== machine.bootedImage) {
    differences.push({ kind: 'setting', name: 'os.image', is: 'different' });
  }
  return differences;
}

function compare<Value>(
  kind: ThingKind,
  wanted: ReadonlyMap<string, Value>,
  has: ReadonlyMap<string, Value>,
  touched: ReadonlySet<string>,
  isSame: (one: Value, other: Value) => boolean,
): Difference[] {
  const differences: Difference[] = [];
  for (const [name, value] of wanted) {
    const there = has.get(name);
    if (there === undefined) differences.push({ kind, name, is: 'missing' });
    else if (!isSame(there, value)) differences.push({ kind, name, is: 'different' });
  }
  for (const name of has.keys()) {
    if (!wanted.has(name) && touched.has(thingKey(kind, name))) differences.push({ kind, name, is: 'left over' });
  }
  return differences;
}
