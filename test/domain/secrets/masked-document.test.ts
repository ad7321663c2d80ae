import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type JsonObject, type JsonValue } from '../../../src/domain/json.ts';
import { maskRecord, maskSecrets } from '../../../src/domain/secrets/masked-document.ts';
import { maskedKeys } from '../../../src/domain/secrets/masked-keys.ts';
import { specDifference } from '../../../src/domain/rendering/spec-difference.ts';

const isMasked = maskedKeys();
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a masked key', () => {
  test.each([
    'password',
    'DB_PASSWORD',
    'dbPassword',
    'pass-word',
    'Api.Key',
    'api_key',
    'clientSecret',
    'TOKEN',
    'Authorization',
  ])('is %s', (key) => {
    expect(isMasked(key)).toBe(true);
  });

  test.each(['image', 'pass', 'user', 'name', 'authority', 'content', ''])('is not %s', (key) => {
    expect(isMasked(key)).toBe(false);
  });

  test('is what the setting says, and nothing else', () => {
    const own = maskedKeys(['Pin Code', '  ']);
    expect([own('PIN_CODE'), own('password'), own('')]).toEqual([true, false, false]);
  });
});

describe('a masked document', () => {
  test('has nothing under masked keys, whatever stood there, and all else', () => {
    const document: JsonObject = {
      os: { image: 'kiosk:7' },
      password: 'one',
      tokens: ['two', { deep: 'three' }],
      app: { clientSecret: { nested: 4 }, envVars: { DB_PASSWORD: 'five', HOST: 'db' } },
    };
    expect(maskSecrets(document, isMasked)).toEqual({
      os: { image: 'kiosk:7' },
      password: '(masked)',
      tokens: '(masked)',
      app: { clientSecret: '(masked)', envVars: { DB_PASSWORD: '(masked)', HOST: 'db' } },
    });
  });

  test('has no values that an object calls secret by a name', () => {
    const file = { path: '/etc/app/db-password', content: 'hunter2', mode: 384 };
    const variable = { name: 'API_TOKEN', value: 'abc' };
    expect(maskSecrets({ files: [file], env: [variable, { name: 'HOST', value: 'db' }] }, isMasked)).toEqual({
      files: [{ ...file, content: '(masked)' }],
      env: [
        { ...variable, value: '(masked)' },
        { name: 'HOST', value: 'db' },
      ],
    });
  });

  test('still says where a secret is kept', () => {
    const config = { name: 'wifi', secretRef: { name: 'wifi', namespace: 'edge', mountPath: '/etc/wifi' } };
    expect(maskSecrets({ config: [config] }, isMasked)).toEqual({ config: [config] });
    expect(maskSecrets({ secretRef: 'hunter2' }, isMasked)).toEqual({ secretRef: '(masked)' });
  });

  test('has no files with secrets in them, encoded ones included', () => {
    const plain = { path: '/etc/app.env', content: 'PASSWORD=hunter2\nA=1' };
    const encoded = { path: '/etc/app.env', content: base64(plain.content), contentEncoding: 'base64' };
    const harmless = { path: '/etc/motd', content: base64('hello'), contentEncoding: 'base64' };
    expect(maskSecrets({ inline: [plain, encoded, harmless] }, isMasked)).toEqual({
      inline: [{ ...plain, content: 'PASSWORD=(masked)\nA=1' }, { ...encoded, content: '(masked)' }, harmless],
    });
  });

  test('keeps keys that are special in JavaScript, and what is beside them', () => {
    const document = JSON.parse('{"__proto__":{"password":"one","a":1},"constructor":{"token":"two"}}') as JsonObject;
    expect(JSON.stringify(maskSecrets(document, isMasked))).toBe(
      '{"__proto__":{"password":"(masked)","a":1},"constructor":{"token":"(masked)"}}',
    );
  });

  test('of any depth is masked, and what is too deep altogether', () => {
    let deep: JsonValue = 'hunter2';
    for (let level = 0; level < 20_000; level += 1) deep = level % 2 === 0 ? { a: deep } : [deep];
    expect(JSON.stringify(maskSecrets({ deep, password: deep }, isMasked))).not.toContain('hunter2');
  });
});

describe('a masked record', () => {
  test('has sentences as they were written', () => {
    const record = { reason: 'rotated the token: see the ticket', before: 'Open' };
    expect(maskRecord(record, isMasked)).toEqual(record);
  });

  test('has neither values of masked keys nor passwords in URLs', () => {
    const record = {
      backup: { artifact: 's3://key:hunter2@host/x' },
      device: { password: 'two', spec: [{ token: 3 }] },
    };
    expect(maskRecord(record, isMasked)).toEqual({
      backup: { artifact: 's3://key:(masked)@host/x' },
      device: { password: '(masked)', spec: [{ token: '(masked)' }] },
    });
  });
});

/** Secrets as no other part of a document spells them. */
const secret = fc.stringMatching(/^S[0-9a-f]{12}S$/);
const secretKey = fc.constantFrom('password', 'DB_PASSWORD', 'apiKey', 'clientSecret', 'x-token', 'credentials');
const plainKey = fc.constantFrom('os', 'image', 'config', 'name', 'list', '__proto__', 'a/b', 'm~n');

const { document } = fc.letrec<{ value: JsonValue; underSecret: JsonValue; document: JsonObject }>((tie) => ({
  underSecret: fc.oneof(
    { maxDepth: 2 },
    secret,
    fc.array(tie('underSecret'), { maxLength: 3 }),
    fc.dictionary(plainKey, tie('underSecret'), { maxKeys: 3 }),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('x', 'y\nz', '', 1, true, null),
    tie('document'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  document: fc
    .tuple(
      fc.dictionary(plainKey, tie('value'), { maxKeys: 4 }),
      fc.dictionary(secretKey, tie('underSecret'), { maxKeys: 2 }),
    )
    .map(([plain, secrets]) => Object.fromEntries([...Object.entries(plain), ...Object.entries(secrets)])),
}));

describe('the difference of specs with secrets', () => {
  test('never shows a value that stands under a masked key', () => {
    fc.assert(
      fc.property(document, document, (from, to) => {
        expect(JSON.stringify(specDifference(from, to))).not.toMatch(/S[0-9a-f]{12}S/);
      }),
      { numRuns: 500 },
    );
  });

  test('shows exactly whether the specs differ, also where only a secret does', () => {
    fc.assert(
      fc.property(document, document, (from, to) => {
        const { patch, text } = specDifference(from, to);
        const differ = canonicalJson(from) !== canonicalJson(to);
        expect([patch.length > 0, text !== '']).toEqual([differ, differ]);
      }),
      { numRuns: 500 },
    );
  });

  test('shows two different secrets as different and the same one as the same, wherever it moved', () => {
    fc.assert(
      fc.property(
        document,
        secretKey,
        fc.uniqueArray(secret, { minLength: 2, maxLength: 2 }),
        (spec, key, [one, other]) => {
          const [before, after] = [one, other].map((value) => ({ list: [{ n: 1, [key]: value ?? '' }], spec }));
          if (before === undefined || after === undefined) return;
          const changed = specDifference(before, after);
          expect(changed.patch).toEqual([{ op: 'replace', path: `/list/0/${key}`, value: expect.any(String) }]);
          const moved = specDifference(
            { list: [{ [key]: one ?? '' }] },
            { list: [{ first: 1 }, { [key]: one ?? '' }] },
          );
          expect(moved.text).not.toMatch(/^[-+].*masked/m);
        },
      ),
    );
  });
});
