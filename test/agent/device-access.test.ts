import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { TrialAuthority } from '../../src/cli/pki/trial-authority.ts';
import { systemClock } from '../../src/time/clock.ts';
import { startAgentServer, type AgentServer } from '../support/agent-server.ts';
import { enrollmentRequest, eventsNamed } from '../support/enrollment.ts';
import { bearer, callTls, openSocket, type Call, type Presented, type TlsAnswer } from '../support/tls-client.ts';
import { expired, notYetValid, TrialPki, validNow } from '../support/trial-pki.ts';

const self = 'gateway-1';
const other = 'gateway-2';
const forwardedHeader = 'X-Forwarded-Client-Cert';

let pki: TrialPki;
let elsewhere: TrialAuthority;
let agent: AgentServer;
let behindProxy: AgentServer;
let behindOtherProxy: AgentServer;

beforeAll(async () => {
  pki = await TrialPki.make();
  elsewhere = await TrialAuthority.create('test authority', validNow);
  const start = (env: Record<string, string>) =>
    startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '10ms', ...env }, overrides: { clock: systemClock } });
  const proxied = { MUSTER_AGENT_CLIENT_CA: pki.path('ca.crt'), MUSTER_FORWARDED_CERT_HEADER: forwardedHeader };
  agent = await start(pki.env);
  behindProxy = await start({ ...proxied, MUSTER_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.0/8' });
  behindOtherProxy = await start({ ...proxied, MUSTER_TRUSTED_PROXIES: '10.0.0.0/8,::1,127.0.0.2' });
  for (const server of [agent, behindProxy, behindOtherProxy]) {
    await server.fleet.create(self);
    await server.fleet.create(other);
  }
});

afterAll(async () => {
  await Promise.all([agent, behindProxy, behindOtherProxy].map((server) => server.close()));
  await pki.remove();
});

const poll: Call = { method: 'GET', path: `/devices/${self}/rendered?knownRenderedVersion=3` };

async function ask(presented: Presented, call = poll): Promise<TlsAnswer> {
  return await callTls(agent.url.replace('http:', 'https:'), pki.ca, presented, call);
}

async function askProxied(server: AgentServer, header: string, call = poll): Promise<TlsAnswer> {
  return await callTls(server.url, pki.ca, { headers: { [forwardedHeader]: header } }, call);
}

async function signed(
  claims: { sub?: string | object; aud?: string; exp?: number; nbf?: number },
  { alg = 'EdDSA', key = pki.tokenKey }: { alg?: string; key?: KeyObject | Uint8Array } = {},
): Promise<Presented> {
  const payload = { sub: self, aud: 'muster-agent', ...claims } as JWTPayload;
  const token = await new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
  return bearer(token);
}

const seconds = (offset: number) => Math.floor(Date.now() / 1_000) + offset;
const escaped = (pem: string) => encodeURIComponent(pem);
const envoy = (pem: string) => `Hash=ab12;Cert="${escaped(pem)}";Subject="CN=a,O=\\"b\\"";URI=`;

type Refusal = readonly [what: string, code: 401 | 403, ask: () => Promise<TlsAnswer>, says: RegExp];

const certificates: Refusal[] = [
  ['nothing at all', 401, () => ask({}), /^expected a client certificate .* or a device token/],
  [
    'a certificate of another authority of the same name',
    401,
    async () => ask({ identity: await elsewhere.issueDevice(self, validNow) }),
    /was not issued by an authority that is trusted here/,
  ],
  ['an expired certificate', 401, async () => ask({ identity: await pki.device(self, expired) }), /has expired/],
  [
    'one that is not valid yet',
    401,
    async () => ask({ identity: await pki.device(self, notYetValid) }),
    /is not valid yet/,
  ],
  [
    'the certificate of another device',
    403,
    async () => ask({ identity: await pki.device(other) }),
    /may speak only for itself/,
  ],
  ['a certificate without a name', 401, async () => ask({ identity: await pki.client({}) }), /does not name a device/],
  [
    'one whose common name is no name of a device',
    401,
    async () => ask({ identity: await pki.client({ commonName: `${self}/../${other}` }) }),
    /does not name a device/,
  ],
  [
    'one that names two devices',
    401,
    async () =>
      ask({
        identity: await pki.client({
          alternativeNames: [
            { type: 'dns', value: self },
            { type: 'dns', value: other },
          ],
        }),
      }),
    /does not name a device/,
  ],
  [
    'one whose alternative name is the device’s and whose common name is another’s',
    403,
    async () =>
      ask({ identity: await pki.client({ commonName: other, alternativeNames: [{ type: 'dns', value: self }] }) }),
    /may speak only for itself/,
  ],
  [
    'a server’s certificate with the device’s name',
    401,
    async () => ask({ identity: await pki.authority.issueServer([self], validNow) }),
    /is not meant for clients/,
  ],
  [
    'the authority’s own certificate',
    401,
    async () => ask({ identity: pki.authority.identity }),
    /is that of an authority/,
  ],
  [
    'a certificate for enrolling',
    403,
    async () => ask({ identity: await pki.device('client-enrollment-7') }),
    /is for enrolling/,
  ],
];

