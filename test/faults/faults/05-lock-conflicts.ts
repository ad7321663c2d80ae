import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Fault } from '../fault.ts';
import { chooseSome } from '../noise.ts';
import type { Scene } from '../scene.ts';
import { burst, ordinary } from './bursts.ts';

/** Row 5: other sessions lock rows in the opposite order, and locks are waited for no longer than 50 ms. */
export const lockConflicts: Fault = {
  row: 5,
  name: 'lock-conflicts',
  async inject(scene, random) {
    const { live } = scene.incarnations;
    const limited = random.chance(0.5);
    const admin = (text: string) => scene.stage.cluster.admin((sql) => sql.unsafe(text));
    if (limited) {
      await admin(`ALTER DATABASE ${live} SET lock_timeout = '50ms'`);
      await disconnectAll(scene);
    }
    const names = ordinary(scene).map((device) => device.name);
    const sessions = Array.from({ length: 3 }, (_, index) => {
      const own = random.fork(`session-${index}`);
      return lockBackwards(scene, () => own.sample(names, 6).toSorted().toReversed());
    });
    const requests = Array.from({ length: 4 }, () => scene.admin.decide('resume', chooseSome(scene, random)));
    await Promise.all([burst(scene, 200, random), scene.editFleets(), ...requests, ...sessions]);
    scene.fault(5, 'lock-conflicts', limited ? 'with a lock timeout' : 'with deadlocks', sessions.length * rounds);
    if (limited) {
      await admin(`ALTER DATABASE ${live} RESET lock_timeout`);
      await disconnectAll(scene);
    }
  },
};

const rounds = 8;

/** Locks rows one after another in descending order, where the service takes them in ascending order. */
async function lockBackwards(scene: Scene, names: () => readonly string[]): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await scene.incarnations
      .onLive((sql) => sql.begin((transaction) => lockEach(transaction, names())))
      // It lost to the service, or ran into the lock timeout: that is what it is for.
      .catch(() => undefined);
  }
}

async function lockEach(transaction: postgres.TransactionSql, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await transaction`SELECT FROM device_positions WHERE name = ${name} FOR UPDATE`;
    await sleep(25);
  }
}

/** New connections come with the settings that the database has by then. */
async function disconnectAll(scene: Scene): Promise<void> {
  await scene.stage.cluster.admin(
    (sql) => sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${scene.incarnations.live}`,
  );
}
