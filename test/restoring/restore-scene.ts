import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { BackupCatalogue } from '../../src/backups/catalogue.ts';
import { createBackup } from '../../src/backups/create-backup.ts';
import { PostgresPrograms } from '../../src/backups/postgres-programs.ts';
import type { BackupEngine, BackupManifest } from '../../src/domain/backups/backup-manifest.ts';
import { systemClock } from '../../src/time/clock.ts';
import { createDevice } from '../../src/usecases/create-device.ts';
import { createTestContext } from '../support/test-context.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const entry = fileURLToPath(new URL('run-entry.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A secret that may stand in nothing that is written. */
export const redisSecret = 'kv-s3cret/with+signs';

export type SceneOptions = {
  readonly engine?: BackupEngine;
  readonly tools?: readonly string[];
  readonly devices?: number;
  readonly replaced?: 'keep' | 'drop';
  /** Lines after the others of the plan. */
  readonly more?: string;
  readonly database?: TestDatabase;
  /** Redis of the services, which takes no password. */
  readonly redis?: string;
  /** Fills the database before the backup, instead of devices that are made here. */
  readonly before?: (database: TestDatabase) => Promise<void>;
  /** Edits it after the backup. */
  readonly after?: (database: TestDatabase) => Promise<void>;
};

/** A program first on the path in place of the real one. Its state is in files, and its faults are files too. */
const standIn = (name: string, body: string) => `#!/bin/sh
state=$(dirname "$0")/../state
echo "${name} $*" >> "$state/commands"
if [ -f "$state/fault-${name}" ] && echo "$*" | grep -q -e "$(cat "$state/fault-${name}")"
then echo "${name}: fault on demand, $KV_PASSWORD" >&2; exit 1; fi
${body}
`;

const programs = {
  // get deployment/NAME -o jsonpath=…; scale deployment/NAME --replicas=N; wait NAME; rollout status NAME
  kubectl: `
case "$1" in
  get) cat "$state/replicas-\${2#deployment/}" ;;
  scale) echo "\${3#--replicas=}" > "$state/replicas-\${2#deployment/}"; echo "$KV_PASSWORD says $2" ;;
  wait) test "$(cat "$state/replicas-$2")" = 0 ;;
  rollout) test "$(cat "$state/replicas-$3")" != 0 ;;
  port-forward) exec sleep 1000 ;;
esac`,
  flux: `
case "$1" in
  suspend) echo suspended > "$state/flux" ;;
  resume) echo running > "$state/flux" ;;
esac`,
} as const;

/** A lost primary: a database with devices, a backup of it, edits since, services, and a plan. */
export class RestoreScene {
  readonly directory: string;
  readonly database: TestDatabase;
  readonly manifest: BackupManifest;
  private readonly options: SceneOptions;

  private constructor(directory: string, database: TestDatabase, manifest: BackupManifest, options: SceneOptions) {
    this.directory = directory;
    this.database = database;
    this.manifest = manifest;
    this.options = options;
  }

  static async create(options: SceneOptions = {}): Promise<RestoreScene> {
    const directory = await mkdtemp(join(tmpdir(), 'muster-restoring-'));
    await chmod(directory, 0o755);
    const database = options.database ?? (await createTestDatabase());
    await (options.before?.(database) ?? addDevices(database, 0, options.devices ?? 5));
    const catalogue = new BackupCatalogue(join(directory, 'backups'));
    const deps = { catalogue, programs: new PostgresPrograms(options.tools), clock: systemClock };
    const manifest = await createBackup(deps, {
      url: database.url,
      labels: {},
      hold: false,
      engine: options.engine ?? 'copy',
    });
    await (options.after?.(database) ?? addDevices(database, 100, 2));
    const scene = new RestoreScene(directory, database, manifest, options);
    await mkdir(join(directory, 'bin'));
    await mkdir(join(directory, 'state'));
    for (const [name, body] of Object.entries(programs))
      await writeFile(join(directory, 'bin', name), standIn(name, body), { mode: 0o755 });
    scene.resetServices();
    await writeFile(scene.plan, scene.planText());
    return scene;
  }

