import { afterEach, expect, test } from 'vitest';
import { Advance } from '../model/commands/advance.ts';
import { Edit } from '../model/commands/edit.ts';
import { EverybodyReports } from '../model/commands/everybody-reports.ts';
import { Restore } from '../model/commands/restore.ts';
import { SendReport } from '../model/commands/send-report.ts';
import type { Claim } from '../model/history.ts';
import type { World } from '../model/world.ts';
import { adopts, creates, declares, edits, renders, reports, resumes } from './actors.ts';
import { Arena, generator, type Actor } from './arena.ts';

// Two or three act at once on connections of their own, every statement a random while late. Whatever comes of it must
// be what some serial order gives (invariants S2, S4, S5, S6 and S9 at once), and every order must come up.

const repetitions = Number(process.env['RACE_RUNS'] || 200);
const firstSeed =
  process.env['RACE_SEED'] === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(process.env['RACE_SEED']);

let arena: Arena | undefined;
afterEach(async () => {
  await arena?.close();
  arena = undefined;
});

/** Races again and again. @returns the orders that came up, as text */
async function raceOften(
  arena: Arena,
  actors: (random: () => number, world: World) => readonly Actor[],
): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let seed = firstSeed; seed < firstSeed + repetitions; seed += 1) {
    const order = await arena.race(actors(generator(seed), arena.world), seed);
    seen.add(order.join(','));
  }
  return seen;
}

const noFault = { fault: undefined };
const usual = { form: 'own', withSpec: false, outdated: false, delayed: false, lost: false, ...noFault } as const;
const restored = new Restore({ backup: 0, ...noFault });
const everybody = new EverybodyReports({ lost: false });
const advanced = [0, 1, 2].map((device) => new Advance({ device }));

/** Position that a device states: where it is or, out of date, where it was before. */
function claim(world: World, index: number, when: 'now' | 'earlier' = 'now'): Claim {
  const device = world.device(index);
  const at = when === 'now' ? device.at : device.earlier();
  return { device: device.name, at, form: device.form, withSpec: false };
}

const oneOf = <Item>(random: () => number, items: readonly Item[]): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to choose from');
  return item;
};

/** A spec that no control plane here has rendered. */
function foreign(world: World, index: number, version: number): Claim {
  const device = world.device(index);
  const at = world.foreignSpec(device, '01900000-0000-7000-8000-000000000000', version);
  return { device: device.name, at, form: 'full', withSpec: false };
}

test('a report against a resume', { timeout: 300_000 }, async () => {
  arena = await Arena.after(...advanced, restored, everybody);
  const higher = foreign(arena.world, 0, 9);
  const seen = await raceOften(arena, (random, world) => [
    reports(oneOf(random, [claim(world, 0), claim(world, 0, 'earlier'), higher])),
    resumes(world, 'd0', 'd1'),
  ]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});

test('a report against a declaration', { timeout: 300_000 }, async () => {
  arena = await Arena.after(...advanced, restored, new SendReport({ ...usual, device: 1 }));
  const seen = await raceOften(arena, (random, world) => [
    reports(claim(world, oneOf(random, [0, 1]), oneOf(random, ['now', 'earlier']))),
    declares('INC-race'),
  ]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});

test('two reports of one device against a declaration', { timeout: 300_000 }, async () => {
  arena = await Arena.after(...advanced, restored);
  const seen = await raceOften(arena, (_, world) => [
    reports(claim(world, 0, 'earlier')),
    declares('INC-race'),
    reports(claim(world, 0)),
  ]);
  expect(seen.size).toBeGreaterThan(2);
});

test('a render against a declaration', { timeout: 300_000 }, async () => {
  const edited = [0, 1].map((device) => new Edit({ device, what: 'spec', ...noFault }));
  arena = await Arena.after(...edited);
  const seen = await raceOften(arena, () => [renders(), declares('INC-race')]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});

test('a resume against a resume', { timeout: 300_000 }, async () => {
  arena = await Arena.after(...advanced, restored, everybody);
  const seen = await raceOften(arena, (random, world) => [
    resumes(world, 'd0', 'd1'),
    resumes(world, oneOf(random, ['d0', 'd2']), 'd1'),
    resumes(world, 'd2', 'd1'),
  ]);
  expect(seen.size).toBeGreaterThan(2);
});

test('a resume against an adoption', { timeout: 300_000 }, async () => {
  const withSpec = [0, 1, 2].map((device) => new SendReport({ ...usual, device, withSpec: true }));
  arena = await Arena.after(...advanced, restored, ...withSpec);
  const seen = await raceOften(arena, (_, world) => [resumes(world, 'd0', 'd1'), adopts(world, 'd0', 'd2')]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});

test('two instances that decide about one device at once', { timeout: 300_000 }, async () => {
  arena = await Arena.after(...advanced, restored);
  const seen = await raceOften(arena, (random, world) => [
    reports(claim(world, 0, 'earlier'), claim(world, 1)),
    reports(claim(world, 0), claim(world, 2)),
    reports(claim(world, oneOf(random, [1, 2]), 'earlier'), claim(world, 0, oneOf(random, ['now', 'earlier']))),
  ]);
  expect(seen.size).toBeGreaterThan(2);
});

test('a render against a report that pauses', { timeout: 300_000 }, async () => {
  arena = await Arena.after(new Edit({ device: 0, what: 'spec', ...noFault }));
  const stranger = foreign(arena.world, 0, 1);
  const seen = await raceOften(arena, () => [reports(stranger), renders()]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});

test('an edit against a report that pauses', { timeout: 300_000 }, async () => {
  arena = await Arena.after(new Edit({ device: 0, what: 'spec', ...noFault }));
  const stranger = foreign(arena.world, 0, 1);
  const seen = await raceOften(arena, () => [edits('d0', 'quay.io/acme/os:raced', 'a'), reports(stranger)]);
  // Either order gives the same: an edit does not end a pause, and a pause does not lose an edit.
  expect(seen.size).toBe(1);
});

test('a device that is entered against a declaration', { timeout: 300_000 }, async () => {
  arena = await Arena.after(restored);
  const seen = await raceOften(arena, () => [creates('d3', 'quay.io/acme/os:raced', 'a'), declares('INC-race')]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});

test('two declarations with one key', { timeout: 300_000 }, async () => {
  arena = await Arena.after(...advanced);
  const seen = await raceOften(arena, () => [declares('INC-race'), declares('INC-race')]);
  expect([...seen].toSorted()).toEqual(['0,1', '1,0']);
});
