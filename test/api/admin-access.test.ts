import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createStaticToken, hashOfToken } from '../../src/auth/static-tokens.ts';
import { allPermissions } from '../../src/domain/access/roles.ts';
import { authConfigSchema } from '../../src/domain/resources/auth-config.ts';
import { eventListSchema } from '../../src/domain/resources/event.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { guardRoutes } from '../../src/api/access.ts';
import { RefusalLimit } from '../../src/listener/refusal-limit.ts';
import { buildApiApp } from '../../src/api/api-app.ts';
import { createListener, type Listener } from '../../src/listener/listener.ts';
import { deviceRequest } from '../support/documents.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { newKey, startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;
let app: Listener;
let issuer: TestIssuer;
let other: TestIssuer;
let directory: string;

const audience = 'muster-api';
const tokens = {
  viewer: createStaticToken(),
  operator: createStaticToken(),
  restorer: createStaticToken(),
  admin: createStaticToken(),
  expired: createStaticToken(),
  revoked: createStaticToken(),
};

const entry = (role: keyof typeof tokens, more: object = {}) => ({
  name: `${role}-machine`,
  role,
  sha256: hashOfToken(tokens[role]).toString('hex'),
  ...more,
});

beforeAll(async () => {
  [issuer, other] = await Promise.all([startIssuer(), startIssuer()]);
  directory = await mkdtemp(join(tmpdir(), 'muster-access-'));
  const tokensFile = join(directory, 'tokens.json');
  const entries = [
    entry('viewer'),
    entry('operator'),
    entry('restorer'),
    entry('admin', { expires: '2026-11-21T08:00:01Z' }),
    entry('expired', { role: 'admin', expires: '2026-11-21T08:00:00Z' }),
    entry('revoked', { role: 'admin' }),
  ];
  await writeFile(tokensFile, JSON.stringify(entries), { mode: 0o600 });
  here = await createTestContext({
    env: {
      MUSTER_OIDC_ISSUER: issuer.url,
      MUSTER_OIDC_AUDIENCE: audience,
      MUSTER_OIDC_CLIENT_ID: 'muster-cli',
      MUSTER_OIDC_ROLES: 'fleet-readers=viewer,muster-operator=operator,muster-admin=admin',
      MUSTER_TOKENS_FILE: tokensFile,
      MUSTER_TRUSTED_PROXIES: '10.0.0.0/8',
    },
  });
  app = await buildApiApp(here.context);
  await writeFile(tokensFile, JSON.stringify(entries.slice(0, -1)), { mode: 0o600 });
  await here.context.credentialFiles.reload();
});

afterAll(async () => {
  await app.close();
  await here.close();
  await Promise.all([issuer.stop(), other.stop(), rm(directory, { recursive: true })]);
});

const nowSeconds = Date.parse('2026-11-21T08:00:00Z') / 1_000;

function claims(more: JWTPayload = {}): JWTPayload {
  return { aud: audience, exp: nowSeconds + 60, preferred_username: 'alice', groups: ['muster-admin'], ...more };
}

