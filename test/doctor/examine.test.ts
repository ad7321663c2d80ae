import { mkdtemp, rm, writeFile, chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/service/app.ts';
import type { Environment } from '../../src/config/config.ts';
import { TrialAuthority } from '../../src/cli/pki/trial-authority.ts';
import { examine } from '../../src/doctor/examine.ts';
import { judgeNode, judgeOpenFiles } from '../../src/doctor/examine-machine.ts';
import type { Area, Finding } from '../../src/doctor/finding.ts';
import { judgeClock } from '../../src/doctor/judge-clock.ts';
import { verifyDatabase } from '../../src/usecases/verify-database.ts';
import { startIssuer } from '../support/oidc-issuer.ts';
import { freePort } from '../support/servers.ts';
import { RedisServer } from '../support/redis-server.ts';
import { createTestContext } from '../support/test-context.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { expired, notYetValid, TrialPki, validNow } from '../support/trial-pki.ts';
import { useContext } from '../support/use-fleet.ts';

const freePorts = { MUSTER_API_LISTEN: '127.0.0.1:0', MUSTER_AGENT_LISTEN: '127.0.0.1:0' };
const closing: Array<() => Promise<unknown>> = [];

const here = await useContext();

beforeAll(async () => {
  await verifyDatabase(here.context);
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function findings(env: Environment): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of examine({ DATABASE_URL: here.database.url, ...freePorts, ...env })) found.push(finding);
  return found;
}

/** Findings of one area: level and text. */
async function found(area: Area, env: Environment = {}): Promise<string[]> {
  return (await findings(env)).filter((one) => one.area === area).map(({ level, found }) => `${level}: ${found}`);
}

describe('the doctor', () => {
  test('finds nothing wrong with a service that can run, in the order of its areas, and advises nothing', async () => {
    const all = await findings({});
    expect(all.filter(({ level }) => level === 'problem')).toEqual([]);
    expect([...new Set(all.map(({ area }) => area))]).toEqual([
      'configuration',
      'machine',
      'data directory',
      'journal',
      'certificates',
      'issuer',
      'renderer',
      'database',
      'redis',
      'listeners',
    ]);
    expect(all.filter(({ level, advice }) => level === 'ok' && advice !== undefined)).toEqual([]);
  });

  test('says what to do about everything that is not well', async () => {
    const all = await findings({ REDIS_URL: 'redis://127.0.0.1:1', MUSTER_TYPO: '1', KV_PASSWORD: 'x' });
    const unwell = all.filter(({ level }) => level !== 'ok');
    expect(unwell.length).toBeGreaterThan(1);
    expect(unwell.filter(({ advice = '' }) => advice === '')).toEqual([]);
  });
});

describe('of the configuration', () => {
  test('every wrong setting is a problem, and the rest is not looked at', async () => {
    const all = await findings({ MUSTER_REPORT_BATCH: 'many', MUSTER_SWEEP_INTERVAL: 'soon' });
    expect(all.filter(({ level }) => level === 'problem').map((one) => one.found)).toEqual([
      expect.stringContaining('MUSTER_SWEEP_INTERVAL: expected a duration') as string,
      expect.stringContaining('MUSTER_REPORT_BATCH: expected a whole number') as string,
    ]);
    expect(all.map(({ area }) => area)).not.toContain('database');
  });

  test('an unknown variable is a warning that names the likely one', async () => {
    const all = await findings({ MUSTER_API_LISTN: '127.0.0.1:1', MUSTER_SERVER: 'http://x', MUSTER_FOO: 'bar' });
    expect(all.filter(({ area, level }) => area === 'configuration' && level === 'warning')).toEqual([
      {
        area: 'configuration',
        level: 'warning',
        found: 'MUSTER_API_LISTN is set, but there is no such setting',
        advice: 'Rename it if MUSTER_API_LISTEN is meant.',
      },
      expect.objectContaining({ found: 'MUSTER_FOO is set, but there is no such setting' }),
    ]);
  });

  test('a password without its URL is a warning', async () => {
    expect(await found('configuration', { KV_PASSWORD: 'hush' })).toContain(
      'warning: KV_PASSWORD is set and REDIS_URL is not',
    );
  });

  test('an open address without authentication is a problem', async () => {
    expect(await found('configuration', { MUSTER_API_LISTEN: '0.0.0.0:0' })).toEqual([
      expect.stringMatching(/^problem: MUSTER_API_LISTEN: 0\.0\.0\.0 is no loopback address/) as string,
    ]);
  });
});

describe('of the machine', () => {
  test('an old Node.js is a problem, and few open files are a warning', () => {
    expect(judgeNode('18.20.0').level).toBe('problem');
    expect(judgeNode('20.19.9').level).toBe('problem');
    expect([judgeNode('20.20.0').level, judgeNode('22.1.0').level]).toEqual(['ok', 'ok']);
    expect(judgeOpenFiles(1_024).level).toBe('warning');
    expect([judgeOpenFiles(65_536).level, judgeOpenFiles(undefined).level]).toEqual(['ok', 'ok']);
  });

  test('a clock that is far off is a warning that says which way', () => {
    expect(judgeClock('database', 20, 'x')).toMatchObject({
      level: 'ok',
      found: expect.stringContaining('20 ms') as string,
    });
    expect(judgeClock('database', -90_000, 'x').found).toBe('its clock is 90.0 s behind the one here');
    expect(judgeClock('redis', 1_500, 'x')).toMatchObject({
      level: 'warning',
      found: 'its clock is 1.5 s ahead of the one here',
    });
  });
});

describe('of the data directory', () => {
  const without = { DATABASE_URL: undefined };

  test('one that can be made is well; that the database is private is a warning', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-doctor-'));
    closing.push(() => rm(directory, { recursive: true }));
    expect(await found('data directory', { ...without, MUSTER_DATA_DIR: join(directory, 'a', 'b') })).toEqual([
      `ok: ${join(directory, 'a', 'b')} can be written; a private PostgreSQL will be set up there`,
      'warning: the database is a private one',
    ]);
  });

  test('one below a file is a problem', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-doctor-'));
    closing.push(() => rm(directory, { recursive: true }));
    const file = join(directory, 'file');
    await writeFile(file, '');
    const [finding = ''] = await found('data directory', { ...without, MUSTER_DATA_DIR: join(file, 'data') });
    expect(finding).toMatch(/^problem: .*file(\/data)? (is no directory|cannot be written)/);
  });
});

