import { X509Certificate } from 'node:crypto';

/** Longer than any chain of certificates that a proxy hands on. */
const maxHeader = 64 * 1024;

/**
 * The certificate that a proxy hands on, in whichever of the usual forms: PEM, percent-encoded (nginx, AWS load balancers);
 * Envoy's `Hash=…;Cert="…";Subject="…"`; DER in Base64, bare (HAProxy, Traefik) or between colons (RFC 9440).
 *
 * @returns undefined if it is none of them
 */
export function forwardedCertificate(header: string): X509Certificate | undefined {
  if (header.length > maxHeader) return undefined;
  const text = header.trim();
  try {
    return new X509Certificate(encodedCertificate(text));
  } catch {
    // Whatever it is, it is no certificate.
    return undefined;
  }
}

function encodedCertificate(text: string): string | Buffer {
  const base64 = /^(:?)([A-Za-z0-9+/]+={0,2})\1$/.exec(text)?.[2];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (/^-----BEGIN(?: |%20)/.test(text)) return decodeURIComponent(text);
  return decodeURIComponent(envoyFields(text).get('cert') ?? '');
}

/**
 * The fields of the last element of an `X-Forwarded-Client-Cert` header: every proxy on the way adds one at the end, so that is
 * the one that the proxy wrote that we talk to. The names of fields are in lower case.
 */
function envoyFields(text: string): Map<string, string> {
  let fields = new Map<string, string>();
  const field = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))(?:([;,])|$)/y;
  for (;;) {
    const match = field.exec(text);
    if (match === null) return new Map();
    const [, name = '', quoted, bare = '', separator] = match;
    fields.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare);
    if (separator === undefined) return fields;
    if (separator === ',') fields = new Map();
    while (text[field.lastIndex] === ' ') field.lastIndex += 1;
  }
}
