import * as fc from 'fast-check';
import { checkCertificateRequest } from '../../../src/auth/certificate-request.ts';
import { extensionText, objectIdentifier } from '../../../src/auth/der.ts';
import { extensionIds } from '../../../src/domain/certificates/signers.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import { fuzzTarget, require } from '../fuzz-target.ts';
import { mutated } from '../mutations.ts';

/** Certificate signing request of `CN=abc`, with an EC P-256 key. */
const body = `MIHHMHACAQAwDjEMMAoGA1UEAxMDYWJjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEAY0GiiLKXMUWivYuPfg7kJSQjhDE5l+kHG5s6qGpjbuYAvVmAQOz6Na/LiSZ
FnI8wlw1uBY7b9XNkHZ6XAtFFqAAMAoGCCqGSM49BAMCA0cAMEQCIFGgo9/lMBM7
R4iyR1DE/uxnidcDaJP7lYGXQI6RBPsWAiANdPZT21WcBuevoLuNb0X/8Q8YJkJa
SYXsR20vCF9ZAw==`;
const pemOf = (text: string) => `-----BEGIN CERTIFICATE REQUEST-----\n${text}\n-----END CERTIFICATE REQUEST-----\n`;

/** Bytes with a few of them changed, cut off or put in. */
const mutatedBytes = (bytes: Buffer) =>
  fc
    .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(2), fc.uint8Array({ minLength: 1, maxLength: 8 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((edits) => {
      let edited = bytes;
      for (const [at, removed, put] of edits) {
        edited = Buffer.concat([edited.subarray(0, at), put, edited.subarray(at + removed * put.length)]);
      }
      return edited;
    });

export const certificateRequests = fuzzTarget('certificate signing requests', {
  input: fc.oneof(
    mutated(fc.constant(pemOf(body))),
    mutatedBytes(Buffer.from(body, 'base64')).map((der) => pemOf(der.toString('base64'))),
  ),
  async check(text) {
    try {
      const { commonName } = await checkCertificateRequest(text);
      require(commonName === 'abc', 'no request whose signature holds says anything else');
    } catch (error) {
      if (!(error instanceof MusterError) || error.status !== 400) throw error;
    }
  },
});

const signerName = objectIdentifier(extensionIds.signerName);
/** The end of a certificate that says its signer, as deep as it stands there. */
const extended = (text: Buffer) => {
  const element = (tag: number, ...parts: Buffer[]) => {
    const content = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([tag, content.length]), content]);
  };
  const extension = element(0x30, element(0x06, signerName), element(0x04, element(0x13, text)));
  return element(0x30, element(0x30, element(0x02, Buffer.from([1])), element(0xa3, element(0x30, extension))));
};

export const certificateExtensions = fuzzTarget('extensions of certificates', {
  input: mutatedBytes(extended(Buffer.from('flightctl.io/enrollment'))),
  check(der) {
    const text = extensionText(der, signerName);
    require(text === undefined || text === null || text.length <= der.length, 'no text is longer than the certificate');
  },
});
