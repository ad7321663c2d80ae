import type { JsonObject, JsonValue } from '../json.ts';
import { imageReferenceForm } from '../resources/image-reference.ts';
import type { TextForm } from '../resources/templated.ts';
import { specPlaces, type TemplatePlace } from './template-places.ts';

export type SpecPath = readonly (string | number)[];

/** A string of a spec that may hold templates. */
export type TemplatedText = {
  readonly text: string;
  readonly isBase64: boolean;
  /** Form that the text must have once it is filled in. */
  readonly form: TextForm | undefined;
  /** The path from the spec to it. It is changed afterwards: copy it to keep it. */
  readonly path: SpecPath;
};

/**
 * Replaces each string of a spec that may hold templates; keys and other values stay as they are. Unchanged parts are
 * shared with the given spec, not copied.
 */
export function mapTemplates(spec: JsonObject, replace: (text: TemplatedText) => string): JsonObject {
  const mapped = mapPlace(spec, specPlaces, { replace, path: [] });
  return isObject(mapped) ? mapped : spec;
}

/** Paths to the image references of a spec that hold templates. */
export function imageTemplates(spec: JsonObject): SpecPath[] {
  const paths: SpecPath[] = [];
  mapTemplates(spec, ({ text, form, path }) => {
    if (form === imageReferenceForm) paths.push([...path]);
    return text;
  });
  return paths;
}

type Walk = { readonly replace: (text: TemplatedText) => string; readonly path: (string | number)[] };

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Maps the value at one place. A value of an unexpected type is left as it is, because the schema of the spec judges types.
 */
function mapPlace(value: JsonValue, place: TemplatePlace, walk: Walk): JsonValue {
  switch (place.kind) {
    case 'text':
      return typeof value === 'string' ? mapText(value, false, place.form, walk) : value;
    case 'items':
      return Array.isArray(value) ? mapItems(value, place.item, walk) : value;
    case 'values':
      return isObject(value) ? mapMembers(value, () => place.value, walk) : value;
    case 'members':
      return isObject(value) ? mapMembers(value, (key) => place.members.get(key), walk) : value;
    case 'file':
      return isObject(value) ? mapFile(value, place.path, walk) : value;
    case 'variants': {
      const name = isObject(value) && Object.hasOwn(value, place.key) ? value[place.key] : undefined;
      const variant = typeof name === 'string' ? place.variants.get(name) : undefined;
      return variant === undefined ? value : mapPlace(value, variant, walk);
    }
    default:
      return place satisfies never;
  }
}

function mapText(text: string, isBase64: boolean, form: TextForm | undefined, walk: Walk): string {
  return isBase64 || text.includes('{{') ? walk.replace({ text, isBase64, form, path: walk.path }) : text;
}

function mapItems(list: JsonValue[], item: TemplatePlace, walk: Walk): JsonValue[] {
  const mapped = list.map((value, position) => within(position, walk, () => mapPlace(value, item, walk)));
  return mapped.every((value, position) => value === list[position]) ? list : mapped;
}

function mapMembers(object: JsonObject, placeOf: (key: string) => TemplatePlace | undefined, walk: Walk): JsonObject {
  return mapValues(object, (value, key) => {
    const place = placeOf(key);
    return place === undefined ? value : within(key, walk, () => mapPlace(value, place, walk));
  });
}

function mapFile(file: JsonObject, path: TemplatePlace, walk: Walk): JsonObject {
  const isBase64 = Object.hasOwn(file, 'contentEncoding') && file['contentEncoding'] === 'base64';
  return mapValues(file, (value, key) => {
    if (key === 'path') return within(key, walk, () => mapPlace(value, path, walk));
    if (key !== 'content' || typeof value !== 'string') return value;
    return within(key, walk, () => mapText(value, isBase64, undefined, walk));
  });
}

function mapValues(object: JsonObject, map: (value: JsonValue, key: string) => JsonValue): JsonObject {
  let changed = false;
  const entries = Object.entries(object).map(([key, value]): [string, JsonValue] => {
    const mapped = map(value, key);
    changed ||= mapped !== value;
    return [key, mapped];
  });
  // fromEntries defines properties; assigning to a key such as __proto__ would not.
  return changed ? Object.fromEntries(entries) : object;
}

function within<Result>(step: string | number, walk: Walk, map: () => Result): Result {
  walk.path.push(step);
  const result = map();
  walk.path.pop();
  return result;
}
