import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskedKeys } from '../../../src/domain/secrets/masked-keys.ts';
import { maskText } from '../../../src/domain/secrets/masked-text.ts';

const mask = (text: string) => maskText(text, maskedKeys(), () => '***');

describe('a masked text', () => {
  test.each([
    ['an environment file', 'USER=muster\nDB_PASSWORD=hunter2 # ours\nPORT=1', 'USER=muster\nDB_PASSWORD=***\nPORT=1'],
    ['a shell file', 'export API_TOKEN="a b" OTHER=1', 'export API_TOKEN="***" OTHER=1'],
    ['YAML', 'db:\n  password: hunter2\n  host: db', 'db:\n  password: ***\n  host: db'],
    ['YAML with quotes', "password: 'it''s'", "password: '***'"],
    ['a block of YAML', 'privateKey: |\n  one\n\n  two\nhost: db', 'privateKey: ***\nhost: db'],
    ['a map of YAML', 'secrets:\n  db: one\n  web: two\nhost: db', 'secrets:***\nhost: db'],
    ['a list of YAML', 'tokens:\n- one\n- two\nhost: db', 'tokens:***\nhost: db'],
    [
      'names and values of YAML',
      '- name: DB_PASSWORD\n  value: one\n- name: HOST\n  value: db',
      '- name: DB_PASSWORD\n  value: ***\n- name: HOST\n  value: db',
    ],
    ['one line of JSON', '{"password":"a\\"b","user":"u","token": 1}', '{"password":"***","user":"u","token": ***'],
    ['many lines of JSON', '{\n  "secret": {\n    "a": 1\n  },\n  "b": 2\n}', '{\n  "secret": ***\n  },\n  "b": 2\n}'],
    ['TOML', 'api_key = "abc"\nname = "x"', 'api_key = "***"\nname = "x"'],
    ['a quotation that goes on', "export TOKEN='ab'c'd' X=1", 'export TOKEN=***'],
    ['a quotation that is not closed', 'password: "one\n  two"\nhost: db', 'password: ***\nhost: db'],
    ['a header', 'Authorization: Bearer abc', 'Authorization: ***'],
    [
      'options of a command',
      'ExecStart=/bin/x --user u --password hunter2 --db-token=t',
      'ExecStart=/bin/x --user u --password ***',
    ],
    ['a URL', 'url: postgres://muster:hunter2@db/muster?x=y', 'url: postgres://muster:***@db/muster?x=y'],
    ['several URLs', 'a://u:p@h b://v:q@h c://w@h', 'a://u:***@h b://v:***@h c://w@h'],
    ['a private key', 'x\n-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\ny', 'x\n***\ny'],
    ['half a private key', 'x\n-----BEGIN PRIVATE KEY-----\nabc', 'x\n***'],
    ['a key without a value', 'password=\nhost=db', 'password=\nhost=db'],
    [
      'what holds no secret',
      'image: quay.io/acme/kiosk:7\nmotd: tokens are fun',
      'image: quay.io/acme/kiosk:7\nmotd: tokens are fun',
    ],
  ])('shows nothing secret of %s', (_what, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  test('does not hold what stands after a masked key, however it is written', () => {
    const key = fc.constantFrom('password', 'DB_PASSWORD', 'apiToken', 'client-secret', 'x.credential.y');
    const sign = fc.constantFrom('=', ': ', ':', ' = ', ' : ', '=   ', '": ', "': ");
    const around = fc.constantFrom('', '  ', '- ', '# ', 'export ', '{"', 'x: y\n  ');
    const secret = fc.stringMatching(/^[A-Za-z0-9!$%^*+]{6,30}$/);
    fc.assert(
      fc.property(around, key, sign, secret, (before, name, parting, value) => {
        expect(mask(`${before}${name}${parting}${value}\nafter: 1`)).not.toContain(value);
      }),
      { numRuns: 500 },
    );
  });

  test('is the text itself where no word of a key occurs in it', () => {
    const signs = fc.constantFrom('a', ':', '=', '\n', ' ', '"', '-', '@', '{', '|', "'");
    fc.assert(
      fc.property(fc.string({ unit: signs }), (text) => {
        expect(mask(text)).toBe(text);
      }),
    );
  });

  test.each([
    ['a run of letters', 'a'.repeat(300_000)],
    ['keys without end', 'password'.repeat(40_000)],
    ['signs without end', '=:'.repeat(150_000)],
    ['keys and signs', 'a-b_c.d='.repeat(40_000)],
    ['options', ' --a'.repeat(80_000)],
    ['signs of URLs', '://a:'.repeat(60_000)],
    ['beginnings of keys', '-----BEGIN PRIVATE KEY-----'.repeat(10_000)],
    ['quotation marks', 'password="'.repeat(30_000)],
    ['lines that go on', `password:\n${' x\n'.repeat(80_000)}`],
  ])('takes no longer for %s than one pass', (_what, text) => {
    expect(mask(text).length).toBeLessThanOrEqual(text.length * 2);
  });
});
