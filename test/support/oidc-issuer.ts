import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

type Key = { readonly kid: string; readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };

type SigningOptions = {
  /** Signs with a key that the issuer does not publish. */
  readonly key?: Key;
  /** Says that it was signed with that key. */
  readonly kid?: string;
};

type TokenRequest = { readonly authorization: string | undefined; readonly form: Record<string, string> };

/** A small OpenID Connect issuer on a port of its own: discovery, keys, and tokens with whatever claims a test wants. */
export type TestIssuer = {
  readonly url: string;
  /** A token with these claims, signed with the newest key. */
  sign(claims: JWTPayload, options?: SigningOptions): Promise<string>;
  /** Signs with a new key from now on; the earlier key is no longer published. */
  rotate(): Promise<void>;
  /** The public key as text, for who mistakes it for a shared secret. */
  publicKeyText(): Promise<string>;
  /** Number of requests for its keys. */
  keyRequests(): number;
  /** From now on its documents are answered with this status. */
  answerWith(status: number): void;
  /** From now on this is the answer to requests for tokens: a text as it is; none if it is undefined. */
  answerTokensWith(status: number, answer: object | string | undefined): void;
  /** Requests for tokens since this was asked last. */
  takeTokenRequests(): readonly TokenRequest[];
  stop(): Promise<void>;
};

/**
 * @param port where it was before, to come back there
 * @param more what its metadata say beside where its keys are
 */
export async function startIssuer(port = 0, more: object = {}): Promise<TestIssuer> {
  let key = await newKey('first');
  let keyRequests = 0;
  let status = 200;
  const documents: Record<string, () => Promise<object>> = {
    '/.well-known/openid-configuration': async () => ({
      issuer: url,
      jwks_uri: `${url}/keys`,
      token_endpoint: `${url}/token`,
      ...more,
    }),
    '/keys': async () => {
      keyRequests += 1;
      return { keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, alg: 'RS256', use: 'sig' }] };
    },
  };
  const tokenRequests: TokenRequest[] = [];
  let tokenAnswer: { status: number; answer: object | string | undefined } = { status: 404, answer: {} };
  const answerTokens = async (request: IncomingMessage, response: ServerResponse) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    tokenRequests.push({ authorization: request.headers.authorization, form });
    const { status, answer } = tokenAnswer;
    if (answer === undefined) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      void answerTokens(request, response);
      return;
    }
    const document = documents[request.url ?? ''];
    const answer = async () => {
      response.writeHead(document === undefined ? 404 : status, { 'content-type': 'application/json' });
      response.end(JSON.stringify((await document?.()) ?? {}));
    };
    void answer();
  });
  const url = await listening(server, port);
  return {
    url,
    sign: async (claims, options = {}) =>
      await new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: options.kid ?? (options.key ?? key).kid })
        .sign((options.key ?? key).privateKey),
    async rotate() {
      key = await newKey(`next-${Math.random().toString(36).slice(2)}`);
    },
    publicKeyText: () => exportSPKI(key.publicKey),
    keyRequests: () => keyRequests,
    answerWith(given) {
      status = given;
    },
    answerTokensWith(given, answer) {
      tokenAnswer = { status: given, answer };
    },
    takeTokenRequests: () => tokenRequests.splice(0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function newKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair('RS256', { extractable: true })) };
}

async function listening(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the issuer has no port');
  return `http://127.0.0.1:${address.port}`;
}