  resetServices(): void {
    this.setState('replicas-server', '3');
    this.setState('replicas-worker', '2');
    this.setState('flux', 'running');
    this.setState('commands', '');
  }

  get plan(): string {
    return join(this.directory, 'plan.yaml');
  }

  planText(): string {
    const { replaced = 'drop', tools = [], more = '', redis } = this.options;
    const admin = new URL(this.database.url);
    admin.pathname = '';
    admin.password = '';
    const deployment = (name: string) => `
  - name: ${name}
    save: { replicas: [kubectl, get, deployment/${name}, -o, "jsonpath={.spec.replicas}"] }
    run: [kubectl, scale, deployment/${name}, --replicas=0]
    until: [kubectl, wait, ${name}]
    within: 2s
    undo: [kubectl, scale, deployment/${name}, "--replicas={{saved.replicas}}"]
    healthy: [kubectl, rollout, status, ${name}]
    healthyWithin: 2s`;
    return `apiVersion: muster/v1
kind: RestorePlan
metadata: { name: lost-primary }
objectives: { rpo: 24h, rto: 30m }
backups: { at: backups, oldest: 48h }
secrets: { PGPASSWORD: { env: TEST_PGPASSWORD }${redis === undefined ? ', KV_PASSWORD: { command: [printenv, TEST_KV_PASSWORD] }' : ''} }
background: [{ name: db, run: [kubectl, port-forward, svc/muster-db, "5432:5432"] }]
suspend: [{ name: flux, run: [flux, suspend, kustomization], undo: [flux, resume, kustomization] }]
stop:${deployment('server')}${deployment('worker')}
database: { admin: "${admin.toString()}", name: ${this.database.name}, owner: ${admin.username}, tools: ${JSON.stringify(tools)}, restore: { method: dump }, replaced: ${replaced} }
smoke: [{ sql: "SELECT count(*) FROM devices", equals: manifest.counts.devices }]
contacts: { database: "#dba" }
${redis === undefined ? '' : `redis: ${redis}\n`}${more}`;
  }

  state(name: string): string {
    return readFileSync(join(this.directory, 'state', name), 'utf8').trim();
  }

  setState(name: string, text: string): void {
    writeFileSync(join(this.directory, 'state', name), text === '' ? '' : `${text}\n`);
  }

  /** Lets a program fail whenever its words match. */
  fault(program: keyof typeof programs, pattern: string | undefined): void {
    if (pattern === undefined) rmSync(join(this.directory, 'state', `fault-${program}`), { force: true });
    else this.setState(`fault-${program}`, pattern);
  }

