import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import jsonPatch from 'fast-json-patch';
import { stringify } from 'yaml';
import { canonicalJson } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { maskSecrets, numberedMasks } from '../secrets/masked-document.ts';
import { maskedKeys, type MaskedKeys } from '../secrets/masked-keys.ts';

/** One step of an RFC 6902 JSON Patch, of the three kinds that a comparison needs. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

type SpecDifference = {
  /**
   * Turns the masked spec that the device runs into the masked spec that it would be sent. Empty if the two are the same
   * unmasked.
   */
  readonly patch: JsonPatchOperation[];
  /** A unified diff of the two as YAML, keys sorted. Empty if they are the same. */
  readonly text: string;
};

/**
 * Most added and removed lines of a text diff. A longer one takes seconds to find, and shows no more than the two specs
 * themselves.
 */
const maxChangedLines = 1000;

/**
 * Compares the spec that a device runs with the one that it would be sent on resume. Secrets are masked by numbers: a
 * secret that differs has another number, and nothing else of it is shown.
 *
 * @param titles of the two sides in the text
 * @throws MusterError 400 if either is nested too deep to be compared
 */
export function specDifference(
  from: JsonObject,
  to: JsonObject,
  isMasked: MaskedKeys = maskedKeys(),
  titles: Titles = ['device runs', 'would be sent'],
): SpecDifference {
  if (canonicalJson(from) === canonicalJson(to)) return { patch: [], text: '' };
  const maskOf = numberedMasks();
  const [runs, sent] = [maskSecrets(from, isMasked, maskOf), maskSecrets(to, isMasked, maskOf)];
  return { patch: jsonPatch.compare(runs, sent).map(asPatchOperation), text: textDifference(runs, sent, titles) };
}

function asPatchOperation(operation: ReturnType<typeof jsonPatch.compare>[number]): JsonPatchOperation {
  const { op, path } = operation;
  switch (op) {
    case 'add':
    case 'replace':
      return { op, path, value: operation.value };
    case 'remove':
      return { op, path };
    case 'copy':
    case 'move':
    case 'test':
    case '_get':
      throw new Error(`comparing two specs gave the operation ${op}`);
    default:
      return op satisfies never;
  }
}

/** Names of the two sides in a text diff. */
type Titles = readonly [from: string, to: string];

function textDifference(from: JsonObject, to: JsonObject, titles: Titles): string {
  const text = createTwoFilesPatch(...titles, asYaml(from), asYaml(to), undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
    maxEditLength: maxChangedLines,
  });
  const [runs, sent] = titles;
  return text ?? `--- ${runs}\n+++ ${sent}\n(more than ${maxChangedLines} lines differ: see the patch)\n`;
}

function asYaml(spec: JsonObject): string {
  return stringify(spec, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 });
}
