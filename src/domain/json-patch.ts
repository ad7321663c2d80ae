import jsonPatch, { JsonPatchError, type Operation } from 'fast-json-patch';
import { badRequest } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { PatchRequest } from './resources/patch-request.ts';
import { storableObject } from './resources/storable.ts';

/**
 * Applies a JSON Patch (RFC 6902; `add`, `replace`, `remove` and `test`) to a copy of a document: all operations or none.
 *
 * @throws MusterError 400 that names the operation that cannot be applied, counted from 0
 */
export function applyJsonPatch(document: JsonObject, patch: PatchRequest): JsonObject {
  let patched: unknown = structuredClone(document);
  for (const [index, operation] of patch.entries()) {
    if (reachesPrototype(operation.path)) {
      throw badRequest(`patch operation ${index} (${operation.op} ${operation.path}): no document has such a place`);
    }
    try {
      patched = jsonPatch.applyOperation(patched, toOperation(operation), true, true, true, index).newDocument;
    } catch (error) {
      throw badRequest(`patch operation ${index} (${operation.op} ${operation.path}): ${reasonOf(error)}`);
    }
  }
  if (typeof patched !== 'object' || patched === null || Array.isArray(patched)) {
    throw badRequest('the patched document is not an object');
  }
  return storableObject({ ...patched });
}

/** True for a path that leads to a prototype: the library refuses it with an error of another class. */
function reachesPrototype(path: string): boolean {
  return /\/(?:__proto__|constructor\/prototype)(?:\/|$)/.test(path);
}

function toOperation({ op, path, value }: PatchRequest[number]): Operation {
  switch (op) {
    case 'remove':
      return { op, path };
    case 'add':
    case 'replace':
    case 'test':
      return { op, path, value };
    default:
      return op satisfies never;
  }
}

/** @throws the error itself if it is not the library's way to refuse an operation */
function reasonOf(error: unknown): string {
  if (error instanceof JsonPatchError) return error.message.split('\n')[0] ?? error.message;
  // A path through null: the library reads a member of it unchecked.
  if (error instanceof TypeError) return 'expected an object or an array on the way to this place';
  throw error;
}