  get environment(): Record<string, string> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^MUSTER_|_URL$|_PASSWORD$/.test(name));
    return {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      PATH: `${join(this.directory, 'bin')}:${process.env['PATH'] ?? ''}`,
      TEST_PGPASSWORD: new URL(this.database.url).password,
      TEST_KV_PASSWORD: redisSecret,
    };
  }

  /**
   * Works on a run in a process of its own, as `muster restore run` and `abandon` do.
   *
   * @param kill moment at which it is killed, or milliseconds after which
   */
  async run(words: { do?: 'run' | 'abandon'; kill?: string | number; backup?: string } = {}): Promise<RunEnding> {
    const child = spawn(process.execPath, ['--import', 'tsx', entry, this.plan], {
      cwd: root,
      env: {
        ...this.environment,
        RUN_DO: words.do ?? 'run',
        RUN_BACKUP: words.backup ?? '',
        RUN_KILL: typeof words.kill === 'string' ? words.kill : '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const timer = typeof words.kill === 'number' ? setTimeout(() => child.kill('SIGKILL'), words.kill) : undefined;
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('exit', (ended, by) => resolve([ended, by]));
    });
    clearTimeout(timer);
    return { code, killed: signal === 'SIGKILL', said };
  }

  async sql<Row extends object>(query: string, database = this.database.name): Promise<Row[]> {
    const url = new URL(this.database.url);
    url.pathname = `/${database}`;
    const client = postgres(url.toString(), { max: 1, onnotice: () => undefined });
    try {
      return [...(await client.unsafe<Row[]>(query))];
    } finally {
      await client.end();
    }
  }

  /** Databases on the server that belong to this scene, with those that let nobody in marked. */
  async databases(): Promise<string[]> {
    const rows = await this.sql<{ name: string; open: boolean }>(
      'SELECT datname AS name, datallowconn AS open FROM pg_database ORDER BY datname',
      'postgres',
    );
    return rows
      .filter(({ name }) => name.startsWith(this.database.name))
      .map(({ name, open }) => name.replace(this.database.name, 'live') + (open ? '' : ' fenced'));
  }

  async devices(database = this.database.name): Promise<number> {
    const [row] = await this.sql<{ count: string }>('SELECT count(*) AS count FROM devices', database);
    return Number(row?.count);
  }

  /** Keys of the restores that were declared, the first timeline aside. */
  async restoreKeys(): Promise<(string | null)[]> {
    const rows = await this.sql<{ key: string | null }>(
      'SELECT idempotency_key AS key FROM restores WHERE previous IS NOT NULL ORDER BY sequence',
    );
    return rows.map(({ key }) => key);
  }

  /** Everything that runs of this plan, and the programs in it, have written. */
  async written(): Promise<string> {
    const names = await readdir(this.directory, { recursive: true });
    const own = names.filter((name) => /^plan\.\d/.test(name) && /\.(jsonl|log|md|json)$/.test(name));
    const texts = await Promise.all(own.map((name) => readFile(join(this.directory, name), 'utf8')));
    return [this.state('commands'), ...texts].join('\n');
  }

  /** The newest run. */
  get runId(): string {
    const names = readdirSync(this.directory).filter((name) => name.endsWith('.jsonl'));
    return (names.toSorted().at(-1) ?? '').replaceAll(/^plan\.|\.jsonl$/g, '');
  }

  /** Numbers of the processes that commands of the run have left. */
  leftProcesses(): string[] {
    return readdirSync('/proc').filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'utf8').includes(`MUSTER_RESTORE_COMMAND=${this.runId}`);
      } catch {
        return false;
      }
    });
  }

  /** State of everything, to be compared with an undisturbed run. */
  async standing() {
    return {
      databases: await this.databases(),
      devices: await this.devices(),
      declaredByRun: (await this.restoreKeys()).map((key) => key === this.runId),
      services: [this.state('replicas-server'), this.state('replicas-worker'), this.state('flux')],
      processes: this.leftProcesses(),
      locks: readdirSync(this.directory).filter((name) => name.includes('.lock')),
      runs: readdirSync(this.directory).filter((name) => name.endsWith('.jsonl')).length,
    };
  }

  async remove(): Promise<void> {
    await this.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE '${this.database.name}%'`,
      'postgres',
    );
    for (const name of await this.databases()) {
      const own = name.replace('live', this.database.name).replace(' fenced', '');
      await this.sql(`DROP DATABASE IF EXISTS "${own}" WITH (FORCE)`, 'postgres');
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export type RunEnding = { readonly code: number | null; readonly killed: boolean; readonly said: string };

async function addDevices(database: TestDatabase, from: number, count: number): Promise<void> {
  const { context } = await createTestContext({ database });
  for (let index = from; index < from + count; index += 1) {
    const request = {
      apiVersion: 'flightctl.io/v1beta1' as const,
      kind: 'Device' as const,
      metadata: { name: `device-${index}` },
      spec: { os: { image: `quay.io/edge/os:${index}` } },
    };
    await createDevice(context, { request, by: { actor: 'user:ann' } });
  }
  await context.destroy();
}