describe('of the database', () => {
  test('one that does not answer is a problem, without its password', async () => {
    const env = { DATABASE_URL: 'postgres://muster@127.0.0.1:1/muster', DB_PASSWORD: 'hush-hush' };
    const all = await findings(env);
    expect(all.filter(({ area }) => area === 'database')).toEqual([
      expect.objectContaining({
        level: 'problem',
        found: expect.stringMatching(/^muster on 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/) as string,
      }),
    ]);
    expect(JSON.stringify(all)).not.toContain('hush-hush');
  });

  test('one that is not there is a problem that says so', async () => {
    const url = new URL(here.database.url);
    url.pathname = '/nowhere';
    expect(await found('database', { DATABASE_URL: url.toString() })).toEqual([
      expect.stringMatching(/^problem: nowhere on .* cannot be used: .*"nowhere" does not exist/) as string,
    ]);
  });

  test('its version, clock, migrations and identity are looked at', async () => {
    expect(await found('database')).toEqual([
      expect.stringMatching(/^ok: test_\w+ on .* is reached: PostgreSQL \d+/) as string,
      ...(await found('database')).filter((line) => line.includes('fsync')),
      expect.stringMatching(/^ok: its clock and the one here are \d+ ms apart/) as string,
      expect.stringMatching(/^ok: all \d+ migrations are applied/) as string,
      'ok: it is the database that the service last ran on',
    ]);
  });

  test('one that is empty or behind is set up at the start; one that is ahead is a problem', async () => {
    const empty = await createTestDatabase('template1');
    closing.push(() => empty.drop());
    expect(await found('database', { DATABASE_URL: empty.url })).toContain(
      'ok: it is empty: the service will set it up at its start',
    );
    const database = await createTestDatabase();
    closing.push(() => database.drop());
    const client = postgres(database.url, { max: 1 });
    closing.push(() => client.end());
    await client`DELETE FROM muster_migrations WHERE id = (SELECT max(id) FROM muster_migrations)`;
    expect((await found('database', { DATABASE_URL: database.url })).join()).toMatch(
      /ok: \d+ of \d+ migrations are applied; the service will apply the others at its start/,
    );
    await client`INSERT INTO muster_migrations (hash, created_at) VALUES ('later', 9999999999999)`;
    expect(await found('database', { DATABASE_URL: database.url })).toContain(
      'problem: a newer Muster has migrated it (1 migrations are unknown here)',
    );
  });

  test('a copy is a warning where the service will declare the restore, and a problem where it will not', async () => {
    const original = await createTestContext();
    await verifyDatabase(original.context);
    await original.context.destroy();
    const copy = await original.database.copy();
    closing.push(
      () => original.database.drop(),
      () => copy.drop(),
    );
    const isCopy = 'it is a copy of the database that the service last ran on: its database oid was';
    expect((await found('database', { DATABASE_URL: copy.url })).join('\n')).toContain(`warning: ${isCopy}`);
    expect((await found('database', { DATABASE_URL: copy.url, MUSTER_NOTICE_COPY: 'off' })).join('\n')).toContain(
      `problem: ${isCopy}`,
    );
  });
});

