import type { JsonObject, JsonValue } from '../json.ts';

/** A thing that a device loses when one spec replaces another. */
type Removal = {
  readonly kind: 'file' | 'config provider' | 'application' | 'systemd pattern' | 'resource monitor' | 'os image';
  readonly name: string;
};

/**
 * Lists what a device that runs `before` loses when it is sent `after`, sorted. Files are compared by path, whichever
 * provider they are in; providers whose files are not in the spec are compared by name. Works on specs as written and as
 * delivered.
 */
export function removalsBetween(before: JsonObject, after: JsonObject): Removal[] {
  const kept = new Set(contentOf(after).map(keyOf));
  const lost = new Map(contentOf(before).flatMap((item) => (kept.has(keyOf(item)) ? [] : [[keyOf(item), item]])));
  return [...lost.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}

/** Words a removal for people: `file /etc/motd`. */
export function removalText({ kind, name }: Removal): string {
  return kind === 'os image' ? `os image ${name} (the device goes on with the image it booted)` : `${kind} ${name}`;
}

const keyOf = ({ kind, name }: Removal): string => `${kind} ${kind === 'os image' ? '' : name}`;

function contentOf(spec: JsonObject): Removal[] {
  return [
    ...itemsOf(spec['config']).flatMap(configContent),
    ...itemsOf(spec['applications']).flatMap((application) =>
      named('application', textOf(application['name']) ?? textOf(application['image'])),
    ),
    ...listOf(memberOf(spec['systemd'], 'matchPatterns')).flatMap((pattern) =>
      named('systemd pattern', textOf(pattern)),
    ),
    ...itemsOf(spec['resources']).flatMap((monitor) => named('resource monitor', textOf(monitor['monitorType']))),
    ...named('os image', osName(spec['os'])),
  ];
}

/**
 * The removable content of a provider: the files of an inline provider, the one file of an HTTP reference, and the provider
 * itself for other references.
 */
function configContent(provider: JsonObject): Removal[] {
  if (provider['inline'] !== undefined) {
    return itemsOf(provider['inline']).flatMap((file) => named('file', textOf(file['path'])));
  }
  const filePath = textOf(memberOf(provider['httpRef'], 'filePath'));
  return filePath === undefined ? named('config provider', textOf(provider['name'])) : named('file', filePath);
}

function osName(os: JsonValue | undefined): string | undefined {
  return textOf(memberOf(os, 'image')) ?? textOf(memberOf(memberOf(os, 'catalogItemRef'), 'item'));
}

const named = (kind: Removal['kind'], name: string | undefined): Removal[] =>
  name === undefined ? [] : [{ kind, name }];

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
const itemsOf = (value: JsonValue | undefined): JsonObject[] => listOf(value).filter(isObject);

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return value !== undefined && isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
