import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStaticToken, hashOfToken } from '../src/auth/static-tokens.ts';
import { answerOf, createApiClient, type ApiClient } from '../src/client/api-client.ts';
import { readConfig } from '../src/config/config.ts';
import { replaceDatabase } from '../src/db/server/database-copies.ts';
import { startService, type RunningService } from '../src/service/service.ts';
import { DeliveryWitness } from '../src/simulator/delivery-witness.ts';
import type { DeviceCredential } from '../src/simulator/device-credential.ts';
import type { SimulatedDevice } from '../src/simulator/simulated-device.ts';
import { fresh } from '../src/simulator/starting-point.ts';
import { SimulatedFleet, type Member } from '../src/simulator/simulated-fleet.ts';
import { startIssuer, type TestIssuer } from './support/oidc-issuer.ts';
import { createTestDatabase, type TestDatabase } from './support/test-database.ts';
import { TrialPki } from './support/trial-pki.ts';

// The whole story with TLS and authentication on both listeners: nothing that anybody proves who they are with is in the
// backup, and it need not be.

let pki: TrialPki;
let issuer: TestIssuer;
let database: TestDatabase;
let service: RunningService;
let fleet: SimulatedFleet | undefined;
let backup: TestDatabase | undefined;

beforeEach(async () => {
  pki = await TrialPki.make();
  issuer = await startIssuer();
  await writeFile(
    pki.path('tokens.json'),
    JSON.stringify([{ name: 'restore-tool', role: 'restorer', sha256: hashOfToken(restorerToken).toString('hex') }]),
    { mode: 0o600 },
  );
  database = await createTestDatabase();
  service = await start();
});

afterEach(async () => {
  await fleet?.stop();
  await service.stop();
  await database.drop();
  await backup?.drop();
  await issuer.stop();
  await pki.remove();
});

async function start(before?: RunningService): Promise<RunningService> {
  const host = (address: string | undefined) => (address === undefined ? '127.0.0.1:0' : new URL(address).host);
  return await startService(
    readConfig({
      ...pki.env,
      MUSTER_OIDC_ISSUER: issuer.url,
      MUSTER_OIDC_AUDIENCE: 'muster-api',
      MUSTER_TOKENS_FILE: pki.path('tokens.json'),
      DATABASE_URL: database.url,
      MUSTER_API_LISTEN: host(before?.api),
      MUSTER_AGENT_LISTEN: host(before?.agent),
      MUSTER_LOG_LEVEL: 'silent',
      MUSTER_SWEEP_INTERVAL: '500ms',
      MUSTER_NOTICE_COPY: 'off',
      MUSTER_NOTICE_AHEAD: 'off',
    }),
  );
}

const restorerToken = createStaticToken();

function as(token: string | undefined): ApiClient {
  return createApiClient({ server: service.api, token, ca: pki.ca });
}

async function operator(): Promise<ApiClient> {
  const exp = Math.floor(Date.now() / 1_000) + 600;
  return as(await issuer.sign({ aud: 'muster-api', exp, preferred_username: 'alice', groups: ['muster-operator'] }));
}

const image = (version: number) => ({ os: { image: `quay.io/acme/os:${version}` } });