function without(claim: string): JWTPayload {
  return Object.fromEntries(Object.entries(claims()).filter(([name]) => name !== claim));
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(): string {
  return `${base64url({ alg: 'none' })}.${base64url({ iss: issuer.url, ...claims() })}.`;
}

async function signedWithPublicKey(): Promise<string> {
  const text = `${base64url({ alg: 'HS256', kid: 'first' })}.${base64url({ iss: issuer.url, ...claims() })}`;
  const secret = await issuer.publicKeyText();
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function tampered(): Promise<string> {
  const [header, , signature] = (await issuer.sign(claims({ groups: [] }))).split('.');
  return `${header}.${base64url({ iss: issuer.url, ...claims() })}.${signature}`;
}

type Request = { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; body?: object };

const asked: Request = { path: '/devices' };
const resume: Request = { method: 'POST', path: '/deviceactions/resume', body: { labelSelector: 'a=b' } };
const declare: Request = { method: 'POST', path: '/restores', body: {} };
const decommission: Request = { method: 'PUT', path: '/devices/one/decommission', body: { target: 'Unenroll' } };

async function send({ method = 'GET', path, body }: Request, authorization: string | undefined) {
  const response = await app.inject({
    method,
    url: path.startsWith('//') ? path.slice(1) : `/api/v1${path}`,
    ...(body !== undefined && { payload: body }),
    headers: authorization === undefined ? {} : { authorization },
  });
  return { code: response.statusCode, headers: response.headers, text: response.body };
}

type Row = [
  what: string,
  authorization: () => string | undefined | Promise<string>,
  request: Request,
  code: 401 | 403,
  says: RegExp,
];

const bearer = async (token: Promise<string> | string) => `Bearer ${await token}`;

const refused: Row[] = [
  ['nothing', () => undefined, asked, 401, /^nobody is logged in: expected Authorization: Bearer TOKEN$/],
  ['an empty header', () => '', asked, 401, /^nobody is logged in/],
  ['a header without a scheme', () => tokens.admin, asked, 401, /^the Authorization header cannot be read/],
  ['a header with two tokens', () => `Bearer ${tokens.admin} x`, asked, 401, /cannot be read/],
  ['a scheme alone', () => 'Bearer', asked, 401, /cannot be read/],
  [
    'a user and a password',
    () => `Basic ${Buffer.from('admin:admin').toString('base64')}`,
    asked,
    401,
    /cannot be read/,
  ],
  ['a token longer than any', () => `Bearer ${'x'.repeat(16_385)}`, asked, 401, /cannot be read/],
  ['a static token nobody has', () => bearer(createStaticToken()), asked, 401, /^the token is not known here$/],
  ['the start of a static token', () => bearer(tokens.admin.slice(0, -1)), asked, 401, /not known/],
  ['the hash of a static token', () => bearer(hashOfToken(tokens.admin).toString('hex')), asked, 401, /not known/],
  ['an expired static token', () => bearer(tokens.expired), asked, 401, /^the token expired-machine has expired$/],
  ['a revoked static token', () => bearer(tokens.revoked), asked, 401, /not known/],
  ['two parts of a JWT', () => bearer('e30.e30'), asked, 401, /not known/],
  ['a JWT of nonsense', () => bearer('abc.def.ghi'), asked, 401, /^the token is malformed$/],
  [
    'a JWT of another audience',
    () => bearer(issuer.sign(claims({ aud: 'shop' }))),
    asked,
    401,
    /another audience: expected muster-api or muster-cli$/,
  ],
  ['a JWT of no audience', () => bearer(issuer.sign(without('aud'))), asked, 401, /another audience/],
  [
    'a JWT of another issuer',
    () => bearer(other.sign(claims(), { kid: 'first' })),
    asked,
    401,
    /^the signature of the token is wrong$/,
  ],
  [
    'a JWT in the name of another issuer',
    () => bearer(issuer.sign(claims({ iss: other.url }))),
    asked,
    401,
    /another issuer: expected http/,
  ],
  ['an expired JWT', () => bearer(issuer.sign(claims({ exp: nowSeconds - 11 }))), asked, 401, /^the token has expired/],
  ['a JWT that never expires', () => bearer(issuer.sign(without('exp'))), asked, 401, /lacks the claim exp/],
  [
    'a JWT that is not valid yet',
    () => bearer(issuer.sign(claims({ nbf: nowSeconds + 11 }))),
    asked,
    401,
    /^the token is not valid yet$/,
  ],
  ['a JWT without a signature', () => bearer(unsigned()), asked, 401, /signed in a way that is not accepted/],
  ['a JWT signed with the public key as a secret', () => bearer(signedWithPublicKey()), asked, 401, /not accepted/],
  [
    'a JWT of a key that nobody has',
    async () => bearer(issuer.sign(claims(), { key: await newKey('made-up') })),
    asked,
    401,
    /a key that the issuer does not have/,
  ],
  [
    'a JWT of a foreign key under a known name',
    async () => bearer(issuer.sign(claims(), { key: await newKey('first') })),
    asked,
    401,
    /signature/,
  ],
  ['a JWT with other claims than were signed', () => bearer(tampered()), asked, 401, /signature/],
  [
    'a JWT of nobody',
    () => bearer(issuer.sign(without('preferred_username'))),
    asked,
    401,
    /expected a name in its claim preferred_username/,
  ],
  [
    'a JWT of somebody with line breaks',
    () => bearer(issuer.sign(claims({ preferred_username: 'a\nuser:b' }))),
    asked,
    401,
    /expected a name/,
  ],
  [
    'a JWT of groups that give no role',
    () => bearer(issuer.sign(claims({ groups: ['viewer', 'admin', 'muster-restorer'] }))),
    asked,
    403,
    /^this needs the permission devices.read, .*; user:alice has no role$/,
  ],
  ['a JWT without groups', () => bearer(issuer.sign(without('groups'))), asked, 403, /user:alice has no role$/],
  [
    'a viewer who resumes',
    () => bearer(tokens.viewer),
    resume,
    403,
    /permission devices.decide, which comes with the role operator or admin; token:viewer-machine has only: viewer$/,
  ],
  [
    'a viewer who adopts',
    () => bearer(issuer.sign(claims({ groups: ['fleet-readers'] }))),
    { ...resume, path: '/deviceactions/adopt' },
    403,
    /user:alice has only: viewer$/,
  ],
  [
    'a viewer who edits a fleet',
    () => bearer(tokens.viewer),
    { method: 'PUT', path: '/fleets/a', body: {} },
    403,
    /fleets.edit/,
  ],
  ['a viewer who declares a restore', () => bearer(tokens.viewer), declare, 403, /restores.declare/],
  [
    'an operator who declares a restore',
    () => bearer(tokens.operator),
    declare,
    403,
    /which comes with the role restorer or admin/,
  ],
  ['an operator who gives up a device', () => bearer(tokens.operator), decommission, 403, /devices.decommission/],
  [
    'an operator who deletes a device',
    () => bearer(tokens.operator),
    { method: 'DELETE', path: '/devices/one' },
    403,
    /devices.delete/,
  ],
  ['a restorer who resumes', () => bearer(tokens.restorer), resume, 403, /devices.decide/],
  ['a restorer who looks at devices', () => bearer(tokens.restorer), asked, 403, /devices.read/],
  ['a restorer who reads metrics', () => bearer(tokens.restorer), { path: '//metrics' }, 403, /metrics.read/],
  ['nobody who reads metrics', () => undefined, { path: '//metrics' }, 401, /nobody is logged in/],
  ['nobody who asks who that is', () => undefined, { path: '/auth/whoami' }, 401, /nobody is logged in/],
];

describe('refused is', () => {
  test.each(refused)('%s', async (_what, authorization, request, code, says) => {
    const answer = await send(request, await authorization());
    expect({ code: answer.code, text: answer.text }).toEqual({ code, text: answer.text });
    const status = statusSchema.parse(JSON.parse(answer.text));
    expect(status).toMatchObject({ status: 'Failure', code, reason: code === 401 ? 'Unauthorized' : 'Forbidden' });
    expect(status.message).toMatch(says);
    expect(answer.headers['www-authenticate'] ?? '').toMatch(code === 401 ? /^Bearer realm="muster"/ : /^$/);
    for (const secret of Object.values(tokens)) expect(answer.text).not.toContain(secret);
  });
});

describe('let in is', () => {
  const allowed: [what: string, authorization: () => Promise<string>, request: Request, code: number][] = [
    ['a viewer who looks at devices', () => bearer(tokens.viewer), asked, 200],
    ['a viewer who reads metrics', () => bearer(tokens.viewer), { path: '//metrics' }, 200],
    ['an operator who resumes', () => bearer(tokens.operator), resume, 200],
    [
      'an operator who creates a device',
      () => bearer(tokens.operator),
      { method: 'POST', path: '/devices', body: {} },
      400,
    ],
    ['a restorer who declares a restore', () => bearer(tokens.restorer), declare, 201],
    ['a restorer who looks at the current restore', () => bearer(tokens.restorer), { path: '/restores/current' }, 200],
    ['an admin who gives up a device', () => bearer(tokens.admin), decommission, 404],
    [
      'an ID token of the client of the command lines',
      () => bearer(issuer.sign(claims({ aud: 'muster-cli' }))),
      asked,
      200,
    ],
    ['a JWT of several audiences', () => bearer(issuer.sign(claims({ aud: ['shop', audience] }))), asked, 200],
    ['a JWT that expired within the tolerance', () => bearer(issuer.sign(claims({ exp: nowSeconds - 9 }))), asked, 200],
    ['a JWT that is valid in a moment', () => bearer(issuer.sign(claims({ nbf: nowSeconds + 10 }))), asked, 200],
    ['a JWT with one group as a text', () => bearer(issuer.sign(claims({ groups: 'fleet-readers' }))), asked, 200],
    ['a scheme in small letters', async () => `bearer ${tokens.viewer}`, asked, 200],
    ['anybody known who asks for organizations', () => bearer(tokens.restorer), { path: '/organizations' }, 200],
  ];

  test.each(allowed)('%s', async (_what, authorization, request, code) => {
    const answer = await send(request, await authorization());
    expect({ code: answer.code, text: answer.text }).toEqual({ code, text: answer.text });
  });

  test.each(['//healthz', '//readyz', '//openapi.json', '//docs/', '/version', '/auth/config'])(
    'everybody to %s, whatever they show',
    async (path) => {
      const answers = [await send({ path }, undefined), await send({ path }, 'Bearer wrong')];
      expect(answers.map(({ code }) => code)).toEqual([200, 200]);
    },
  );
});

test('who asks is told who that is, and what that one may do', async () => {
  const token = await issuer.sign(claims({ groups: ['muster-operator', 'fleet-readers', 'staff'] }));
  const { text } = await send({ path: '/auth/whoami' }, `Bearer ${token}`);
  expect(JSON.parse(text)).toEqual({
    name: 'user:alice',
    roles: ['viewer', 'operator'],
    permissions: [
      'devices.read',
      'devices.edit',
      'devices.decide',
      'fleets.read',
      'fleets.edit',
      'enrollment.read',
      'enrollment.edit',
      'enrollment.decide',
      'certificates.read',
      'certificates.edit',
      'certificates.decide',
      'restores.read',
      'events.read',
      'metrics.read',
    ],
  });
});

test('clients are told how to log in', async () => {
  const { text } = await send({ path: '/auth/config' }, undefined);
  const config = authConfigSchema.parse(JSON.parse(text));
  expect(config).toMatchObject({ apiVersion: 'v1beta1', defaultProvider: 'oidc' });
  expect(config.providers).toMatchObject([
    {
      kind: 'AuthProvider',
      metadata: { name: 'oidc' },
      spec: { providerType: 'oidc', issuer: issuer.url, clientId: 'muster-cli', audience, clientSecret: '' },
    },
    { metadata: { name: 'token' }, spec: { providerType: 'k8s', displayName: 'Tokens' } },
  ]);
});

test('whoever has a token can ask whether it is accepted', async () => {
  const accepted = await send({ path: '/auth/validate' }, await bearer(tokens.restorer));
  expect(accepted.code).toBe(200);
  expect(statusSchema.parse(JSON.parse(accepted.text))).toMatchObject({ status: 'Success', code: 200 });
  for (const wrong of [undefined, 'Bearer wrong', await bearer(tokens.expired)]) {
    expect(await send({ path: '/auth/validate' }, wrong)).toMatchObject({ code: 401 });
  }
});

describe('an organization that a request names', () => {
  const ours = '00000000-0000-0000-0000-000000000000';
  const other = '11111111-2222-3333-4444-555555555555';
  const ask = async (path: string) => await send({ path }, await bearer(tokens.admin));
  const everything = ['/devices', '/fleets', '/events', '/enrollmentrequests', '/labels?kind=Device', '/restores'];
  const named = (path: string, organization: string) =>
    `${path}${path.includes('?') ? '&' : '?'}org_id=${organization}`;

  test.each(everything)('may be ours, and no other, at %s', async (path) => {
    expect(await ask(named(path, ours))).toMatchObject({ code: 200 });
    expect(await ask(named(path, ''))).toMatchObject({ code: 200 });
    const refused = await ask(named(path, other));
    expect(refused).toMatchObject({
      code: 403,
      text: expect.stringContaining(`one organization here: expected org_id ${ours}`),
    });
    expect(await ask(named(path, 'default'))).toMatchObject({
      code: 400,
      text: expect.stringContaining('org_id: expected the id'),
    });
  });

  test('keeps an action from being done', async () => {
    const path = named('/deviceactions/resume', other);
    expect(await send({ ...resume, path }, await bearer(tokens.admin))).toMatchObject({ code: 403 });
  });

  test('is refused when it is named twice', async () => {
    expect(await ask(`/devices?org_id=${ours}&org_id=${other}`)).toMatchObject({ code: 400 });
  });

  test.each(['/organizations', '/auth/validate', '/auth/config', '/auth/whoami'])(
    'does not matter to %s',
    async (path) => {
      expect(await ask(named(path, other))).toMatchObject({ code: 200 });
    },
  );
});

test('events say who acted, from where (whatever a stranger says of it) and in which request', async () => {
  const response = await app.inject({
    method: 'POST',
    url: '/api/v1/devices',
    remoteAddress: '192.0.2.7',
    headers: {
      authorization: `Bearer ${tokens.operator}`,
      'x-request-id': 'change-4711',
      'x-forwarded-for': '198.51.100.1',
    },
    payload: deviceRequest('seen', { labels: { site: 'north' } }),
  });
  expect(response.statusCode).toBe(201);
  const { text } = await send({ path: '/events?limit=1' }, `Bearer ${tokens.viewer}`);
  const [event] = eventListSchema.parse(JSON.parse(text)).items;
  expect(event).toMatchObject({
    reason: 'ResourceCreated',
    actor: 'token:operator-machine',
    metadata: { annotations: { 'muster/from': '192.0.2.7', 'muster/request': 'change-4711' } },
  });
});

test('events of decisions say so too, behind a proxy as well; those of the service itself do not', async () => {
  const fleet = new FleetFixture(here);
  await fleet.create('paused');
  await fleet.report('paused', 9);
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/deviceactions/resume',
    remoteAddress: '10.0.0.1',
    headers: {
      authorization: await bearer(issuer.sign(claims())),
      'x-request-id': 'decision',
      'x-forwarded-for': '198.51.100.1, 192.0.2.8, 10.9.9.9',
    },
    payload: { fieldSelector: 'metadata.name=paused' },
  });
  expect(answer.json()).toMatchObject({ resumedDevices: 1 });
  const { text } = await send(
    { path: '/events?fieldSelector=involvedObject.name%3Dpaused' },
    `Bearer ${tokens.viewer}`,
  );
  const [resumed, paused] = eventListSchema.parse(JSON.parse(text)).items;
  expect(resumed).toMatchObject({
    actor: 'user:alice',
    metadata: { annotations: { 'muster/from': '192.0.2.8', 'muster/request': 'decision' } },
  });
  expect(paused).toMatchObject({ reason: 'DeviceConflictPaused', actor: 'service:muster' });
  expect(Object.keys(paused?.metadata.annotations ?? {})).toEqual(['muster/restore']);
});

