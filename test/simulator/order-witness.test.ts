import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import { Agent } from '../../src/simulator/device/agent.ts';
import { agentTimes } from '../../src/simulator/device/agent-times.ts';
import { Machine } from '../../src/simulator/device/machine.ts';
import { OrderWitness } from '../../src/simulator/order-witness.ts';
import { app, document, noon } from './device/watched-agent.ts';

/** A device with the agent of Flight Control, and what people write for it. */
class Watched {
  readonly witness = new OrderWitness();
  readonly machine = new Machine('d', 'image');
  private nowMs = noon;
  private agent = this.started();

  private started(): Agent {
    return new Agent(this.machine, {
      nowMs: () => this.nowMs,
      chance: () => 0.5,
      times: agentTimes,
      onPass: (pass, machine) => this.witness.passed(machine, pass),
    });
  }

  write(...specs: JsonObject[]): this {
    for (const spec of specs) this.witness.written('d', () => spec);
    return this;
  }

  deliver(version: number, spec: unknown): this {
    this.agent.take(document(version, spec));
    return this.work();
  }

  restart(): this {
    this.agent = this.started();
    return this;
  }

  wait(seconds: number): this {
    this.nowMs += seconds * 1_000;
    return this.work();
  }

  private work(): this {
    while (this.agent.workDueMs <= this.nowMs) this.agent.work();
    return this;
  }

  get found(): string[] {
    return this.witness.unordered.flatMap(({ changes }) =>
      changes.map(({ kind, name, action }) => `${kind} ${name} ${action}`),
    );
  }
}

const inline = (name: string, ...files: JsonObject[]): JsonObject => ({ name, inline: files });
const a = { path: '/etc/a', content: 'a', mode: 0o640 };
const b = { path: '/etc/b', content: 'b' };
const base64 = ({ content, ...rest }: { path: string; content: string }) => ({
  ...rest,
  content: Buffer.from(content).toString('base64'),
  contentEncoding: 'base64',
});

const written = {
  os: { image: 'quay.io/acme/os:1' },
  config: [inline('one', a), inline('two', b)],
  applications: [app('x')],
  systemd: { matchPatterns: ['chronyd.service'] },
};
/** As an agent must get it. */
const merged = { ...written, config: [inline('', base64(a), base64(b))] };

const runs = () => new Watched().write(written).deliver(5, merged);

describe('nothing is wrong with', () => {
  test('the merged form of what was written', () => {
    expect(runs().witness).toMatchObject({ unordered: [], removed: 0, changed: 0 });
  });

  test('the removal of what a newer spec does not name, and the return of what an older one names', () => {
    const less = { config: [inline('one', a)] };
    const watched = runs()
      .write(less)
      .deliver(6, { ...less, config: [inline('', a)] });
    expect(watched.deliver(7, merged).witness.unordered).toEqual([]);
  });

  test('explicit empty lists that somebody wrote', () => {
    const empty = { config: [], applications: [], systemd: { matchPatterns: [] } };
    expect(runs().write(empty).deliver(6, empty).witness.unordered).toEqual([]);
  });

  test('the last of several files of one path', () => {
    const twice = { config: [inline('one', a), inline('two', { ...a, content: 'later' })] };
    const last = { config: [inline('', { ...a, content: 'later' })] };
    expect(new Watched().write(twice).deliver(1, last).witness.unordered).toEqual([]);
  });

  test('a file that a person put there, which no spec names', () => {
    const watched = new Watched().write(written);
    watched.machine.files.set('/etc/by-hand', { bytes: '', mode: 0o600, user: 'root', group: 'root' });
    expect(watched.deliver(1, merged).witness.unordered).toEqual([]);
  });

  test('a version that fails on the device', () => {
    const failing = { ...written, applications: [app('x', { appType: 'vm' })] };
    const watched = runs()
      .write(failing)
      .deliver(6, { ...merged, applications: failing.applications });
    expect(watched.witness.unordered).toEqual([]);
  });
});

describe('caught is', () => {
  test('an empty document of the same version, which an agent applies after a restart', () => {
    const watched = runs().restart().deliver(5, {});
    expect(watched.found.toSorted()).toEqual([
      'application x removed',
      'file /etc/a removed',
      'file /etc/b removed',
      'setting systemd.matchPatterns removed',
    ]);
    expect(watched.witness.removed).toBe(4);
    // What comes back with the stored spec was ordered.
    expect(watched.wait(60).witness.unordered).toHaveLength(1);
  });

  test('an empty document of a higher version', () => {
    expect(runs().deliver(6, {}).witness.removed).toBe(4);
  });

  test('an empty document for a device that nobody ever wrote anything for but {}', () => {
    const watched = new Watched().write({}).deliver(1, { config: [inline('', a)] });
    expect(watched.found).toEqual(['file /etc/a added']);
    expect(watched.deliver(2, {}).witness.removed).toBe(1);
  });

  test('providers that are not merged: the files of the second never come', () => {
    const { witness } = new Watched().write(written).deliver(1, written);
    expect(witness.unordered).toMatchObject([{ differences: [{ kind: 'file', name: '/etc/b', is: 'missing' }] }]);
  });

  test('providers that are not merged any more: the files of the second go', () => {
    expect(runs().deliver(6, written).found).toEqual(['file /etc/b removed']);
  });

  test('an unresolved reference in the first place', () => {
    const reference = { name: 'git', gitRef: { repository: 'r', targetRevision: 'main', path: '/' } };
    const watched = runs().write({ ...written, config: [reference, ...written.config] });
    watched.deliver(6, { ...written, config: [reference, ...merged.config] });
    expect(watched.found.toSorted()).toEqual(['file /etc/a removed', 'file /etc/b removed']);
  });

  test('a mode that is read as another number', () => {
    const watched = runs().deliver(6, { ...merged, config: [inline('', { ...a, mode: 640 }, b)] });
    expect(watched.found).toEqual(['file /etc/a changed']);
    expect(watched.witness).toMatchObject({ removed: 0, changed: 1 });
  });

  test('another image than any that was written', () => {
    expect(runs().deliver(6, { ...merged, os: { image: 'quay.io/acme/os:2' } }).found).toEqual([
      'setting os.image changed',
    ]);
  });

  test('parts of two specs put together', () => {
    const newer = {
      ...written,
      config: [inline('one', { ...a, content: 'new' }), inline('two', { ...b, content: 'new' })],
    };
    const watched = runs()
      .write(newer)
      .deliver(6, { ...merged, config: [inline('', { ...a, content: 'new' }, b)] });
    expect(watched.witness.unordered).toMatchObject([
      { differences: [{ kind: 'file', name: '/etc/b', is: 'different' }] },
    ]);
  });
});
