import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { WaitingDevices, type Waiter } from '../../src/agent/waiting-devices.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { createLocalBus } from '../../src/bus/local-bus.ts';
import type { Database } from '../../src/db/client.ts';
import { until } from '../support/held-transactions.ts';
import { useFleet } from '../support/use-fleet.ts';

const stops: Array<() => void> = [];

const { here, fleet } = await useFleet();

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function waitingDevices({
  database = here.context.database,
  everyMs = 3_600_000,
  bus = createLocalBus(),
}: {
  database?: Database;
  everyMs?: number;
  bus?: Bus;
} = {}): WaitingDevices {
  const waiting = new WaitingDevices(
    { database, bus, log: here.context.log },
    { lookAtAllEveryMs: everyMs, maxPollsPerDevice: 2 },
  );
  stops.push(() => waiting.stop());
  return waiting;
}

/** A waiter that writes down what it is told. */
async function waiter(device: string, restore?: string | null): Promise<Waiter & { readonly told: string[] }> {
  const told: string[] = [];
  return {
    device,
    restore: restore === undefined ? await here.restore() : restore,
    told,
    kind: 'poll',
    onStanding: ({ server }) => told.push(`version ${server.version}`),
    onRestore: (declared) => told.push(`restore ${declared}`),
    onStopping: () => told.push('stopping'),
  };
}

/** The database, whose next transaction stands still once it has read, until it is let go. */
function pausing(): { database: Database; reached: Promise<void>; letGo: () => void } {
  let letGo: () => void = () => undefined;
  let reach: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  let first = true;
  const { database } = here.context;
  const pausingDatabase: Database = {
    ...database,
    async transact(work) {
      const result = await database.transact(work);
      if (first) {
        first = false;
        reach();
        await released;
      }
      return result;
    },
  };
  return { database: pausingDatabase, reached, letGo };
}

const change = async (name: string, tag: number) => {
  await fleet.edit(name, `quay.io/acme/${name}:${tag}`);
  await fleet.render();
};

describe('a device that waits', () => {
  test('is told how it stands when it is looked at', async () => {
    await fleet.running('a', 'b');
    const waiting = waitingDevices();
    const [a, b] = [await waiter('a'), await waiter('b')];
    waiting.add(a);
    waiting.add(b);
    waiting.lookAt(['a', 'nobody']);
    await until(() => a.told.length > 0);
    expect(a.told).toEqual(['version 1']);
    expect(b.told).toEqual([]);
  });

  test('is looked at when the bus has news of it', async () => {
    await fleet.running('a');
    const bus = createLocalBus();
    const waiting = waitingDevices({ bus });
    const a = await waiter('a');
    waiting.add(a);
    bus.publish({ type: 'device-news', devices: ['x', 'a'] });
    await until(() => a.told.length > 0);
  });

  test('is looked at every so often though there is no news at all', async () => {
    await fleet.running('a');
    const waiting = waitingDevices({ everyMs: 20 });
    const a = await waiter('a');
    waiting.add(a);
    await until(() => a.told.length > 2);
  });

  test('is looked at again when there is news while it is being looked at', async () => {
    await fleet.running('a');
    const { database, reached, letGo } = pausing();
    const waiting = waitingDevices({ database });
    const a = await waiter('a');
    waiting.add(a);
    waiting.lookAt(['a']);
    await reached;
    await change('a', 2);
    waiting.lookAt(['a']);
    letGo();
    await until(() => a.told.includes('version 2'));
    expect(a.told).toEqual(['version 1', 'version 2']);
  });

  test('that left while it was being looked at is told nothing', async () => {
    await fleet.running('a', 'b');
    const { database, reached, letGo } = pausing();
    const waiting = waitingDevices({ database });
    const [gone, there] = [await waiter('a'), await waiter('b')];
    const leave = waiting.add(gone);
    waiting.add(there);
    waiting.lookAt(['a', 'b']);
    await reached;
    leave();
    letGo();
    await until(() => there.told.length > 0);
    expect(gone.told).toEqual([]);
    expect(waiting.count).toBe(1);
  });

  test('that came while another of the same device was being looked at is told too', async () => {
    await fleet.running('a');
    const { database, reached, letGo } = pausing();
    const waiting = waitingDevices({ database });
    const [first, second] = [await waiter('a'), await waiter('a')];
    waiting.add(first);
    waiting.lookAt(['a']);
    await reached;
    waiting.add(second);
    letGo();
    await until(() => second.told.length > 0);
    expect([first.told, second.told]).toEqual([['version 1'], ['version 1']]);
  });

  test('may leave, and another may come, while it is told', async () => {
    await fleet.running('a');
    const waiting = waitingDevices();
    const [a, next] = [await waiter('a'), await waiter('a')];
    const leave = waiting.add({
      ...a,
      onStanding(standing, restore) {
        a.onStanding(standing, restore);
        leave();
      },
    });
    waiting.add(next);
    waiting.lookAt(['a']);
    await until(() => next.told.length > 0);
    expect([a.told, next.told]).toEqual([['version 1'], ['version 1']]);
    expect(waiting.count).toBe(1);
  });

  test('is told although the first look failed', async () => {
    await fleet.running('a');
    let failures = 2;
    const database: Database = {
      ...here.context.database,
      transact: async (work) => {
        failures -= 1;
        if (failures >= 0) throw new Error('no database just now');
        return await here.context.database.transact(work);
      },
    };
    const waiting = waitingDevices({ database });
    const a = await waiter('a');
    waiting.add(a);
    waiting.lookAt(['a']);
    await until(() => a.told.length > 0);
    expect(a.told).toEqual(['version 1']);
  });

  test('is told of by the thousand', async () => {
    await fleet.running('a');
    const waiting = waitingDevices();
    const many = await Promise.all(Array.from({ length: 2_500 }, (_, n) => waiter(n === 2_400 ? 'a' : `x-${n}`, null)));
    for (const one of many) waiting.add(one);
    waiting.lookAt(many.map(({ device }) => device));
    await until(() => (many[2_400]?.told.length ?? 0) > 0);
  });
});

