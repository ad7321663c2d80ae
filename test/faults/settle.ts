import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Machine } from '../../src/simulator/device/machine.ts';
import { differencesFrom, thingKey } from '../../src/simulator/thing-differences.ts';
import { thingsWritten } from '../../src/simulator/written-things.ts';
import type { Scene } from './scene.ts';
import { writtenSpec } from './written-specs.ts';

/**
 * The bounds of the design are those of a machine that serves and does nothing else. Here the devices, PostgreSQL, Redis
 * and the service share two cores with whatever else runs on them, so each is given this much more.
 */
export const patience = 3;
export const boundsMs = { ready: 15_000, answered: 10_000, rendered: 10_000, queue: 15_000 } as const;

/** Time until everything had settled, in milliseconds. */
export type Timings = Record<keyof typeof boundsMs, number>;

type Row = {
  readonly name: string;
  readonly gate: 'Open' | 'AwaitingReconnect' | 'ConflictPaused';
  readonly pending: boolean;
  readonly version: number;
  readonly timeline: string;
  readonly hash: string | null;
};

/** Ends all faults and times what must come about by itself then: L1, L2 and L3. */
export async function settle(scene: Scene): Promise<Timings> {
  await scene.heal();
  const readyMs = await timed(
    scene,
    'ready',
    async () => (await scene.admin.isReady()) && (await isWorkerReady(scene)),
    {
      late: async () => scene.violate('L3', 'the service is not ready again'),
    },
  );
  scene.population.speak();
  const answeredMs = await timed(scene, 'answered', async () => (await awaited(scene)).length === 0, {
    late: async () => {
      for (const name of (await awaited(scene)).slice(0, 5)) scene.violate('L1', 'still awaited', name);
    },
  });
  const firstMs = await converge(scene);
  // Everything that is paused is let go, so that in the end every device must run what is wanted.
  const resumed = await scene.until(
    async () => {
      await scene.admin.decide('resume', { labelSelector: 'rig in (yes,no)' });
      await scene.until(async () => (await scene.gates()).paused.length === 0, 1_000, 200);
      return (await scene.gates()).paused.length === 0;
    },
    boundsMs.rendered * patience,
    300,
  );
  if (!resumed) scene.violate('L2', 'devices are paused although they were resumed');
  const secondMs = await converge(scene);
  await checkWanted(scene);
  const queueMs = await drainQueue(scene);
  return { ready: readyMs, answered: answeredMs, rendered: Math.max(firstMs, secondMs), queue: queueMs };
}

async function timed(
  scene: Scene,
  what: keyof typeof boundsMs,
  holds: () => Promise<boolean>,
  { late }: { late: () => Promise<void> },
): Promise<number> {
  const began = performance.now();
  scene.phase(`until ${what}`);
  if (!(await scene.until(holds, boundsMs[what] * patience, 150))) await late();
  return performance.now() - began;
}

