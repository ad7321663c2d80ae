import { describe, expect, test } from 'vitest';
import { checkCertificateRequest } from '../../src/auth/certificate-request.ts';
import { requireOwnName } from '../../src/domain/certificates/device-certificates.ts';
import { DeviceKey } from '../support/device-key.ts';

const rsa = (modulusLength: number) => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
});
const pemOf = (der: Uint8Array, label = 'CERTIFICATE REQUEST') =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
const derOf = (pem: string) => Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64');

describe('a certificate signing request', () => {
  test.each([
    ['EC P-256', undefined],
    ['EC P-384', { name: 'ECDSA', namedCurve: 'P-384' }],
    ['RSA 2048', rsa(2_048)],
  ])('with a key of %s is read', async (_kind, algorithm) => {
    const key = await DeviceKey.make(algorithm);
    expect(await checkCertificateRequest(await key.request('CN=edge-1'))).toMatchObject({ commonName: 'edge-1' });
  });

  test('with the key of an agent tells the name that comes of the key', async () => {
    const key = await DeviceKey.make();
    const read = await checkCertificateRequest(await key.request('CN=another'));
    expect(read.keyName).toBe(key.name);
    expect(key.name).toMatch(/^[0-9a-v]{52}$/);
  });

  test('whose signature was made with another key is refused', async () => {
    const der = derOf(await (await DeviceKey.make()).request('CN=edge-1'));
    // Still an octet within the signature: its last.
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    await expect(checkCertificateRequest(pemOf(der))).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('has no signature of its own key'),
    });
  });

  test.each([
    [
      'RSA with 1024 bits',
      async () => await (await DeviceKey.make(rsa(1_024))).request('CN=a'),
      /has a key that is not accepted/,
    ],
    ['RSA with 8192 bits', async () => pemOf(bigRsaRequest()), /has a key that is not accepted/],
    [
      'a signature with SHA-1',
      async () => await (await DeviceKey.make(undefined, 'SHA-1')).request('CN=a'),
      /no signature of its own key/,
    ],
    ['no common name', async () => await (await DeviceKey.make()).request('O=Acme'), /exactly one common name/],
    ['two common names', async () => await (await DeviceKey.make()).request('CN=a, CN=b'), /exactly one common name/],
    ['no PEM text', async () => 'PEM', /expected one PKCS#10 request in PEM form/],
    ['two requests', async () => pemOf(new Uint8Array(4)).repeat(2), /expected one PKCS#10 request/],
    ['anything else in it', async () => pemOf(Buffer.from('anything')), /expected a PKCS#10 request/],
    ['nine thousand bytes', async () => pemOf(new Uint8Array(9_000)), /too long: expected at most 8192 bytes/],
  ])('with %s is refused with 400', async (_what, make, says) => {
    await expect(checkCertificateRequest(await make())).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(says),
    });
  });

  test('that is nested or padded as deep and long as it may be is refused within half a second', async () => {
    const hostile = [
      Buffer.from(Array.from({ length: 4_096 }, () => [0x30, 0x80]).flat()),
      Buffer.concat([Buffer.from([0x30, 0x82, 0x1f, 0xf0]), Buffer.alloc(8_176, 0x05)]),
      Buffer.concat([
        Buffer.from([0x30, 0x82, 0x1f, 0xf0]),
        ...Array.from({ length: 4_088 }, () => Buffer.from([5, 0])),
      ]),
    ];
    for (const der of hostile) {
      const began = performance.now();
      await expect(checkCertificateRequest(pemOf(der))).rejects.toMatchObject({ status: 400 });
      expect(performance.now() - began).toBeLessThan(500);
    }
  });

  test('is for the device that it names, alone or after device:, and for no other', () => {
    const named = (commonName: string) => ({ commonName, keyName: undefined, publicKey: new Uint8Array() });
    requireOwnName('edge-1', named('edge-1'));
    requireOwnName('edge-1', named('device:edge-1'));
    expect(() => requireOwnName('edge-1', named('edge-2'))).toThrow('names "edge-2": expected the common name edge-1');
    expect(() => requireOwnName('edge-1', named('device:device:edge-1'))).toThrow('expected the common name edge-1');
  });
});

/** The shape of a request with an RSA key of 8192 bits, which would take long to make. */
function bigRsaRequest(): Uint8Array {
  const sequence = (...parts: Buffer[]) => tlv(0x30, Buffer.concat(parts));
  const modulus = tlv(0x02, Buffer.concat([Buffer.from([0]), Buffer.alloc(1_024, 0xff)]));
  const key = sequence(modulus, tlv(0x02, Buffer.from([1, 0, 1])));
  const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
  const nothing = tlv(0x05, Buffer.alloc(0));
  const spki = sequence(
    sequence(oid('2a864886f70d010101'), nothing),
    tlv(0x03, Buffer.concat([Buffer.from([0]), key])),
  );
  const name = sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('a')))));
  const info = sequence(tlv(0x02, Buffer.from([0])), name, spki, tlv(0xa0, Buffer.alloc(0)));
  const signature = tlv(0x03, Buffer.alloc(1_025));
  return sequence(info, sequence(oid('2a864886f70d01010b'), nothing), signature);
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
