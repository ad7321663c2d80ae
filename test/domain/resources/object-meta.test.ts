import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/domain/resources/limits.ts';
import {
  annotationsSchema,
  labelKeySchema,
  labelsSchema,
  labelValueSchema,
  objectMetaSchema,
  resourceNameSchema,
  templateMetaSchema,
} from '../../../src/domain/resources/object-meta.ts';

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;

/** Kubernetes' rule for names, said another way than the schema does. */
function isDnsSubdomain(text: string): boolean {
  if (text.length === 0 || text.length > 253) return false;
  return text.split('.').every((part) => {
    const characters = part.split('');
    const alphanumeric = (at: number): boolean => /^[a-z0-9]$/.test(characters.at(at) ?? '');
    return alphanumeric(0) && alphanumeric(-1) && characters.every((character) => /^[a-z0-9-]$/.test(character));
  });
}

const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

const nameLike = fc.string({ unit: fc.constantFrom('a', 'z', '0', '9', '-', '.', 'A', '_', '\n'), maxLength: 12 });

describe('a resource name', () => {
  it('is a DNS subdomain', () => {
    fc.assert(
      fc.property(nameLike, (text) => {
        expect(accepts(resourceNameSchema, text)).toBe(isDnsSubdomain(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('may have 253 characters and no more', () => {
    expect(accepts(resourceNameSchema, 'a'.repeat(253))).toBe(true);
    expect(accepts(resourceNameSchema, 'a'.repeat(254))).toBe(false);
  });

  it('may be the fingerprint of a key, as agents name themselves', () => {
    expect(accepts(resourceNameSchema, '0f'.repeat(32))).toBe(true);
  });
});

describe('a label', () => {
  it.each(['site', 'a', 'A.b_c-9', 'example.com/site', 'x-1.example.com/A', 'a'.repeat(63), `${'a'.repeat(253)}/b`])(
    'may have the key %s',
    (key) => {
      expect(accepts(labelKeySchema, key)).toBe(true);
    },
  );

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a/b/c',
    '-a',
    'a-',
    'Example.com/a',
    'a b',
    'é',
    'a'.repeat(64),
    `${'a'.repeat(254)}/b`,
    'site\n',
  ])('may not have the key %s', (key) => {
    expect(accepts(labelKeySchema, key)).toBe(false);
  });

  it.each(['', 'a', '1.2.3', 'A_b-c', 'a'.repeat(63)])('may have the value "%s"', (value) => {
    expect(accepts(labelValueSchema, value)).toBe(true);
  });

  it.each(['-a', 'a.', 'a b', 'a/b', 'a'.repeat(64), '{{ .x }}', 7, null])('may not have the value "%s"', (value) => {
    expect(accepts(labelValueSchema, value)).toBe(false);
  });

  it('is one of at most 256 of an object', () => {
    expect(accepts(labelsSchema, labels(256))).toBe(true);
    expect(accepts(labelsSchema, labels(257))).toBe(false);
  });
});

describe('annotations', () => {
  it('may have capitals in the prefix of a key and any text as value', () => {
    expect(accepts(annotationsSchema, { 'Device-Controller/renderedVersion': 'any text, {{ even }} this' })).toBe(true);
  });

  it('hold at most 256 KiB, keys and values counted in UTF-8', () => {
    expect(accepts(annotationsSchema, { a: 'x'.repeat(limits.annotationsBytes - 1) })).toBe(true);
    expect(accepts(annotationsSchema, { a: 'x'.repeat(limits.annotationsBytes) })).toBe(false);
    expect(accepts(annotationsSchema, { a: 'é'.repeat(limits.annotationsBytes / 2) })).toBe(false);
  });
});

describe('metadata', () => {
  it('keeps keys that Muster does not know', () => {
    expect(objectMetaSchema.parse({ name: 'a', finalizers: ['x'] })).toEqual({ name: 'a', finalizers: ['x'] });
  });

  it.each(['2026-11-20T02:00:00Z', '0001-01-01T00:00:00Z', '2026-11-20T02:00:00.123456789+02:00'])(
    'has the time %s, as Go writes it',
    (creationTimestamp) => {
      expect(objectMetaSchema.parse({ creationTimestamp })).toEqual({ creationTimestamp });
    },
  );

  it.each(['2026-11-20', '2026-11-20T02:00:00', '2026-13-20T02:00:00Z', 'yesterday', 1_790_000_000])(
    'does not have the time %s',
    (creationTimestamp) => {
      expect(accepts(objectMetaSchema, { creationTimestamp })).toBe(false);
    },
  );

  it('of a template may hold templates in the values of labels, and otherwise needs labels', () => {
    expect(accepts(templateMetaSchema, { labels: { site: '{{ .metadata.labels.site }}-edge' } })).toBe(true);
    expect(accepts(templateMetaSchema, { labels: { site: 'not a label' } })).toBe(false);
  });
});