async function give(api: ApiClient, name: string, version: number): Promise<void> {
  const body = {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: { name },
    spec: image(version),
  } as const;
  await answerOf(api.PUT('/api/v1/devices/{name}', { params: { path: { name } }, body }));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** Two devices of each transport: one of them has a certificate, the other a token. */
async function membersOf(pki: TrialPki): Promise<Member[]> {
  const members: Member[] = [];
  for (const transport of ['http', 'ws'] as const) {
    const [shows, tells] = [`${transport}-certificate`, `${transport}-token`];
    const credentials: [string, DeviceCredential][] = [
      [shows, { kind: 'certificate', ...(await pki.device(shows)) }],
      [tells, { kind: 'token', token: await pki.token(tells) }],
    ];
    for (const [name, credential] of credentials) members.push({ name, transport, start: fresh, credential });
  }
  return members;
}

test('after a restore devices come back by their certificates and tokens, over HTTP and WebSocket, and are judged', async () => {
  expect([service.api, service.agent]).toEqual([
    expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
  ]);
  const api = await operator();
  const members = await membersOf(pki);
  const names = members.map(({ name }) => name);
  const ahead = names.filter((name) => name.endsWith('-certificate'));
  const witness = new DeliveryWitness();
  const reconnect = { firstMs: 50, capMs: 300 };
  fleet = new SimulatedFleet({ agentServer: service.agent, agentCa: pki.ca, members, reconnect, observer: witness });
  const devices: readonly SimulatedDevice[] = fleet.devices;
  const run =
    (version: number, whom: readonly string[] = names) =>
    () =>
      devices.every(
        (device) => !whom.includes(device.name) || (device.position.version === version && device.isConfirmed),
      );

  for (const name of names) await give(api, name, 1);
  fleet.start();
  await until(run(1));

  await service.stop();
  backup = await database.copy();
  service = await start(service);
  for (const name of ahead) await give(api, name, 2);
  await until(run(2, ahead));

  const kept = new Map(names.map((name) => [name, 1]));
  await service.stop();
  await replaceDatabase(database.url, backup.name);
  witness.restored(kept);
  service = await start(service);
  const declared = await answerOf(as(restorerToken).POST('/api/v1/restores', { body: { reason: 'a test' } }));
  expect(declared.spec.declaredBy).toBe('token:restore-tool');
  const params = { path: { name: declared.metadata.name } };
  const restore = async () => (await answerOf(api.GET('/api/v1/restores/{name}', { params }))).status.devices;
  let counts = await restore();
  while (counts.awaitingReconnect > 0) {
    await sleep(50);
    counts = await restore();
  }
  expect(counts).toMatchObject({ total: 4, conflictPaused: 2, inSync: 2 });
  expect(fleet.pausedCount).toBe(2);

  witness.resuming(ahead.map((name) => ({ name, version: 2 })));
  const resume = { body: { fieldSelector: 'status.summary.status=ConflictPaused', reason: 'a test' } };
  for (const [who, status] of [
    [as(undefined), 401],
    [as(restorerToken), 403],
  ] as const) {
    await expect(answerOf(who.POST('/api/v1/deviceactions/resume', resume))).rejects.toMatchObject({ status });
  }
  const resumed = await answerOf(api.POST('/api/v1/deviceactions/resume', resume));
  expect(resumed).toMatchObject({ resumedDevices: 2 });
  await until(run(3, ahead));
  for (const { machine } of devices) expect(machine.bootedImage).toBe(image(1).os.image);
  expect(witness.violations).toEqual([]);
  expect(fleet.counters.errors.filter(([kind]) => kind.startsWith('HTTP'))).toEqual([]);
});

test('a simulated device that nobody may trust is turned away, and gets nothing', async () => {
  const api = await operator();
  await give(api, 'a', 1);
  await give(api, 'b', 1);
  const elsewhere = await TrialPki.make();
  try {
    const members: Member[] = [
      {
        name: 'a',
        transport: 'http',
        start: fresh,
        credential: { kind: 'certificate', ...(await elsewhere.device('a')) },
      },
      { name: 'b', transport: 'ws', start: fresh, credential: { kind: 'token', token: await elsewhere.token('b') } },
    ];
    const reconnect = { firstMs: 20, capMs: 20 };
    fleet = new SimulatedFleet({ agentServer: service.agent, agentCa: pki.ca, members, reconnect });
    fleet.start();
    const { counters } = fleet;
    await until(() => counters.errors.some(([kind, count]) => kind === 'HTTP 401' && count >= 4));
    expect(counters).toMatchObject({ reports: 0, specsApplied: 0 });
  } finally {
    await elsewhere.remove();
  }
});

test('a client that does not know the authority does not talk to the service', async () => {
  const api = createApiClient({ server: service.api, token: undefined });
  await expect(answerOf(api.GET('/api/v1/version'))).rejects.toThrow(
    /cannot reach the server at https:.*its certificate is not from an authority that is trusted here \(--ca or MUSTER_CA/,
  );
});