test('a restore says which machine declared it', async () => {
  const { text } = await send(declare, `Bearer ${tokens.restorer}`);
  expect(JSON.parse(text)).toMatchObject({ spec: { declaredBy: 'token:restorer-machine' } });
});

describe('the OpenAPI document', () => {
  const operations = z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
        'x-permission': z.string().optional(),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  );

  test('says of each operation what it needs', () => {
    const document = app.swagger();
    const all = Object.values(operations.parse(document.paths)).flatMap((methods) => Object.values(methods));
    const open = all.filter((operation) => operation['x-permission'] === undefined);
    expect(open.map(({ operationId }) => operationId).toSorted()).toEqual([
      'authConfig',
      'authToken',
      'getVersion',
      'healthz',
      'readyz',
    ]);
    for (const operation of all.filter((one) => !open.includes(one))) {
      expect(operation).toMatchObject({ security: [{ bearer: [] }] });
      expect([...allPermissions, 'known']).toContain(operation['x-permission']);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
    }
    expect(document).toMatchObject({ components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } });
  });

  test('leaves no permission unused', () => {
    const used = Object.values(operations.parse(app.swagger().paths)).flatMap((methods) =>
      Object.values(methods).map((operation) => operation['x-permission']),
    );
    expect(allPermissions.filter((permission) => !used.includes(permission))).toEqual([]);
  });
});

test('a route that names no permission keeps the listener from starting', () => {
  const bare = createListener(here.context.log);
  guardRoutes(bare, undefined, { log: here.context.log, refusals: new RefusalLimit(0, []) });
  expect(() => bare.get('/secrets', () => 'all of them')).toThrow(
    'GET /secrets does not name the permission that it needs: expected config.access',
  );
});
