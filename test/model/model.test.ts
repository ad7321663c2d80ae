import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from './first-backup.ts';
import { runSequences, type Ran } from './sequences.ts';
import { System } from './system.ts';

const given = (name: string): string | undefined => process.env[name] || undefined;

const sequencesInAll = Number(given('MODEL_RUNS') ?? 2_000);
/** Sequences that run side by side, each on its own database, because most of a sequence is waiting for answers. */
const lanes = given('MODEL_PATH') === undefined ? 4 : 1;
/** With so many sequences, all that the model is for must have happened in them. */
const enoughToReachAll = 500;
const reachedByAll = [
  'DeviceAnswered',
  'DeviceConflictPaused',
  'DeviceConflictResolved',
  'DeviceAdopted',
  'DeviceDecommissioned',
  'SystemRestored',
  'RestoreSettled',
  'RestoreMusteringAgain',
  'FleetRolloutCompleted',
  'FleetRolloutFailed',
  'FleetDeleted',
  'DeviceSpecInvalid',
  'DeviceSpecValid',
  'DeviceRestarted',
  'HandedToDevice',
  'HandedToNobody',
];

const systems: System[] = [];

beforeAll(async () => {
  for (let lane = 0; lane < lanes; lane += 1) {
    const system = await System.start();
    systems.push(system);
    await prepare(system);
  }
});

afterAll(async () => {
  for (const system of systems) await system.stop();
});

// A failure prints a seed and a path: MODEL_SEED and MODEL_PATH repeat it, MODEL_REPLAY skips the commands that its
// replayPath skips. MODEL_RUNS says how many sequences to run.
test(
  'sequences of commands keep every invariant and agree with the reference model',
  { timeout: 3_600_000 },
  async () => {
    const seed =
      given('MODEL_SEED') === undefined ? Math.floor(Math.random() * 0x7fff_0000) : Number(given('MODEL_SEED'));
    process.stdout.write(`model: seed ${seed}\n`);
    const startedAt = performance.now();
    const runs = Math.ceil(sequencesInAll / systems.length);
    const ran = await Promise.all(
      systems.map((system, lane) =>
        runSequences(system, {
          runs,
          seed: seed + lane,
          path: given('MODEL_PATH'),
          replayPath: given('MODEL_REPLAY'),
          shrink: given('MODEL_SHRINK') !== 'false',
        }),
      ),
    );
    const { sequences, commands, reached } = ran.reduce(together);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const counts = [...reached].map(([what, times]) => `${what} ${times}`).join(', ');
    process.stdout.write(`model: ${sequences} sequences, ${commands} commands, ${seconds} s; ${counts}\n`);
    const missed = sequences < enoughToReachAll ? [] : reachedByAll.filter((what) => !reached.has(what));
    expect(missed).toEqual([]);
    expect(sequences).toBeGreaterThan(0);
  },
);

function together(one: Ran, other: Ran): Ran {
  const reached = new Map(one.reached);
  for (const [what, times] of other.reached) reached.set(what, (reached.get(what) ?? 0) + times);
  return { sequences: one.sequences + other.sequences, commands: one.commands + other.commands, reached };
}