describe('a restore', () => {
  test('is told to those who spoke before it, and not to those who spoke since or never', async () => {
    await fleet.running('a', 'b', 'c');
    const bus = createLocalBus();
    const waiting = waitingDevices({ bus });
    const before = await waiter('a');
    const restore = await fleet.declareRestore();
    const [since, never] = [await waiter('b'), await waiter('c', null)];
    for (const one of [before, since, never]) waiting.add(one);
    bus.publish({ type: 'restore-declared', restore });
    await until(() => before.told.length > 0 && since.told.length > 0 && never.told.length > 0);
    expect(before.told).toEqual([`restore ${restore}`]);
    expect(since.told).toEqual(['version 1']);
    expect(never.told).toEqual(['version 1']);
  });

  test('that another database declared is not believed', async () => {
    await fleet.running('a');
    const bus = createLocalBus();
    const waiting = waitingDevices({ bus });
    const a = await waiter('a');
    waiting.add(a);
    bus.publish({ type: 'restore-declared', restore: '0190eeee-0000-7000-8000-000000000000' });
    await until(() => a.told.length > 0);
    expect(a.told).toEqual(['version 1']);
  });

  test('is told even to those whose device is gone', async () => {
    await fleet.running('a');
    const waiting = waitingDevices();
    const gone = await waiter('deleted');
    waiting.add(gone);
    const restore = await fleet.declareRestore();
    waiting.lookAt(['deleted']);
    await until(() => gone.told.length > 0);
    expect(gone.told).toEqual([`restore ${restore}`]);
  });
});

describe('stopping', () => {
  test('is told to all who wait, and at once to those who come after', async () => {
    await fleet.running('a');
    const waiting = waitingDevices({ everyMs: 10 });
    const [a, late] = [await waiter('a'), await waiter('a')];
    waiting.add(a);
    waiting.stop();
    expect(a.told.at(-1)).toBe('stopping');
    waiting.add(late);
    expect(late.told).toEqual([]);
    await Promise.resolve();
    expect(late.told).toEqual(['stopping']);
    const heard = a.told.length;
    waiting.lookAt(['a']);
    await sleep(50);
    expect(a.told).toHaveLength(heard);
  });
});
