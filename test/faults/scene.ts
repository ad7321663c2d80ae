import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from './admin.ts';
import { History, now } from './history.ts';
import { Incarnations, type Backup } from './incarnations.ts';
import { Orders } from './orders.ts';
import { fleetNames, Population } from './population.ts';
import type { PostgresCluster } from './postgres-cluster.ts';
import { ServiceProcess, type ServiceRole } from './processes.ts';
import { Random } from './random.ts';
import type { RedisProcess } from './redis-process.ts';
import type { RigDevice } from './rig-device.ts';
import type { Tally } from './tally.ts';
import { TcpProxy } from './tcp-proxy.ts';
import type { Invariant, Violation } from './violation.ts';

/** The servers, which outlive a seed. */
export type Stage = {
  readonly cluster: PostgresCluster;
  readonly redis: RedisProcess;
  /** The directory of the compiled programs. */
  readonly programs: string;
  /** The directory of each seed's history and logs. */
  readonly directory: string;
};

type SceneOptions = {
  readonly devices: number;
  /** Leaves out what takes longer than a short draw has. */
  readonly short: boolean;
};

type Proxies = Readonly<
  Record<'apiPostgres' | 'apiRedis' | 'workerPostgres' | 'workerRedis' | 'agent' | 'admin', TcpProxy>
>;

/** One run of the rig: a database of its own, an API process and a worker process, and devices that talk to them. */
export class Scene {
  readonly seed: number;
  readonly options: SceneOptions;
  readonly directory: string;
  readonly stage: Stage;
  readonly random: Random;
  readonly history: History;
  readonly tally: Tally;
  readonly incarnations: Incarnations;
  readonly proxies: Proxies;
  readonly api: ServiceProcess;
  readonly worker: ServiceProcess;
  readonly admin: Admin;
  readonly population: Population;
  readonly orders = new Orders();
  readonly violations: Violation[] = [];
  private images = 0;

  private constructor(
    parts: Pick<Scene, 'seed' | 'options' | 'directory' | 'stage' | 'history' | 'tally' | 'incarnations'> & {
      proxies: Proxies;
      api: ServiceProcess;
      worker: ServiceProcess;
    },
  ) {
    this.seed = parts.seed;
    this.options = parts.options;
    this.directory = parts.directory;
    this.stage = parts.stage;
    this.random = new Random(parts.seed);
    this.history = parts.history;
    this.tally = parts.tally;
    this.incarnations = parts.incarnations;
    this.proxies = parts.proxies;
    this.api = parts.api;
    this.worker = parts.worker;
    this.admin = new Admin(this.proxies.admin.port, this.history, this.orders);
    this.population = new Population(this.proxies.agent.port, {
      history: this.history,
      random: this.random.fork('population'),
      orders: this.orders,
      devices: this.options.devices,
    });
  }

  static async open(
    { stage, database }: { stage: Stage; database: string },
    seed: number,
    options: SceneOptions,
    tally: Tally,
  ): Promise<Scene> {
    const directory = join(stage.directory, `seed-${seed}`);
    mkdirSync(directory, { recursive: true });
    const history = new History(join(directory, 'history.ndjson'));
    const { cluster, redis } = stage;
    const incarnations = new Incarnations(cluster, history, `s${seed}`);
    await incarnations.createFrom(database);
    await redis.run((client) => client.flushall());
    const died: Array<(how: string) => void> = [];
    const links = {
      apiPostgres: await TcpProxy.start(cluster.port),
      apiRedis: await TcpProxy.start(redis.port),
      workerPostgres: await TcpProxy.start(cluster.port),
      workerRedis: await TcpProxy.start(redis.port),
    };
    const service = (role: 'api' | 'worker') =>
      ServiceProcess.create({
        role,
        name: role,
        program: join(stage.programs, 'service-entry.js'),
        environment: environmentOf(stage, incarnations.live, {
          postgresPort: role === 'api' ? links.apiPostgres.port : links.workerPostgres.port,
          redisPort: role === 'api' ? links.apiRedis.port : links.workerRedis.port,
        }),
        log: join(directory, `${role}.log`),
        onDied: (how) => died.forEach((tell) => tell(how)),
      });
    const [api, worker] = [await service('api'), await service('worker')];
    const proxies = {
      ...links,
      agent: await TcpProxy.start(api.agentPort),
      admin: await TcpProxy.start(api.apiPort),
    };
    const scene = new Scene({ seed, options, directory, stage, history, tally, incarnations, proxies, api, worker });
    died.push((how) => scene.violate('R', how));
    return scene;
  }

  violate(invariant: Invariant, detail: string, device?: string): void {
    this.violations.push({ invariant, detail, ...(device === undefined ? {} : { device }) });
  }

  phase(name: string): void {
    this.history.add({ kind: 'phase', at: now(), name });
  }

  /** Writes down that a fault of a row was injected, and how often. */
  fault(row: number, name: string, what: string, count = 1): void {
    this.history.add({ kind: 'fault', at: now(), row, name, what });
    this.tally.add(row, what, count);
  }