describe('of Redis', () => {
  test('one that does not answer is a problem, without its password', async () => {
    const all = await findings({ REDIS_URL: 'redis://127.0.0.1:1', KV_PASSWORD: 'hush-hush' });
    expect(all.filter(({ area }) => area === 'redis')).toEqual([
      expect.objectContaining({
        level: 'problem',
        found: 'the server at 127.0.0.1:1 cannot be used: connect ECONNREFUSED 127.0.0.1:1',
      }),
    ]);
    expect(JSON.stringify(all)).not.toContain('hush-hush');
  });

  test('its version, clock, eviction and persistence are looked at, and what is unwise is a warning', async () => {
    const redis = await RedisServer.start();
    closing.push(() => redis.remove());
    expect(await found('redis', { REDIS_URL: redis.url })).toEqual([
      expect.stringMatching(/^ok: the server at 127\.0\.0\.1:\d+ is reached: (Redis|Valkey) \d/) as string,
      expect.stringMatching(/^ok: its clock/) as string,
      'ok: it keeps what it is given (noeviction)',
      'warning: it forgets everything when it restarts',
    ]);
    const client = new Redis(redis.url);
    closing.push(async () => client.disconnect());
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'save', '60 1');
    expect((await found('redis', { REDIS_URL: redis.url })).slice(2)).toEqual([
      'warning: it may throw keys away when its memory is full (maxmemory-policy allkeys-lru)',
      'ok: it keeps its data over a restart (snapshots)',
    ]);
    await client.replicaof('127.0.0.1', 1);
    expect(await found('redis', { REDIS_URL: redis.url })).toContain(
      'problem: the server is a replica, and takes no writes',
    );
    await client.config('SET', 'requirepass', 'hush-hush');
    expect(await found('redis', { REDIS_URL: redis.url })).toEqual([
      expect.stringMatching(/^problem: the server at .* cannot be used: NOAUTH/) as string,
    ]);
    expect((await found('redis', { REDIS_URL: redis.url, KV_PASSWORD: 'hush-hush' }))[0]).toMatch(/^ok: the server/);
  });
});

describe('of the listeners', () => {
  test('a free port is well, and so is one where Muster serves already', async () => {
    const app = await buildApp(here.context);
    closing.push(() => app.close());
    for (const listener of [app.api, app.agent]) await listener.listen({ host: '127.0.0.1', port: 0 });
    const [api = 0, agent = 0] = [app.api, app.agent].map((one) => (one.server.address() as AddressInfo).port);
    expect(
      await found('listeners', { MUSTER_API_LISTEN: `127.0.0.1:${api}`, MUSTER_AGENT_LISTEN: `127.0.0.1:${agent}` }),
    ).toEqual([
      `ok: MUSTER_API_LISTEN: 127.0.0.1:${api} is in use: a Muster is serving there already`,
      `ok: MUSTER_AGENT_LISTEN: 127.0.0.1:${agent} is in use: a Muster is serving there already`,
    ]);
    const free = await freePort();
    expect(await found('listeners', { MUSTER_API_LISTEN: `127.0.0.1:${free}` })).toEqual([
      `ok: MUSTER_API_LISTEN: 127.0.0.1:${free} is free`,
      'ok: MUSTER_AGENT_LISTEN: a free port of 127.0.0.1 will be picked',
    ]);
  });

  test('a port that another program has, or that both are to have, is a problem', async () => {
    const other = createServer((_request, response) => response.end('<html>Welcome</html>'));
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    closing.push(() => new Promise((done) => other.close(done)));
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect((await found('listeners', { MUSTER_API_LISTEN: address }))[0]).toBe(
      `problem: MUSTER_API_LISTEN: ${address} is in use by something that does not answer as Muster does`,
    );
    expect(await found('listeners', { MUSTER_API_LISTEN: address, MUSTER_AGENT_LISTEN: address })).toEqual([
      `problem: MUSTER_API_LISTEN and MUSTER_AGENT_LISTEN are both ${address}`,
    ]);
  });

  test('an address that the machine does not have is a problem', async () => {
    expect((await found('listeners', { MUSTER_API_LISTEN: '192.0.2.7:3443' }))[0]).toBe(
      'problem: MUSTER_API_LISTEN: 192.0.2.7:3443: this machine has no such address',
    );
  });
});