const tokens: Refusal[] = [
  [
    'a token that is not signed',
    401,
    () => ask(bearer(new UnsecuredJWT({ sub: self, aud: 'muster-agent' }).encode())),
    /is not signed/,
  ],
  [
    'a token signed with the public key as a shared secret',
    401,
    async () => ask(await signed({}, { alg: 'HS256', key: pki.publicKeyBytes })),
    /is not signed with a key that is trusted/,
  ],
  [
    'a token of another key',
    401,
    async () => ask(await signed({}, { key: generateKeyPairSync('ed25519').privateKey })),
    /is not signed with a key that is trusted/,
  ],
  [
    'a token signed in another way',
    401,
    async () =>
      ask(await signed({}, { alg: 'ES256', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })),
    /is not signed with a key that is trusted/,
  ],
  ['a token for another service', 401, async () => ask(await signed({ aud: 'muster-api' })), /is not for this service/],
  [
    'a token for nobody in particular',
    401,
    async () => {
      const token = await new SignJWT({ sub: self }).setProtectedHeader({ alg: 'EdDSA' }).sign(pki.tokenKey);
      return await ask(bearer(token));
    },
    /is not for this service/,
  ],
  ['an expired token', 401, async () => ask(await signed({ exp: seconds(-60) })), /has expired/],
  ['a token that is not valid yet', 401, async () => ask(await signed({ nbf: seconds(600) })), /is not valid yet/],
  ['a token without a subject', 401, async () => ask(await signed({ sub: '' })), /does not name a device/],
  [
    'a token whose subject is an object',
    401,
    async () => ask(await signed({ sub: { name: self } })),
    /not name a device/,
  ],
  ['a token whose subject is no name', 401, async () => ask(await signed({ sub: 'A B' })), /does not name a device/],
  ['the token of another device', 403, async () => ask(bearer(await pki.token(other))), /may speak only for itself/],
  [
    'a token whose subject was changed',
    401,
    async () => {
      const [header, , signature] = (await pki.token(other)).split('.');
      const payload = Buffer.from(JSON.stringify({ sub: self, aud: 'muster-agent' })).toString('base64url');
      return await ask(bearer(`${header}.${payload}.${signature}`));
    },
    /is not signed with a key that is trusted/,
  ],
  ['what is no token', 401, () => ask(bearer('gateway-1')), /is malformed/],
  ['a password', 401, () => ask({ headers: { authorization: 'Basic Z2F0ZXdheS0xOng=' } }), /cannot be read; expected/],
  [
    'a wrong token beside the right certificate',
    401,
    async () => ask({ ...(await signed({ exp: seconds(-60) })), identity: await pki.device(self) }),
    /has expired/,
  ],
];

const forwarded: Refusal[] = [
  ['no header', 401, () => callTls(behindProxy.url, pki.ca, {}, poll), /^expected a client certificate/],
  [
    'the right header from an address that is not named',
    401,
    async () => askProxied(behindOtherProxy, escaped((await pki.device(self)).certificate)),
    /^expected a client certificate/,
  ],
  [
    'a certificate of another authority',
    401,
    async () => askProxied(behindProxy, escaped((await elsewhere.issueDevice(self, validNow)).certificate)),
    /was not issued by an authority/,
  ],
  [
    'an expired certificate',
    401,
    async () => askProxied(behindProxy, envoy((await pki.device(self, expired)).certificate)),
    /has expired/,
  ],
  [
    'another device’s certificate',
    403,
    async () => askProxied(behindProxy, escaped((await pki.device(other)).certificate)),
    /may speak only for itself/,
  ],
  [
    'a header that was tampered with',
    401,
    async () => {
      const { certificate } = await pki.device(other);
      const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
      der.write(self, der.indexOf(other));
      return await askProxied(behindProxy, der.toString('base64'));
    },
    /was not issued by an authority/,
  ],
  [
    'a header that is cut off',
    401,
    async () => askProxied(behindProxy, envoy((await pki.device(self)).certificate).slice(0, 400)),
    /cannot be read/,
  ],
  ['a header that is no certificate', 401, () => askProxied(behindProxy, 'CN=gateway-1'), /cannot be read/],
  [
    'a server’s certificate',
    401,
    async () => askProxied(behindProxy, escaped((await pki.authority.issueServer([self], validNow)).certificate)),
    /is not meant for clients/,
  ],
  [
    'the right certificate before the one that the proxy added',
    403,
    async () => {
      const [first, last] = await Promise.all([pki.device(self), pki.device(other)]);
      return await askProxied(behindProxy, `${envoy(first.certificate)},${envoy(last.certificate)}`);
    },
    /may speak only for itself/,
  ],
];