  /** A new image, to tell one edit from another. */
  nextImage(): string {
    return `quay.io/rig/os:${(this.images += 1)}`;
  }

  /** Waits until something holds. @returns whether it did in time */
  async until(holds: () => Promise<boolean> | boolean, timeoutMs: number, everyMs = 100): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (await holds()) return true;
      if (performance.now() > deadline) return false;
      await sleep(everyMs);
    }
  }

  /** Number of devices at each gate, by the database. */
  async gates(): Promise<{ awaiting: number; paused: string[]; unrendered: number }> {
    return await this.incarnations.onLive(async (sql) => {
      const rows = await sql<Array<{ name: string; awaiting: boolean; paused: boolean; unrendered: boolean }>>`
        SELECT p.name, p.mustered AND p.answered_restore_id <> s.current_restore AS awaiting,
          p.mustered AND p.answered_restore_id = s.current_restore AND p.conflict_verdict IS NOT NULL AS paused,
          p.rendered_generation < p.wanted_generation AS unrendered
        FROM device_positions p, service_state s ORDER BY p.name`;
      return {
        awaiting: rows.filter((row) => row.awaiting).length,
        paused: rows.filter((row) => row.paused).map((row) => row.name),
        unrendered: rows.filter((row) => row.unrendered && !row.awaiting && !row.paused).length,
      };
    });
  }

  /** Gives every fleet a new image, and devices without one likewise if they are named. */
  async editFleets(): Promise<void> {
    for (const fleet of fleetNames) await this.admin.editFleet(fleet, this.nextImage());
  }

  /** Waits until most of these devices have moved on from where they are. @returns those that have */
  async untilMoved(devices: readonly RigDevice[], timeoutMs = 8_000): Promise<RigDevice[]> {
    const before = new Map(devices.map((device) => [device.name, device.position.version]));
    const moved = () => devices.filter((device) => device.position.version > (before.get(device.name) ?? 0));
    await this.until(() => moved().length >= devices.length * 0.9, timeoutMs, 50);
    return moved();
  }

  /** Puts a copy of a backup under the running service. Nobody declares it. */
  async restoreUndeclared(backup: Backup): Promise<void> {
    await this.incarnations.restore(backup);
  }

  /**
   * Lets devices get ahead of a backup, restores it, and waits until some of them are paused.
   *
   * @returns the names of those that are paused
   */
  async makeConflicts(): Promise<string[]> {
    const backup = await this.incarnations.backup();
    const owned = this.population.devices.filter(
      (device) => device.labels['fleet'] !== undefined && device.gate === 'Open',
    );
    const moving = this.untilMoved(owned, 6_000);
    await this.editFleets();
    await moving;
    await this.restoreUndeclared(backup);
    let paused: string[] = [];
    await this.until(async () => (paused = (await this.gates()).paused).length >= owned.length * 0.6, 8_000, 200);
    return paused;
  }

  device(name: string): RigDevice | undefined {
    return this.population.device(name);
  }

  /** Another process beside the first of its role. The caller ends it. */
  async startSecond(role: ServiceRole): Promise<ServiceProcess> {
    const { stage, incarnations, directory, proxies } = this;
    const second = await ServiceProcess.create({
      role,
      name: `second ${role}`,
      program: join(stage.programs, 'service-entry.js'),
      environment: environmentOf(stage, incarnations.live, {
        postgresPort: proxies[`${role}Postgres`].port,
        redisPort: proxies[`${role}Redis`].port,
      }),
      log: join(directory, `second-${role}.log`),
      onDied: (how) => this.violate('R', how),
    });
    await second.start();
    return second;
  }

  /** Records that messages may be late by up to this long from now on. */
  slow(byMs: number, forMs: number): void {
    this.history.add({ kind: 'slow', at: now(), until: now() + forMs, byMs });
  }

  /** Ends every fault that lasts, and starts what does not run. */
  async heal(): Promise<void> {
    for (const proxy of Object.values(this.proxies)) proxy.heal();
    for (const service of [this.api, this.worker]) {
      service.thaw();
      service.setClock(0);
    }
    await Promise.all([this.api.ensureRunning(), this.worker.ensureRunning()]);
  }

  async close(): Promise<void> {
    await this.population.close();
    await this.admin.close();
    await Promise.all([this.api.kill(), this.worker.kill()]);
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.close()));
    this.history.close();
  }
}

/** The environment of a process of the service. Settings that are not here have their defaults. */
export function environmentOf(
  stage: Stage,
  database: string,
  { postgresPort, redisPort }: { postgresPort: number; redisPort: number },
): Record<string, string> {
  return {
    DATABASE_URL: stage.cluster.urlOf(database, postgresPort),
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    MUSTER_POLL_TIMEOUT: '1500ms',
    MUSTER_LOG_LEVEL: 'debug',
  };
}