describe('of the issuer', () => {
  const env = (url: string) => ({ MUSTER_OIDC_ISSUER: url, MUSTER_OIDC_AUDIENCE: 'muster' });

  test('one that publishes its keys is well; one that does not answer, or names itself otherwise, is a problem', async () => {
    const issuer = await startIssuer();
    closing.push(() => issuer.stop());
    expect(await found('issuer', env(issuer.url))).toEqual([`ok: ${issuer.url} publishes its keys`]);
    const other = issuer.url.replace('127.0.0.1', 'localhost');
    expect((await found('issuer', env(other)))[0]).toMatch(
      /^problem: http:\/\/localhost:\d+ cannot be asked for its keys: .* is of the issuer http:\/\/127/,
    );
    issuer.answerWith(500);
    expect((await found('issuer', env(issuer.url)))[0]).toMatch(/^problem: .* answers 500/);
  });

  test('one at which nobody can log in is a warning, and so is a secret that everybody can read', async () => {
    const issuer = await startIssuer(0, { token_endpoint: undefined });
    closing.push(() => issuer.stop());
    expect((await found('issuer', env(issuer.url)))[1]).toMatch(/^warning: .* names no token endpoint/);
    const directory = await mkdtemp(join(tmpdir(), 'muster-doctor-'));
    closing.push(() => rm(directory, { recursive: true }));
    const secret = join(directory, 'client.secret');
    const withSecret = { ...env(issuer.url), MUSTER_OIDC_CLIENT_ID: 'cli', MUSTER_OIDC_CLIENT_SECRET_FILE: secret };
    expect((await found('issuer', withSecret))[2]).toMatch(/^problem: MUSTER_OIDC_CLIENT_SECRET_FILE: cannot read/);
    await writeFile(secret, 'hush\n', { mode: 0o644 });
    expect((await found('issuer', withSecret))[2]).toMatch(/^warning: .* every user of this machine can read/);
    await chmod(secret, 0o600);
    expect((await found('issuer', withSecret))[2]).toBe('ok: the secret of the client cli can be read');
  });
});