describe.each([
  ['over mutual TLS', certificates],
  ['with a token', tokens],
  ['through a proxy', forwarded],
])('a device %s is refused for', (_way, refusals) => {
  test.each(refusals)('%s, with %d', async (_what, code, ask, says) => {
    const answer = await ask();
    expect(answer).toMatchObject({
      code,
      body: { kind: 'Status', status: 'Failure', code, reason: code === 401 ? 'Unauthorized' : 'Forbidden' },
    });
    expect((answer.body as { message: string }).message).toMatch(says);
    for (const server of [agent, behindProxy, behindOtherProxy]) {
      expect((await server.fleet.row(self)).state.reported).toBeNull();
    }
  });
});

test('a refusal says what is accepted, and nothing of whether there is such a device', async () => {
  const [known, unknown, nowhere] = await Promise.all([
    ask({}),
    ask({}, { method: 'GET', path: '/devices/nobody/rendered' }),
    ask({}, { method: 'GET', path: '/devices' }),
  ]);
  expect(known.headers['www-authenticate']).toBe('Bearer realm="muster-agent"');
  expect(unknown.body).toEqual(known.body);
  expect(nowhere.body).toEqual(known.body);
});

describe('a WebSocket is refused before the upgrade for', () => {
  const open = (presented: Presented) => openSocket(agent.url.replace('http:', 'https:'), pki.ca, self, presented);

  test.each<[string, number, () => Promise<Presented>]>([
    ['nothing at all', 401, async () => ({})],
    [
      'a certificate of another authority',
      401,
      async () => ({ identity: await elsewhere.issueDevice(self, validNow) }),
    ],
    ['an expired certificate', 401, async () => ({ identity: await pki.device(self, expired) })],
    ['the certificate of another device', 403, async () => ({ identity: await pki.device(other) })],
    ['a certificate for enrolling', 403, async () => ({ identity: await pki.device('client-enrollment') })],
    ['a token of another key', 401, () => signed({}, { key: generateKeyPairSync('ed25519').privateKey })],
    ['the token of another device', 403, async () => bearer(await pki.token(other))],
  ])('%s, with %d', async (_what, code, presented) => {
    const answer = await open(await presented());
    expect(answer).toMatchObject({ code, body: { kind: 'Status', status: 'Failure', code } });
    expect(agent.gateway.sockets.count).toBe(0);
  });
});

