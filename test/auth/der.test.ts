import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { extensionText, objectIdentifier, printableString } from '../../src/auth/der.ts';
import { flightctlExtensions } from '../../src/auth/device-certificate-authority.ts';
import { TrialAuthority } from '../../src/cli/pki/trial-authority.ts';
import { extensionIds, signers } from '../../src/domain/certificates/signers.ts';
import { validNow } from '../support/trial-pki.ts';

const signerName = objectIdentifier(extensionIds.signerName);

test('an object identifier is written as X.690 has it', () => {
  expect(signerName.toString('hex')).toBe('2b06010401868d1f0101');
});

test('a text of any length is written with the length that it has', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 4_000]) {
    const written = printableString('a'.repeat(length));
    expect(written.length - length).toBe(length < 128 ? 2 : length < 256 ? 3 : 4);
  }
});

test('the text of an extension is found where it stands, and not where it is only written', async () => {
  const authority = await TrialAuthority.create('CA', validNow);
  const issue = async (commonName: string, extensions: ReturnType<typeof flightctlExtensions>) => {
    const subject = [{ CN: [commonName] }];
    const { certificate } = await authority.issue({ subject, usage: 'client', validity: validNow, extensions });
    return new X509Certificate(certificate).raw;
  };
  const real = await issue('edge-1', flightctlExtensions(signers.renewal, 'device:edge-1'));
  expect(extensionText(real, signerName)).toBe('flightctl.io/device-management-renewal');
  expect(extensionText(real, objectIdentifier(extensionIds.device))).toBe('device:edge-1');
  expect(extensionText(await issue('edge-1', []), signerName)).toBeUndefined();
  // The bytes of an extension within the subject say nothing.
  const bytes = Buffer.concat([Buffer.from([0x06, signerName.length]), signerName]).toString('latin1');
  expect(extensionText(await issue(`${bytes}\u0004\u0003\u0013\u0001a`, []), signerName)).toBeUndefined();
});