describe('of the certificates', () => {
  let pki: TrialPki;

  beforeAll(async () => {
    pki = await TrialPki.make();
    await chmod(pki.path('server.key'), 0o600);
  });

  afterAll(async () => {
    await pki.remove();
  });

  test('those that can be used are well, those that expire soon are a warning', async () => {
    const lines = await found('certificates', pki.env);
    expect(lines).toEqual([
      expect.stringMatching(/^warning: MUSTER_API_TLS_CERT: .* expires in \d days, on \d{4}-\d\d-\d\d$/) as string,
      expect.stringMatching(/^warning: MUSTER_AGENT_TLS_CERT: .* expires in/) as string,
      expect.stringMatching(/^warning: MUSTER_AGENT_CLIENT_CA: .* expires in/) as string,
      expect.stringMatching(/^ok: MUSTER_DEVICE_TOKEN_KEYS: keys of device tokens in .*: 1$/) as string,
      expect.stringMatching(/^warning: no device CA is configured: .* gets no certificate/) as string,
    ]);
  });

  test('a file that is missing, a key of another certificate, and what is no certificate are problems', async () => {
    const other = await pki.authority.issueServer(['localhost'], expired);
    await writeFile(pki.path('other.key'), other.key);
    await writeFile(pki.path('junk.crt'), 'junk');
    for (const [name, file, message] of [
      ['MUSTER_API_TLS_CERT', 'missing.crt', 'there is no such file'],
      ['MUSTER_API_TLS_KEY', 'other.key', 'MUSTER_API_TLS_KEY'],
      ['MUSTER_API_TLS_CERT', 'junk.crt', 'MUSTER_API_TLS_CERT'],
    ] as const) {
      const [line = ''] = await found('certificates', { ...pki.apiTls, [name]: pki.path(file) });
      expect(line).toMatch(/^problem: /);
      expect(line).toContain(message);
    }
  });

  test('one that has expired, or is not valid yet, is a problem', async () => {
    for (const [validity, message] of [
      [expired, / expired on \d{4}-/],
      [notYetValid, / is not valid yet$/],
    ] as const) {
      const server = await pki.authority.issueServer(['localhost'], validity);
      await writeFile(pki.path('odd.crt'), server.certificate);
      await writeFile(pki.path('odd.key'), server.key, { mode: 0o600 });
      const env = { MUSTER_API_TLS_CERT: pki.path('odd.crt'), MUSTER_API_TLS_KEY: pki.path('odd.key') };
      const [line = ''] = await found('certificates', env);
      expect(line).toMatch(/^problem: MUSTER_API_TLS_CERT: /);
      expect(line).toMatch(message);
    }
  });

  test('a key that everybody can read is a warning, and a file of tokens that cannot be read a problem', async () => {
    await writeFile(pki.path('tokens.yaml'), '- name: x\n  sha256: hush\n');
    await chmod(pki.path('server.key'), 0o644);
    const lines = await found('certificates', { ...pki.apiTls, MUSTER_TOKENS_FILE: pki.path('tokens.yaml') });
    expect(lines).toContainEqual(
      expect.stringMatching(/^warning: MUSTER_API_TLS_KEY: every user of this machine can read/) as string,
    );
    expect(lines.at(-2)).toMatch(/^problem: MUSTER_TOKENS_FILE: /);
    expect(lines.join()).not.toContain('hush');
  });

  test('without a device CA it is said what does not happen; with one, whether its certificates are accepted', async () => {
    const about = async (env: Environment) =>
      (await found('certificates', env)).filter((line) => /device CA/.test(line));
    expect(await about({})).toEqual([expect.stringMatching(/^ok: no device CA is configured/)]);
    await chmod(pki.path('ca.key'), 0o600);
    expect(await about({ ...pki.agentTls, ...pki.deviceCa })).toEqual([
      expect.stringMatching(/^warning: .* cut short, to the 0 days that the device CA is still valid, of 365/),
      'ok: the listener for devices accepts the certificates that the device CA issues',
    ]);
    const other = await TrialAuthority.create('test authority', validNow);
    await writeFile(pki.path('other-ca.crt'), other.identity.certificate);
    const apart = { ...pki.agentTls, ...pki.deviceCa, MUSTER_AGENT_CLIENT_CA: pki.path('other-ca.crt') };
    expect(await about(apart)).toContainEqual(expect.stringMatching(/^problem: .*: the CA is not in /));
    const { MUSTER_AGENT_CLIENT_CA: _asked, ...asksForNone } = pki.agentTls;
    expect(await about({ ...asksForNone, ...pki.deviceCa })).toContainEqual(
      expect.stringMatching(/^problem: .*: it asks for none$/),
    );
  });

  test('a device CA whose key is that of another certificate, or that has expired, is a problem', async () => {
    const lines = async (env: Environment) =>
      (await found('certificates', { ...pki.agentTls, ...pki.deviceCa, ...env })).join('\n');
    expect(await lines({ MUSTER_DEVICE_CA_KEY: pki.path('server.key') })).toMatch(
      /^problem: MUSTER_DEVICE_CA_KEY: the key in .* is not that of a certificate in/m,
    );
    const old = await TrialAuthority.create('old CA', expired);
    await writeFile(pki.path('old-ca.crt'), old.identity.certificate);
    await writeFile(pki.path('old-ca.key'), old.identity.key, { mode: 0o600 });
    const stale = { MUSTER_DEVICE_CA_CERT: pki.path('old-ca.crt'), MUSTER_DEVICE_CA_KEY: pki.path('old-ca.key') };
    expect(await lines(stale)).toMatch(/^problem: MUSTER_DEVICE_CA_CERT: .* expired on /m);
  });
});

describe('of the journal', () => {
  test('none is a warning that says what it costs', async () => {
    expect(await found('journal')).toEqual([expect.stringContaining('warning: no journal is kept') as string]);
  });

  test('a directory that cannot be made is a problem', async () => {
    const [line] = await found('journal', { MUSTER_JOURNAL: join(import.meta.filename, 'journal') });
    expect(line).toBe(`problem: ${import.meta.filename} is no directory`);
  });

  test('one that can be written is fine', async () => {
    expect(await found('journal', { MUSTER_JOURNAL: tmpdir() })).toEqual([`ok: ${tmpdir()} can be written`]);
  });
});
