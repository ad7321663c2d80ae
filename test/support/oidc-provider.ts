import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Provider, type Configuration } from 'oidc-provider';

/** A real OpenID Connect provider. Whoever comes to it is alice, and agrees to everything. */
export type TestProvider = {
  readonly url: string;
  /** Does what a person does with a browser at an address that `muster login` shows. @returns the last page */
  visit(address: string): Promise<string>;
  stop(): Promise<void>;
};

export const clientId = 'muster-cli';
/** A client that has a secret. */
export const confidentialClient = { id: 'muster-web', secret: 'c0nf:dential & more' };

/** @param idTokenSeconds how long tokens hold */
export async function startProvider({ idTokenSeconds }: { idTokenSeconds: number }): Promise<TestProvider> {
  const server = createServer();
  const url = await listening(server);
  const provider = new Provider(url, configuration(idTokenSeconds));
  const callback = provider.callback();
  server.on('request', (request, response) => {
    void (request.url?.startsWith('/interaction/')
      ? interact(provider, request, response)
      : callback(request, response));
  });
  return {
    url,
    visit,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configuration(idTokenSeconds: number): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
      },
      {
        client_id: confidentialClient.id,
        client_secret: confidentialClient.secret,
        application_type: 'native',
        redirect_uris: ['http://localhost/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['test'] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: false },
    },
    claims: { openid: ['sub', 'preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    scopes: ['openid', 'offline_access'],
    ttl: { IdToken: idTokenSeconds, AccessToken: idTokenSeconds },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: sub, groups: ['muster-operator'] }),
    }),
  };
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: 'alice' } });
    return;
  }
  const grant = new provider.Grant({ accountId: 'alice', clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

/** Follows redirects and sends forms on, with cookies, until a page asks for nothing more. */
async function visit(address: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next: { url: string; form?: URLSearchParams } | undefined = { url: address };
  let page = '';
  while (next !== undefined) {
    const { url, form }: { url: string; form?: URLSearchParams } = next;
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== undefined && { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    page = await response.text();
    const location = response.headers.get('location');
    next = location === null ? formIn(page, url) : { url: new URL(location, url).href };
  }
  return page;
}

function formIn(page: string, url: string): { url: string; form: URLSearchParams } | undefined {
  const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
  if (action === undefined) return undefined;
  const inputs = [...page.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
  const form = new URLSearchParams(inputs.map(([, name = '', value = '']): [string, string] => [name, value]));
  return { url: new URL(action, url).href, form };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the provider has no port');
  return `http://127.0.0.1:${address.port}`;
}
