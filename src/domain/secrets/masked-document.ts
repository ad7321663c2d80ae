import { MusterError } from '../errors.ts';
import { canonicalJson, maxJsonDepth, type JsonObject, type JsonValue } from '../json.ts';
import type { MaskedKeys } from './masked-keys.ts';
import { maskCredentials, maskText, mayHoldCredentials, type MaskOf } from './masked-text.ts';

/** The mask of secrets that are not compared with others. */
const maskedValue = '(masked)';

/** Members that name the value in another member of the same object. */
const naming = ['name', 'key', 'path'] as const;
const holding: ReadonlySet<string> = new Set(['value', 'content', 'contents', 'data']);
/** A key of the contract: its value says where a secret is kept, and is not a secret itself. */
const reference = 'secretRef';

/**
 * Masks the secrets in a document: values under a masked key, at any depth, values of an object with a masked name, and
 * secrets inside texts (see {@link maskText}), also in base64 where the object declares it. Two documents that are to be
 * compared may be masked with the same `maskOf`. Values nested too deep to be looked at are masked too.
 *
 * @param maskOf gives the text to write instead of a secret
 */
export function maskSecrets(document: JsonObject, isMasked: MaskedKeys, maskOf: MaskOf = constantMask): JsonObject {
  return maskObject(document, { isMasked, maskOf, maskOne: (text) => maskText(text, isMasked, maskOf) }, 1);
}

/**
 * Masks the secrets in a record, such as the details of an event: as {@link maskSecrets}, but texts are sentences, in which
 * a colon after a word does not mark a value.
 */
export function maskRecord(record: JsonObject, isMasked: MaskedKeys): JsonObject {
  // An event of every report passes through here, and hardly any holds a secret.
  if (!mayHoldSecret(record, isMasked)) return record;
  return maskObject(
    record,
    {
      isMasked,
      maskOf: constantMask,
      maskOne: (text) => maskCredentials(text, constantMask),
    },
    1,
  );
}

function mayHoldSecret(value: JsonValue, isMasked: MaskedKeys): boolean {
  if (typeof value === 'string') return mayHoldCredentials(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const [key, member] of Object.entries(value)) {
    // The thorough pass decides about members that may name secrets.
    const isNaming = typeof member === 'string' && (key === 'name' || key === 'key' || key === 'path');
    if (isNaming || isMasked(key) || mayHoldSecret(member, isMasked)) return true;
  }
  return false;
}

const constantMask: MaskOf = () => maskedValue;

type Masking = {
  readonly isMasked: MaskedKeys;
  readonly maskOf: MaskOf;
  /** Masks what is a secret within a text. */
  readonly maskOne: (text: string) => string;
};

function maskObject(object: JsonObject, masking: Masking, depth: number): JsonObject {
  const { isMasked, maskOf } = masking;
  const namesSecret = naming.some((member) => {
    const name = Object.hasOwn(object, member) ? object[member] : undefined;
    return typeof name === 'string' && isMasked(name);
  });
  const entries = Object.entries(object).map(([key, value]): [string, JsonValue] => {
    const isReference = key === reference && typeof value === 'object' && value !== null;
    if (value !== undefined && ((isMasked(key) && !isReference) || (namesSecret && holding.has(key))))
      return [key, maskOf(spelling(value))];
    if (key === 'content' && typeof value === 'string' && object['contentEncoding'] === 'base64')
      return [key, maskBase64(value, masking)];
    return [key, maskValue(value, masking, depth + 1)];
  });
  // fromEntries defines properties; assigning to a key such as __proto__ would not.
  return Object.fromEntries(entries);
}

/** Serializes a secret of any type, to compare it. Values nested too deep to be serialized all count as the same. */
function spelling(value: JsonValue): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof MusterError) return error.message;
    throw error;
  }
}

function maskValue(value: JsonValue, masking: Masking, depth: number): JsonValue {
  if (typeof value === 'string') return masking.maskOne(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth > maxJsonDepth) return maskedValue;
  return Array.isArray(value)
    ? value.map((item) => maskValue(item, masking, depth + 1))
    : maskObject(value, masking, depth);
}

/** Masks content in base64. It cannot be masked in part, so all of it is masked if it holds a secret. */
function maskBase64(content: string, { isMasked, maskOf }: Masking): string {
  const decoded = Buffer.from(content, 'base64').toString('utf8');
  return maskText(decoded, isMasked, constantMask) === decoded ? content : maskOf(content);
}

/**
 * Creates masks that distinguish secrets without showing them: the same secret always has the same number, and different
 * secrets have different numbers.
 */
export function numberedMasks(): MaskOf {
  const numbers = new Map<string, number>();
  return (secret) => {
    const number = numbers.get(secret) ?? numbers.size + 1;
    numbers.set(secret, number);
    return `(masked ${number})`;
  };
}
