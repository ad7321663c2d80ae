import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { AddressSet } from '../config/address-ranges.ts';
import { LRUCache } from 'lru-cache';
import { forwardedCertificate } from './forwarded-certificate.ts';

/** Credential that a client presents; it is not checked yet. */
export type PresentedCredential =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'certificate';
      readonly certificate: X509Certificate;
      /** Intermediate certificates that came with it. */
      readonly presented: readonly X509Certificate[];
      /** Fault that the TLS handshake has found; null if none, or if the handshake was a proxy's. */
      readonly handshakeFault: string | null;
    }
  | { readonly kind: 'unreadable'; readonly what: string };

/** Forwarded certificates that are kept parsed. */
const maxForwarded = 20_000;
const maxPresentedChain = 5;

/** Kinds of credentials that are looked for. */
type Expected = {
  readonly tokens: boolean;
  readonly certificates: boolean;
  /** In lower case. */
  readonly forwardedHeader: string | undefined;
  readonly trustedProxies: readonly string[];
};

/** Finds what a request says of who sends it: a token before a forwarded certificate before that of its own connection. */
export class CredentialReader {
  private readonly expected: Expected;
  private readonly proxies: AddressSet;
  private readonly ofConnections = new WeakMap<TLSSocket, PresentedCredential>();
  private readonly forwarded = new LRUCache<string, PresentedCredential>({ max: maxForwarded });

  constructor(expected: Expected) {
    this.expected = expected;
    this.proxies = new AddressSet(expected.trustedProxies);
  }

  /** Undefined if the request says nothing of it. */
  read(request: IncomingMessage): PresentedCredential | undefined {
    const { tokens, certificates } = this.expected;
    const { authorization } = request.headers;
    if (tokens && authorization !== undefined) {
      const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
      return token === undefined ? { kind: 'unreadable', what: 'Authorization header' } : { kind: 'token', token };
    }
    return this.readForwarded(request) ?? (certificates ? this.ofConnection(request) : undefined);
  }

  private readForwarded({ headers, socket }: IncomingMessage): PresentedCredential | undefined {
    const { forwardedHeader } = this.expected;
    const value = forwardedHeader === undefined ? undefined : headers[forwardedHeader];
    if (typeof value !== 'string' || value === '' || !this.proxies.has(socket.remoteAddress ?? '')) return undefined;
    const known = this.forwarded.get(value);
    if (known !== undefined) return known;
    const certificate = forwardedCertificate(value);
    if (certificate === undefined) return { kind: 'unreadable', what: `${forwardedHeader ?? ''} header` };
    // Its issuers have to be in the bundle: what else comes in a header nobody has checked.
    const found = { kind: 'certificate', certificate, presented: [], handshakeFault: null } as const;
    this.forwarded.set(value, found);
    return found;
  }

  private ofConnection({ socket }: IncomingMessage): PresentedCredential | undefined {
    if (!(socket instanceof TLSSocket)) return undefined;
    const known = this.ofConnections.get(socket);
    if (known !== undefined) return known;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    const handshakeFault = socket.authorized ? null : String(socket.authorizationError);
    const found = { kind: 'certificate', certificate, presented: issuersOf(certificate), handshakeFault } as const;
    this.ofConnections.set(socket, found);
    return found;
  }
}

/** The certificates that a client sent with its own. */
function issuersOf(certificate: X509Certificate): X509Certificate[] {
  const issuers: X509Certificate[] = [];
  let issuer = certificate.issuerCertificate;
  while (issuer !== undefined && issuers.length < maxPresentedChain) {
    issuers.push(issuer);
    issuer = issuer.issuerCertificate;
  }
  return issuers;
}
