import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { forwardedCertificate } from '../../src/auth/forwarded-certificate.ts';
import { TrialAuthority } from '../../src/cli/pki/trial-authority.ts';
import { validNow } from '../support/trial-pki.ts';

let pem: string;
let another: string;

beforeAll(async () => {
  const authority = await TrialAuthority.create('test authority', validNow);
  pem = (await authority.issueDevice('gateway-1', validNow)).certificate;
  another = (await authority.issueDevice('gateway-2', validNow)).certificate;
});

const found = (header: string) => forwardedCertificate(header)?.subject;
const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

test('Envoy’s field Cert is found among any others, and only in the last element', () => {
  const key = fc.constantFrom('By', 'Hash', 'URI', 'DNS', 'Subject', 'Chain');
  const bare = fc.stringMatching(/^[A-Za-z0-9:/._=-]{0,20}$/);
  const field = fc.tuple(key, fc.oneof(bare, fc.string({ maxLength: 20 }).map(quoted))).map(([k, v]) => `${k}=${v}`);
  const fields = fc.array(field, { maxLength: 4 });
  fc.assert(
    fc.property(fields, fields, fc.array(fields.filter((some) => some.length > 0)), (before, after, elements) => {
      const wanted = [...before, `Cert="${encodeURIComponent(pem)}"`, ...after].join(';');
      const earlier = elements.map((some) => [...some, `Cert="${encodeURIComponent(another)}"`].join(';'));
      expect(found([...earlier, wanted].join(','))).toBe('CN=gateway-1');
    }),
  );
});

test('whatever a header holds, it is a certificate or it is none', () => {
  const pieces = fc.constantFrom(
    'Cert=',
    '"',
    '\\',
    ';',
    ',',
    '%',
    '%2',
    '-----BEGIN ',
    'MIIB',
    '=',
    ':',
    ' ',
    'Subject="',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
  );
  fc.assert(fc.property(text, (header) => found(header) === undefined));
});

test('a certificate with one byte changed is another certificate, or none', () => {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const { raw } = forwardedCertificate(der.toString('base64')) ?? {};
  expect(raw?.equals(der)).toBe(true);
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ change;
      expect(forwardedCertificate(changed.toString('base64'))?.raw.equals(der)).not.toBe(true);
    }),
  );
});

test('a header that is longer than any certificate is not looked into', () => {
  expect(found(`Cert="${encodeURIComponent(pem)}";Subject="${'x'.repeat(70_000)}"`)).toBeUndefined();
});

describe('of two certificates neither passes, for one may have come from the client', () => {
  const der = (text: string) => Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const base64 = (text: string) => der(text).toString('base64');
  test.each([
    ['one PEM text after the other', () => `${encodeURIComponent(another)}${encodeURIComponent(pem)}`],
    ['two header lines of PEM', () => `${encodeURIComponent(another)}, ${encodeURIComponent(pem)}`],
    ['two header lines of PEM that is not encoded', () => `${another.trim()}, ${pem.trim()}`],
    ['two in one element of Envoy', () => `Cert="${encodeURIComponent(another + pem)}"`],
    [
      'two fields of one element of Envoy',
      () => `Cert="${encodeURIComponent(another)}";Cert="${encodeURIComponent(pem)}"`,
    ],
    ['two lines of Base64', () => `${base64(another)}, ${base64(pem)}`],
    ['two lines of RFC 9440', () => `:${base64(another)}:, :${base64(pem)}:`],
    ['the bytes of both in Base64', () => Buffer.concat([der(another), der(pem)]).toString('base64')],
    ['PEM texts in Base64', () => Buffer.from(another + pem).toString('base64')],
    ['one PEM text, and other text after it', () => encodeURIComponent(`${another}x`)],
  ])('%s', (_what, header) => {
    expect(found(header())).toBeUndefined();
  });
});

test('PEM passes as it is, percent-encoded, and with blanks in place of its line ends', () => {
  expect(found(pem)).toBe('CN=gateway-1');
  expect(found(encodeURIComponent(pem))).toBe('CN=gateway-1');
  expect(found(pem.trim().replaceAll('\n', ' '))).toBe('CN=gateway-1');
});