async function isWorkerReady(scene: Scene): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${scene.worker.apiPort}/readyz?needs=queue`).catch(() => undefined);
  await response?.text();
  return response?.status === 200;
}

async function positions(scene: Scene): Promise<Row[]> {
  return await scene.incarnations.onLive(async (sql) => [
    ...(await sql<Row[]>`
      SELECT p.name, p.version::float8 AS version, p.timeline, p.spec_hash AS hash, p.rendered_generation < p.wanted_generation AS pending,
        CASE WHEN NOT p.mustered THEN 'Open' WHEN p.answered_restore_id <> s.current_restore THEN 'AwaitingReconnect'
          WHEN p.conflict_verdict IS NOT NULL THEN 'ConflictPaused' ELSE 'Open' END AS gate
      FROM device_positions p, service_state s`),
  ]);
}

async function awaited(scene: Scene): Promise<string[]> {
  const rows = await positions(scene);
  return rows.flatMap((row) =>
    row.gate === 'AwaitingReconnect' && scene.device(row.name) !== undefined ? [row.name] : [],
  );
}

/** L2: whatever may be rendered is, and its device runs it. */
async function converge(scene: Scene): Promise<number> {
  return await timed(scene, 'rendered', async () => (await laggards(scene)).length === 0, {
    late: async () => {
      for (const { name, what } of (await laggards(scene)).slice(0, 5)) scene.violate('L2', what, name);
    },
  });
}

async function laggards(scene: Scene): Promise<Array<{ name: string; what: string }>> {
  const rollouts = (await unfinishedRollouts(scene)).map((name) => ({ name, what: 'its template is not rolled out' }));
  const devices = (await positions(scene)).flatMap((row) => {
    const device = scene.device(row.name);
    if (device === undefined || row.gate !== 'Open') return [];
    if (row.pending) return [{ name: row.name, what: 'its gate is open and it is not rendered' }];
    const { version } = device.simulated.applied;
    if (version === row.version) return [];
    return [{ name: row.name, what: `runs version ${version}, rendered is ${row.version}` }];
  });
  return [...rollouts, ...devices];
}

/** Fleets of which not every device wants the newest template yet: it may have come with a backup. */
async function unfinishedRollouts(scene: Scene): Promise<string[]> {
  return await scene.incarnations.onLive(async (sql) => {
    const fleets = await sql<Array<{ name: string }>>`SELECT name FROM fleets WHERE rolled_out_generation < generation`;
    return fleets.map(({ name }) => name);
  });
}

/**
 * S7: no edit and no render was lost: each device has all that goes with the image that is wanted for it, and nothing else.
 * A device that could be confused with another by its number alone is let off.
 */
async function checkWanted(scene: Scene): Promise<void> {
  const dumps = await scene.incarnations.onLive(
    async (sql) =>
      await sql<Array<{ name: string; image: string | null }>>`
      SELECT d.name, CASE WHEN f.name IS NULL OR d.spec_adopted THEN d.spec #>> '{os,image}' ELSE f.spec #>> '{template,spec,os,image}' END AS image
      FROM devices d JOIN device_positions p USING (name) LEFT JOIN fleets f ON d.owner = 'Fleet/' || f.name WHERE p.mustered`,
  );
  for (const { name, image } of dumps) {
    const device = scene.device(name);
    if (device === undefined || device.states === 'version') continue;
    const { machine } = device.simulated;
    if (machine.bootedImage !== (image ?? '')) {
      scene.violate('S7', `runs ${machine.bootedImage || 'nothing'}, wanted is ${image ?? 'nothing'}`, name);
      continue;
    }
    const wanted = thingsWritten(image === null ? {} : writtenSpec(image, name));
    const differences = wanted === undefined ? [] : differencesFrom(wanted, machine, thingsOf(machine));
    for (const difference of differences.slice(0, 3))
      scene.violate('S7', `${difference.kind} ${difference.name} is ${difference.is} at ${image ?? ''}`, name);
  }
}

function thingsOf({ files, applications, settings }: Machine): Set<string> {
  return new Set([
    ...[...files.keys()].map((name) => thingKey('file', name)),
    ...[...applications.keys()].map((name) => thingKey('application', name)),
    ...[...settings.keys()].map((name) => thingKey('setting', name)),
  ]);
}

/** L3: no job is left over; each that failed says why. */
async function drainQueue(scene: Scene): Promise<number> {
  const connection = new Redis({ port: scene.stage.redis.port, host: '127.0.0.1', maxRetriesPerRequest: null });
  const queue = new Queue('render', { connection, prefix: '{muster}' });
  try {
    // What a killed process had taken comes back when its lease ends, which a run does not wait for.
    const waiting = async () => {
      const counts = await queue.getJobCounts('waiting', 'delayed', 'prioritized');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    };
    const took = await timed(scene, 'queue', async () => (await waiting()) === 0, {
      late: async () => scene.violate('L3', `${await waiting()} jobs are left over`),
    });
    for (const job of await queue.getFailed(0, 100))
      if (!job.failedReason) scene.violate('L3', `job ${job.id ?? ''} failed and does not say why`);
    return took;
  } finally {
    await queue.close();
    connection.disconnect();
  }
}
