import { connectDatabase, type Database } from '../../src/db/client.ts';
import type { Context } from '../../src/context.ts';
import { prepare } from '../model/first-backup.ts';
import { conforms, s6Stamp, s9Audit } from '../model/invariants.ts';
import type { ModelCommand } from '../model/commands/model-command.ts';
import type { Next, ServerState } from '../model/reference-state.ts';
import { System } from '../model/system.ts';
import { firstWorld, type World } from '../model/world.ts';
import { JitteredDatabase } from './jittered-database.ts';

/** Something that was done: its answer, and its meaning in the reference model. */
export type Done = {
  /** State after it, when the state before is this one. */
  readonly mean: (state: ServerState) => Next;
  /** Answer that it should then have given; undefined if that does not matter. */
  readonly should?: (state: ServerState) => unknown;
  readonly did?: unknown;
};

/** One of those that act at once, on an instance of its own. */
export type Actor = (context: Context) => Promise<Done>;

const mostMs = 2;

/** A database with a state to begin from, again and again, and instances of the service on connections of their own. */
export class Arena {
  readonly system: System;
  readonly world: World;
  private readonly instances: Database[] = [];
  private random: () => number = Math.random;
  private start: ServerState;

  private constructor(system: System) {
    this.system = system;
    this.world = firstWorld(system.seen.restore);
    this.start = this.world.server;
  }

  /** Brings a fresh system to where the races begin, by these commands. */
  static async after(...commands: ReadonlyArray<ModelCommand<unknown>>): Promise<Arena> {
    const system = await System.start();
    await prepare(system);
    await system.look();
    const arena = new Arena(system);
    for (const command of commands) await command.run(arena.world, system);
    await system.takeBackup(1_000);
    arena.start = arena.world.server;
    for (let instance = 0; instance < 3; instance += 1) arena.instances.push(await arena.open());
    return arena;
  }

  private async open(): Promise<Database> {
    const { url } = this.system.test.database;
    const real = connectDatabase(url, { poolSize: 2, applicationName: 'race' });
    await real.ping();
    return new JitteredDatabase(real, () => this.random() * mostMs);
  }

  async close(): Promise<void> {
    for (const instance of this.instances) await instance.close();
    await this.system.stop();
  }

  /**
   * Lets all act at once, from the same start, and looks what came of it: it must be what some serial order of them
   * gives, with all its events and counters.
   *
   * @returns the order, as indexes of the actors; the first that fits
   */
  async race(actors: readonly Actor[], seed: number): Promise<readonly number[]> {
    this.random = generator(seed);
    await this.system.putBack(1_000);
    const before = await this.system.look();
    const { context } = this.system;
    const done = await Promise.all(
      actors.map(async (actor, index) => await actor({ ...context, database: this.instance(index) })),
    );
    const after = await this.system.look();
    const objections: string[] = [];
    for (const order of ordersOf(actors.length)) {
      const outcome = serially(this.start, done, order);
      const step = { kind: 'nothing', before, after, ...outcome.next } as const;
      try {
        conforms(step);
        s6Stamp(step);
        s9Audit(step);
        if (outcome.objection !== undefined) throw new Error(outcome.objection);
        return order;
      } catch (error) {
        objections.push(`not as in the order ${order.join(', ')}: ${String(error)}`);
      }
    }
    throw new Error(`seed ${seed}: what came of the race is what no serial order gives\n${objections.join('\n')}`);
  }

  private instance(index: number): Database {
    const instance = this.instances[index];
    if (instance === undefined) throw new Error(`there are ${this.instances.length} instances`);
    return instance;
  }
}

/** All that they did, as if one after another. */
function serially(
  start: ServerState,
  all: readonly Done[],
  order: readonly number[],
): { next: Next; objection: string | undefined } {
  let next: Next = { state: start, events: [] };
  let objection: string | undefined;
  for (const index of order) {
    const done = all[index];
    if (done === undefined) throw new Error(`there is no actor ${index}`);
    const [should, did] = [JSON.stringify(done.should?.(next.state)), JSON.stringify(done.did)];
    if (done.should !== undefined && should !== did) objection ??= `actor ${index} answered ${did}, not ${should}`;
    const { state, events } = done.mean(next.state);
    next = { state, events: [...next.events, ...events.map((event) => ({ ...event, restore: state.restore }))] };
  }
  return { next, objection };
}

function ordersOf(count: number): number[][] {
  if (count === 0) return [[]];
  return ordersOf(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, place) => order.toSpliced(place, 0, count - 1)),
  );
}

/** Random numbers that a seed repeats (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
