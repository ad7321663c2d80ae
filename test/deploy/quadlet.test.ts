import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readConfig, settings } from '../../src/config/config.ts';
import { parseUnitFile, plainService, problemsOf, quadletDirectory, quadlets, valuesOf } from './quadlet-units.ts';

const units = quadlets();
const containers = units.filter(({ name }) => name.endsWith('.container'));
const env = parseEnv(readFileSync(join(quadletDirectory, 'muster.env'), 'utf8'));
const config = readConfig({ ...env, DB_PASSWORD: 'x', KV_PASSWORD: 'x' });

function unit(name: string) {
  const found = units.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

/** Secrets that a container is given, as `name,type=…,target=…`. */
function secretsOf(container: string) {
  return valuesOf(unit(container), 'Container', 'Secret').map((value) => {
    const [name = '', ...options] = value.split(',');
    return { name, ...Object.fromEntries(options.map((option) => option.split('='))) } as {
      name: string;
      type: string;
      target: string;
    };
  });
}

const seconds = (container: string, section: string, key: string) => Number(valuesOf(unit(container), section, key)[0]);

test.each(units.map((each) => [each.name, each] as const))(
  '%s has only what podman 5 reads in a quadlet',
  (_name, each) => {
    expect(problemsOf(each)).toEqual([]);
  },
);

test('what podman does not know, or could not read, is found', () => {
  const text = '[Container]\nImage=postgres\nHealthCommand=true\nHealthInterval=5\nSecret=a,kind=env\n[Volume]\n';
  expect(problemsOf(parseUnitFile('x.container', text))).toEqual([
    '[Volume] is no section of x.container',
    'HealthCommand is no key of [Container]',
    expect.stringMatching(/^Image=postgres is not as/),
    expect.stringMatching(/^HealthInterval=5 is not as/),
    expect.stringMatching(/^Secret=a,kind=env is not as/),
  ]);
  expect(() => parseUnitFile('x.container', 'Image=a')).toThrow('neither a section');
});

test('volumes, networks and other services that are named are there', () => {
  const names = units.map(({ name }) => name);
  for (const container of containers) {
    expect(names).toEqual(expect.arrayContaining(valuesOf(container, 'Container', 'Network')));
    const volumes = valuesOf(container, 'Container', 'Volume').map((value) => value.split(':')[0]);
    expect(names).toEqual(expect.arrayContaining(volumes));
  }
  const services = containers.map(({ name }) => `${basename(name, '.container')}.service`);
  for (const key of ['Wants', 'After']) {
    const [named = ''] = valuesOf(unit('muster.container'), 'Unit', key);
    expect(named.split(' ').toSorted()).toEqual(['muster-db.service', 'muster-kv.service', 'network-online.target']);
    expect(services).toEqual(expect.arrayContaining(named.split(' ').filter((name) => name.endsWith('.service'))));
  }
});

test.runIf(spawnSync('systemd-analyze', ['--version']).status === 0)(
  'systemd accepts the sections that are its own',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'muster-units-'));
    try {
      const files = containers.map((container) => {
        const file = join(directory, `${basename(container.name, '.container')}.service`);
        writeFileSync(file, plainService(container));
        return file;
      });
      const verify = () => spawnSync('systemd-analyze', ['verify', '--man=no', ...files], { encoding: 'utf8' });
      const complaints = ({ stderr }: { stderr: string }) =>
        stderr.split('\n').filter((line) => line.includes(directory));
      expect(complaints(verify())).toEqual([]);
      writeFileSync(files[0] ?? '', '[Service]\nExecStart=/bin/true\nRestrat=always\n');
      expect(complaints(verify())).toEqual([expect.stringContaining('Restrat')]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);

describe('muster.container', () => {
  test('its settings are settings, and can be used', () => {
    const known = new Set<string>(Object.values(settings).map((setting) => setting.env));
    const commented = [...readFileSync(join(quadletDirectory, 'muster.env'), 'utf8').matchAll(/^#(\w+)=/gm)];
    const names = [...Object.keys(env), ...commented.map(([, name]) => name ?? '')];
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(commented.length).toBeGreaterThan(0);
    const passwords = secretsOf('muster.container').filter(({ type }) => type === 'env');
    expect(passwords.map(({ target }) => target)).toEqual(['DB_PASSWORD', 'KV_PASSWORD']);
  });

  test('every file that a setting names is mounted from a secret, and every directory from a volume', () => {
    const files = new Set(Object.values(env).filter((value) => value?.startsWith('/')));
    const mounted = secretsOf('muster.container').filter(({ type }) => type === 'mount');
    const directories = valuesOf(unit('muster.container'), 'Container', 'Volume').map((value) => value.split(':')[1]);
    expect(new Set([...mounted.map(({ target }) => target), ...directories])).toEqual(files);
  });

  test('both listeners are published, where they listen', () => {
    const inside = valuesOf(unit('muster.container'), 'Container', 'PublishPort').map((value) =>
      value.split(':').at(-1),
    );
    expect(inside).toEqual([String(config.apiListen.port), String(config.agentListen.port)]);
  });

  test('it is given more time to stop than Muster takes for it, and systemd gives podman more than that', () => {
    const stopTimeout = seconds('muster.container', 'Container', 'StopTimeout');
    expect(stopTimeout).toBeGreaterThan(config.shutdownTimeoutMs / 1_000);
    expect(seconds('muster.container', 'Service', 'TimeoutStopSec')).toBeGreaterThan(stopTimeout);
  });

  test('it writes to no file system but the journal, and has no capability', () => {
    for (const [key, value] of [
      ['ReadOnly', 'true'],
      ['DropCapability', 'all'],
      ['NoNewPrivileges', 'true'],
    ] as const) {
      expect(valuesOf(unit('muster.container'), 'Container', key)).toEqual([value]);
    }
    expect(valuesOf(unit('muster.container'), 'Container', 'Volume')).toEqual([
      'muster-journal.volume:/var/lib/muster-journal:U',
    ]);
  });
});

test('what Muster stands on has the names and passwords that it looks for', () => {
  for (const url of [env['DATABASE_URL'] ?? '', env['REDIS_URL'] ?? '']) {
    const { hostname, port } = new URL(url);
    expect(valuesOf(unit(`${hostname}.container`), 'Container', 'ContainerName')).toEqual([hostname]);
    expect(['5432', '6379']).toContain(port);
  }
  expect(secretsOf('muster-db.container').map(({ name }) => name)).toEqual(['muster-db-password']);
  const [environment = ''] = valuesOf(unit('muster-db.container'), 'Container', 'Environment');
  expect(environment.split(' ')).toContain(`POSTGRES_PASSWORD_FILE=${secretsOf('muster-db.container')[0]?.target}`);
  expect(environment.split(' ')).toContain(`POSTGRES_USER=${new URL(env['DATABASE_URL'] ?? '').username}`);
  const [command = ''] = valuesOf(unit('muster-kv.container'), 'Container', 'Exec');
  expect(command).toContain(secretsOf('muster-kv.container')[0]?.target);
});
