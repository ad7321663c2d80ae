import type { z } from 'zod';
import { badRequest } from './errors.ts';
import { canonicalJson, type JsonObject, type JsonValue } from './json.ts';
import { applyJsonPatch } from './json-patch.ts';
import { storableObject } from './resources/storable.ts';
import type { PatchRequest } from './resources/patch-request.ts';
import { describeProblems } from './resources/zod-problem.ts';

/** A place in a document: keys, outermost first. */
type Place = readonly string[];

/** The parts of a resource that a client may patch. */
const patchable: readonly Place[] = [['metadata', 'labels'], ['metadata', 'annotations'], ['spec']];

/**
 * The request that a resource makes as it is shown, once patched.
 *
 * @param what is described, as problems name it
 * @throws MusterError 400 as patchResource, or for a result that the schema refuses
 */
export function patchedRequest<Schema extends z.ZodType>(
  shown: object,
  patch: PatchRequest,
  schema: Schema,
  what: string,
  mayChange: readonly Place[] = patchable,
): z.output<Schema> {
  const parsed = schema.safeParse(patchResource(shown, patch, mayChange));
  if (!parsed.success) throw badRequest(describeProblems(parsed.error, what));
  return parsed.data;
}

/**
 * Applies a JSON Patch to a document as the API shows it, and refuses a patch that changes other places than it may.
 *
 * @param mayChange the places that may differ afterwards, with everything inside them
 * @throws MusterError 400 that names the operation that cannot be applied, or the first part that only the service changes
 */
export function patchResource(shown: object, patch: PatchRequest, mayChange: readonly Place[]): JsonObject {
  const document = storableObject({ ...shown });
  const patched = applyJsonPatch(document, patch);
  refuseOtherChanges(document, patched, mayChange, []);
  return patched;
}

function refuseOtherChanges(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  mayChange: readonly Place[],
  at: Place,
): void {
  if (mayChange.some((place) => place.length === at.length && isWithin(at, place))) return;
  if (mayChange.some((place) => isWithin(place, at))) {
    const left = membersOf(before);
    const right = membersOf(after ?? {});
    if (left !== undefined && right !== undefined) {
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
        refuseOtherChanges(left[key], right[key], mayChange, [...at, key]);
      }
      return;
    }
  }
  if (spelled(before) === spelled(after)) return;
  throw badRequest(`the patch changes ${at.join('.') || 'the document'}, which only the service does`);
}

const isWithin = (place: Place, outer: Place): boolean => outer.every((key, index) => place[index] === key);

const spelled = (value: JsonValue | undefined): string => (value === undefined ? '' : canonicalJson(value));

function membersOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
