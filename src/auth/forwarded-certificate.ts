import { X509Certificate } from 'node:crypto';

/** Longer than any chain of certificates that a proxy hands on. */
const maxHeader = 64 * 1024;

/** One certificate in PEM form and nothing beside it. */
const onePem = /^\s*-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----\s*$/;

/**
 * The certificate that a proxy hands on, in whichever of the usual forms: PEM, percent-encoded (nginx, AWS load balancers);
 * Envoy's `Hash=…;Cert="…";Subject="…"`; DER in Base64, bare (HAProxy, Traefik) or between colons (RFC 9440).
 *
 * Only Envoy's form says which of several certificates the proxy has added. In any other, more than one is refused: the first
 * may have come from the client, in a header that the proxy did not remove.
 *
 * @returns undefined if it is none of them, or more than one
 */
export function forwardedCertificate(header: string): X509Certificate | undefined {
  if (header.length > maxHeader) return undefined;
  try {
    const der = encodedCertificate(header.trim());
    if (der === undefined) return undefined;
    const certificate = new X509Certificate(der);
    // It reads the first certificate and leaves out what comes after it.
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    // Whatever it is, it is no certificate.
    return undefined;
  }
}

/** @returns the bytes that stand for a certificate; undefined if the text is in none of the forms */
function encodedCertificate(text: string): Buffer | undefined {
  const base64 = /^(:?)([A-Za-z0-9+/]+={0,2})\1$/.exec(text)?.[2];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  const pem = /^-----BEGIN(?: |%20)/.test(text) ? text : envoyFields(text).get('cert');
  const body = pem === undefined ? undefined : onePem.exec(decodeURIComponent(pem))?.[1];
  return body === undefined ? undefined : Buffer.from(body, 'base64');
}

/**
 * The fields of the last element of an `X-Forwarded-Client-Cert` header: every proxy on the way adds one at the end, so that is
 * the one that the proxy wrote that we talk to. The names of fields are in lower case. None if that element has two certificates.
 */
function envoyFields(text: string): Map<string, string> {
  let fields = new Map<string, string>();
  const field = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))(?:([;,])|$)/y;
  for (;;) {
    const match = field.exec(text);
    if (match === null) return new Map();
    const [, name = '', quoted, bare = '', separator] = match;
    const key = name.toLowerCase();
    if (key === 'cert' && fields.has(key)) return new Map();
    fields.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? bare);
    if (separator === undefined) return fields;
    if (separator === ',') fields = new Map();
    while (text[field.lastIndex] === ' ') field.lastIndex += 1;
  }
}
