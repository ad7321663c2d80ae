import type {
  CreateNodeOptions,
  DocumentOptions,
  ParseOptions,
  ScalarTag,
  SchemaOptions,
  Tags,
  ToStringOptions,
} from 'yaml';
import { shortened } from '../domain/quoted.ts';

/** Tags of YAML 1.1 that are taken as the library has them: it reads them as `sigs.k8s.io/yaml` does. */
const sharedTags: ReadonlySet<string> = new Set(
  ['map', 'seq', 'str', 'null', 'bool', 'merge'].map((name) => `tag:yaml.org,2002:${name}`),
);

type OnError = (message: string) => void;

/** Base-8 numbers have a leading zero or `0o`; `_` may part digits. */
const integer: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: (value) => Number.isInteger(value),
  test: /^[-+]?(?:0[bB][01][01_]*|0[oO][0-7][0-7_]*|0[xX][\da-fA-F][\da-fA-F_]*|\d[\d_]*)$/,
  resolve(source: string, onError: OnError) {
    const digits = source.replaceAll(/[-+_]/g, '');
    const isOctal = /^0[0-7]+$/.test(digits);
    if (/^0\d/.test(digits) && !isOctal)
      onError(`${shortened(source, maxDigits)} begins with 0 but is not octal: expected digits from 0 to 7`);
    const plain = isOctal ? `0o${digits.slice(1)}` : digits;
    const value = Number(plain);
    if (!isExact(plain, value))
      onError(`${shortened(source, maxDigits)} has more digits than a number can keep: put it in quotes`);
    return source.startsWith('-') ? -value : value;
  },
};

/** Most digits of a number, in any base, that are compared. */
const maxDigits = 100;

/** True if a number has the value that was written, or JSON's form of it. */
function isExact(written: string, value: number): boolean {
  return written.length <= maxDigits && (String(value) === written || BigInt(value) === BigInt(written));
}
const decimal: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number',
  test: /^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/,
  resolve(source: string, onError: OnError) {
    const value = Number(source.replaceAll('_', ''));
    if (!Number.isFinite(value)) onError(`${shortened(source, maxDigits)} is too large a number`);
    return value;
  },
};

/** Numbers that JSON, in which the server gets the document, cannot express. */
const notFinite: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: () => false,
  test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
  resolve(source: string, onError: OnError) {
    onError(`${source} is no number that JSON has`);
    return source;
  },
};

/**
 * YAML as people write it for Kubernetes and Flight Control, whose clients read YAML 1.1 with `sigs.k8s.io/yaml`: `0644` is
 * octal, `yes`, `on` and `y` are booleans, `<<` merges, and dates and `8080:80` are text. Values that this reader cannot
 * turn into JSON, and unknown tags, are problems.
 */
export const manifestYaml: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  schema: 'yaml-1.1',
  resolveKnownTags: false,
  merge: true,
  customTags: (tags: Tags) => [...tags.filter(isShared), integer, decimal, notFinite],
};

function isShared(tag: Tags[number]): boolean {
  return typeof tag !== 'string' && sharedTags.has(tag.tag);
}

/**
 * The schema for printing YAML: any text that {@link manifestYaml}, or another reader of YAML 1.1 or 1.2, takes for
 * something else is in quotes. Long strings stay on one line, so that text copied from the terminal is complete.
 */
export const printedYaml: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
  version: '1.1',
  schema: 'yaml-1.1',
  compat: [integer, decimal, notFinite],
  // The same object twice is printed twice: nobody wrote an alias.
  aliasDuplicateObjects: false,
  lineWidth: 0,
};
