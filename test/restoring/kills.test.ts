import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { stepNames } from '../../src/domain/recovery-runs/run-steps.ts';
import { Random } from '../faults/random.ts';
import { Postgres15, postgres15Tools } from '../support/postgres-programs.ts';
import { RestoreScene, type SceneOptions } from './restore-scene.ts';

/** Runs that are killed at random times, three times each; 35 of them take eight minutes. */
const randomKills = Number(process.env['MUSTER_TEST_KILLS'] ?? 4);

vi.setConfig({ testTimeout: 300_000 + randomKills * 30_000 });

let server: Postgres15;
let scene: RestoreScene;
beforeAll(async () => {
  server = await Postgres15.start();
});
afterAll(() => server.remove());
afterEach(() => scene.remove());

/** State of everything after a run that nobody disturbed. */
const undisturbed = {
  databases: ['live'],
  devices: 5,
  declaredByRun: [true],
  services: ['3', '2', 'running'],
  processes: [],
  locks: [],
  runs: 1,
};

/** Steps in the middle of which nothing happens that can be told apart, and the fence: after its first half it is so already. */
const withoutMiddle = new Set(['fence', 'inspect', 'health', 'muster']);

it('ends as an undisturbed one does when it is killed before and after each intent, in the middle and after each act', async () => {
  scene = await RestoreScene.create();
  let kills = 0;
  for (const step of stepNames) {
    for (const moment of ['before intent', 'after intent', 'middle', 'after act']) {
      if (moment === 'middle' && withoutMiddle.has(step)) continue;
      const { killed, code, said } = await scene.run({ kill: `${step}/${moment}` });
      expect({ killed, code, at: `${step}/${moment}`, said: killed ? '' : said }).toMatchObject({ killed: true });
      kills += 1;
    }
  }
  const { code, said } = await scene.run();
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  expect(await scene.standing()).toEqual(undisturbed);
  expect(kills).toBe(52);
});

it('ends as an undisturbed one does when it is killed in the middle of the fence', async () => {
  scene = await RestoreScene.create();
  expect(await scene.run({ kill: 'fence/middle' })).toMatchObject({ killed: true });
  expect(await scene.databases()).toEqual(['live fenced']);
  expect(await scene.run()).toMatchObject({ code: 0 });
  expect(await scene.standing()).toEqual(undisturbed);
});

it(`ends as an undisturbed one does when it is killed at random times, ${randomKills} runs of it`, async () => {
  const random = new Random(12);
  for (let index = 0; index < randomKills; index += 1) {
    // By PostgreSQL 15's programs, and by Muster on the embedded PostgreSQL.
    const programs: SceneOptions = {
      database: await server.createDatabase(`muster_${randomUUID().slice(0, 8)}`),
      engine: 'pg_dump',
      tools: postgres15Tools,
    };
    scene = await RestoreScene.create(index % 2 === 0 ? programs : {});
    // A start takes about a second; a whole run three.
    for (let kill = 0; kill < 3; kill += 1) await scene.run({ kill: random.between(500, 4_000) });
    const { code, said } = await scene.run();
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    // A run that was finished before its kill came is followed by another one, which restores the backup anew.
    const { runs } = await scene.standing();
    expect(await scene.standing()).toEqual({ ...undisturbed, runs });
    if (index + 1 < randomKills) await scene.remove();
  }
});