describe('a device is heard', () => {
  const heard = async (answer: Promise<TlsAnswer>) => expect(await answer).toMatchObject({ code: 200 });
  const said: Call = {
    method: 'PUT',
    path: `/devices/${self}/status`,
    body: {
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata: { name: self },
      status: { config: { renderedVersion: '0' } },
    },
  };

  test.each<[string, Parameters<TrialPki['client']>[0]]>([
    ['its common name', { commonName: self }],
    ['its common name as Flight Control writes it', { commonName: `device:${self}` }],
    ['a DNS name', { alternativeNames: [{ type: 'dns', value: self }] }],
    ['a URI', { alternativeNames: [{ type: 'url', value: `spiffe://acme.example/plant-4/device/${self}` }] }],
  ])('by %s in its certificate', async (_what, wish) => {
    await heard(ask({ identity: await pki.client(wish) }, said));
  });

  test('by a token, whether that ends or not', async () => {
    await heard(ask(bearer(await pki.token(self)), said));
    await heard(ask(bearer(await pki.token(self, 60)), said));
  });

  test('by a token again and again, until that has expired', async () => {
    const start = new Date();
    const presented = bearer(await pki.token(self, 100));
    const own = await startAgentServer({ env: { MUSTER_DEVICE_TOKEN_KEYS: pki.path('device-token.pub') } });
    try {
      await own.fleet.create(self);
      own.clock.set(start);
      for (const after of [0, 50_000]) {
        own.clock.set(new Date(start.getTime() + after));
        await heard(callTls(own.url, pki.ca, presented, said));
      }
      own.clock.set(new Date(start.getTime() + 200_000));
      expect(await callTls(own.url, pki.ca, presented, said)).toMatchObject({ code: 401 });
    } finally {
      await own.close();
    }
  });

  test.each<[string, (pem: string) => string]>([
    ['percent-encoded PEM', escaped],
    ['percent-encoded PEM with bare Base64', (pem) => escaped(pem).replaceAll('%2B', '+').replaceAll('%2F', '/')],
    ['Envoy’s fields', envoy],
    ['the last of Envoy’s elements', (pem) => `By=spiffe://a;Hash=00,${envoy(pem)}`],
    ['DER in Base64', (pem) => pem.replaceAll(/-----[^-]+-----|\s/g, '')],
    ['DER in Base64 between colons', (pem) => `:${pem.replaceAll(/-----[^-]+-----|\s/g, '')}:`],
  ])('by a certificate that a named proxy hands on as %s', async (_form, write) => {
    await heard(askProxied(behindProxy, write((await pki.device(self)).certificate), said));
  });

  test('over a WebSocket, by its certificate and by a token', async () => {
    for (const presented of [{ identity: await pki.device(self) }, bearer(await pki.token(self))]) {
      const socket = await openSocket(agent.url.replace('http:', 'https:'), pki.ca, self, presented);
      expect(socket).toBeInstanceOf(WebSocket);
      if (socket instanceof WebSocket) socket.terminate();
    }
  });
});

test('a WebSocket through a proxy is opened by the certificate that a named proxy hands on, and by no other', async () => {
  const presented = { headers: { [forwardedHeader]: escaped((await pki.device(self)).certificate) } };
  const socket = await openSocket(behindProxy.url, pki.ca, self, presented);
  expect(socket).toBeInstanceOf(WebSocket);
  if (socket instanceof WebSocket) socket.terminate();
  expect(await openSocket(behindProxy.url, pki.ca, other, presented)).toMatchObject({ code: 403 });
  expect(await openSocket(behindOtherProxy.url, pki.ca, self, presented)).toMatchObject({ code: 401 });
});

describe('enrolling', () => {
  const create = (name: string): Call => ({
    method: 'POST',
    path: '/enrollmentrequests',
    body: enrollmentRequest(name),
  });
  const read = (name: string): Call => ({ method: 'GET', path: `/enrollmentrequests/${name}` });

  test('a device asks for itself and reads its own request, by certificate and by token', async () => {
    for (const [name, presented] of [
      ['new-1', { identity: await pki.device('new-1') }],
      ['new-2', bearer(await pki.token('new-2'))],
    ] as const) {
      expect(await ask(presented, create(name))).toMatchObject({ code: 201, body: { metadata: { name } } });
      expect(await ask(presented, read(name))).toMatchObject({ code: 200, body: { metadata: { name } } });
    }
  });

  test('a device neither asks for another nor reads another’s request', async () => {
    const presented = { identity: await pki.device(self) };
    expect(await ask(presented, create('new-3'))).toMatchObject({ code: 403, body: { kind: 'Status' } });
    expect(await ask(presented, read('new-1'))).toMatchObject({ code: 403, body: { kind: 'Status' } });
    expect(await ask({ identity: await pki.device('new-3') }, read('new-3'))).toMatchObject({ code: 404 });
  });

  test('a device without a name asks with a certificate for enrolling, and reads the answer', async () => {
    const presented = { identity: await pki.device('client-enrollment') };
    expect(await ask(presented, create('new-4'))).toMatchObject({ code: 201 });
    expect(await ask(presented, read('new-4'))).toMatchObject({ code: 200 });
    expect(await eventsNamed(agent.context, 'new-4')).toMatchObject([{ actor: 'device:client-enrollment' }]);
  });

  test('nobody enrolls without a credential', async () => {
    expect(await ask({}, create('new-5'))).toMatchObject({ code: 401 });
    expect(await ask({}, read('new-1'))).toMatchObject({ code: 401 });
  });
});

test('a device cannot issue certificates to others, whatever it puts beside them', async () => {
  const device = await pki.device(other);
  const pretender = await TrialAuthority.open(device);
  const { certificate, key } = await pretender.issueDevice(self, validNow);
  const identity = { certificate: `${certificate}${device.certificate}`, key };
  expect(await ask({ identity })).toMatchObject({ code: 401 });
});
