import * as fc from 'fast-check';

/** Text that no parser likes: what ends texts, what Postgres cannot keep, what objects in JavaScript inherit, and so on. */
const nasty = [
  '\0',
  '\ud800',
  '\udfff',
  '\u{1f600}',
  '\u202e',
  '\ufeff',
  '\r\n',
  '\\',
  '"',
  "'",
  '`',
  '%00',
  '%zz',
  '%ff',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '-0',
  '1e999',
  'NaN',
  'Infinity',
  '9'.repeat(400),
  ' '.repeat(2_000),
  '{"__proto__":{"polluted":1}}',
  '/__proto__/polluted',
  '/constructor/prototype/polluted',
];
const openings = [
  '(',
  '[',
  '{',
  '{{',
  '{{if true}}',
  '{"a":',
  '[[',
  '!',
  '- ',
  '&a [*a',
  '~',
  '\\',
  '/a',
  ',',
  'a in (',
];
/** Long enough that what grows with the square of it shows. */
const longestText = 60_000;

type Mutation =
  | { readonly kind: 'truncate' | 'insert' | 'flip'; readonly at: number; readonly piece: string }
  | { readonly kind: 'remove'; readonly at: number; readonly share: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly share: number; readonly times: number }
  | { readonly kind: 'nest'; readonly at: number; readonly opening: string; readonly times: number };

const at = fc.double({ min: 0, max: 1, noNaN: true });
const share = fc.double({ min: 0, max: 0.5, noNaN: true });
/** Mostly few, at times so many that recursion would end the stack. */
const times = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 30_000 }) },
);
const piece = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 8 }));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('truncate', 'insert', 'flip'), at, piece }),
  fc.record({ kind: fc.constant('remove'), at, share }),
  fc.record({ kind: fc.constant('repeat'), at, share, times }),
  fc.record({ kind: fc.constant('nest'), at, opening: fc.constantFrom(...openings), times }),
);

/** Text of a grammar, as it is or with up to four things done to it; and at times text of no grammar at all. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const changed = fc
    .tuple(text, fc.array(mutation, { maxLength: 4 }))
    .map(([from, mutations]) => mutations.reduce(mutate, from));
  return fc.oneof(
    { weight: 8, arbitrary: changed },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')) },
  );
}

function mutate(text: string, change: Mutation): string {
  const place = Math.floor(change.at * text.length);
  const before = text.slice(0, place);
  switch (change.kind) {
    case 'truncate':
      return before;
    case 'insert':
      return before + change.piece + text.slice(place);
    case 'flip':
      return before + change.piece.slice(0, 1) + text.slice(place + 1);
    case 'remove':
      return before + text.slice(place + Math.ceil(change.share * text.length));
    case 'repeat': {
      const part = text.slice(place, place + Math.ceil(change.share * text.length));
      return before + repeated(part, change.times) + text.slice(place);
    }
    case 'nest':
      return before + repeated(change.opening, change.times) + text.slice(place);
    default:
      return change satisfies never;
  }
}

function repeated(part: string, wanted: number): string {
  return part === '' ? '' : part.repeat(Math.min(wanted, Math.ceil(longestText / part.length)));
}

/** JSON as it is written, with keys that are special in JavaScript among the others. */
export function jsonText(keys: readonly string[], values: fc.Arbitrary<unknown> = fc.string()): fc.Arbitrary<string> {
  const key = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...keys) },
    fc.constantFrom('__proto__', 'constructor', 'prototype'),
  );
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.oneof(values, fc.constantFrom(null, true, 0, -1, 1e300, '')).map((scalar) => JSON.stringify(scalar) ?? 'null'),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      // Written by hand: an object with the key __proto__ could not be made otherwise.
      fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(objectText),
    ),
  }));
  return fc.array(fc.tuple(key, value), { maxLength: 6 }).map(objectText);
}

function objectText(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}
