import { MusterError } from '../errors.ts';
import { canonicalJson, maxJsonDepth, type JsonObject, type JsonValue } from '../json.ts';
import type { MaskedKeys } from './masked-keys.ts';
import { maskCredentials, maskText, mayHoldCredentials, type MaskOf } from './masked-text.ts';

/** What stands instead of a secret where nothing is compared with it. */
const maskedValue = '(masked)';

/** Members that name what another member of the same object holds, and members that hold it. */
const naming = ['name', 'key', 'path'] as const;
const holding: ReadonlySet<string> = new Set(['value', 'content', 'contents', 'data']);
/** Of the contract: says where a secret is kept, and is none. */
const reference = 'secretRef';

/**
 * A document with its secrets masked: whatever stands under a masked key, at any depth, what an object with a masked
 * name holds, and what texts hold (see {@link maskText}), base64 included where the object says that it is. Two
 * documents may be masked with the same `maskOf`, to be compared. What is nested too deep to be looked at is masked too.
 *
 * @param maskOf what is written instead of a secret
 */
export function maskSecrets(document: JsonObject, isMasked: MaskedKeys, maskOf: MaskOf = constantMask): JsonObject {
  return maskObject(document, { isMasked, maskOf, maskOne: (text) => maskText(text, isMasked, maskOf) }, 1);
}

/**
 * A record of what happened, such as the details of an event, with its secrets masked: as {@link maskSecrets}, but its
 * texts are sentences, in which a colon after a word says nothing.
 */
export function maskRecord(record: JsonObject, isMasked: MaskedKeys): JsonObject {
  // An event of each report comes by here, and hardly one holds anything to mask.
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
    // Names of secrets are for the thorough look to judge.
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
  // fromEntries defines properties, where assigning to a key such as __proto__ would do something else.
  return Object.fromEntries(entries);
}

/** A secret in one spelling, whatever its type. What is nested too deep to be spelled is not told apart. */
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

/** Encoded text cannot be masked in part: the whole of it goes if there is a secret in it. */
function maskBase64(content: string, { isMasked, maskOf }: Masking): string {
  const decoded = Buffer.from(content, 'base64').toString('utf8');
  return maskText(decoded, isMasked, constantMask) === decoded ? content : maskOf(content);
}

/**
 * Masks that tell secrets apart without saying what they are: the same secret always has the same number, and another
 * one another number.
 */
export function numberedMasks(): MaskOf {
  const numbers = new Map<string, number>();
  return (secret) => {
    const number = numbers.get(secret) ?? numbers.size + 1;
    numbers.set(secret, number);
    return `(masked ${number})`;
  };
}
