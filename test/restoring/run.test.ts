import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackupCatalogue } from '../../src/backups/catalogue.ts';
import { runEntrySchema } from '../../src/domain/recovery-runs/run-entry.ts';
import { takeLock } from '../../src/db/server/data-directory-lock.ts';
import { Random } from '../faults/random.ts';
import { muster } from '../cli/muster-process.ts';
import { RestoreScene, redisSecret, type SceneOptions } from './restore-scene.ts';

vi.setConfig({ testTimeout: 180_000 });

let scene: RestoreScene;
const set = async (options?: SceneOptions) => {
  scene = await RestoreScene.create(options);
};
afterEach(() => scene.remove());

/** The database and the services are as they were before any run. */
const untouched = { databases: ['live'], devices: 7, declaredByRun: [], services: ['3', '2', 'running'], locks: [] };

/** Commands of the newest run, as its journal has them. */
function commandsOfRun(): string[] {
  const lines = readFileSync(join(scene.directory, `plan.${scene.runId}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.flatMap((line) => {
    const entry = runEntrySchema.parse(JSON.parse(line));
    return entry.type === 'command' ? [entry.command.join(' ')] : [];
  });
}

describe('a run', () => {
  it('restores the backup, declares it once, and starts the services with the counts from before', async () => {
    await set({ replaced: 'keep' });
    const { code, said } = await scene.run();
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(await scene.standing()).toEqual({
      databases: ['live', `live_replaced_${scene.runId.slice(-8)} fenced`],
      devices: 5,
      declaredByRun: [true],
      services: ['3', '2', 'running'],
      processes: [],
      locks: [],
      runs: 1,
    });
  });

  it('writes no secret into its journal, its logs, its record or the words of a command', async () => {
    await set();
    scene.fault('kubectl', 'rollout status worker');
    expect((await scene.run()).code).toBe(6);
    scene.fault('kubectl', undefined);
    expect((await scene.run()).code).toBe(0);
    const written = await scene.written();
    expect(written).toContain('(masked) says');
    expect(written).toContain('fault on demand, (masked)');
    const password = scene.environment['TEST_PGPASSWORD'] ?? '';
    for (const secret of [redisSecret, Buffer.from(redisSecret).toString('base64'), password])
      expect(written).not.toContain(secret);
  });

  it('makes exactly the commands that a dry run prints, which changes nothing', async () => {
    await set({ more: 'health: [{ run: [kubectl, version] }]\n' });
    const dry = await muster(['restore', 'run', scene.plan, '--dry-run'], { env: scene.environment });
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    // The commands of save only read.
    expect(
      scene
        .state('commands')
        .split('\n')
        .filter((line) => !line.startsWith('kubectl get')),
    ).toEqual([]);
    expect(await scene.standing()).toMatchObject({ ...untouched, runs: 0 });
    const printed = dry.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(printed).toContain('kubectl scale deployment/server --replicas=3');
    expect((await scene.run()).code).toBe(0);
    expect(commandsOfRun()).toEqual(printed.map((line) => line.replaceAll("'", '')));
  });

  it('is not begun twice at the same time', async () => {
    await set();
    const lock = await takeLock(`${join(scene.directory, 'plan')}.lock`, () => '');
    const { code, said } = await scene.run();
    await lock.release();
    expect({ code, said }).toMatchObject({ code: 1 });
    expect(said).toContain(`a run of this plan is under way (process ${process.pid})`);
  });
});

describe('a step that fails', () => {
  it.each([
    ['flux', 'suspend', 'step 3, suspend'],
    ['kubectl', 'get deployment/worker', 'step 4, stop'],
    ['kubectl', 'scale deployment/server --replicas=0', 'step 4, stop'],
    ['kubectl', 'wait worker', 'step 4, stop'],
  ] as const)(
    '%s %s: nothing is started, nothing undone, and the old database is unchanged',
    async (program, fault, place) => {
      await set();
      scene.fault(program, fault);
      const { code, said } = await scene.run();
      expect({ code, said }).toMatchObject({ code: 6 });
      expect(said).toContain(place);
      expect(said).toContain('Nothing was started and nothing undone');
      expect(said).toContain('Contacts: database: #dba');
      expect(await scene.devices()).toBe(7);
      expect(await scene.restoreKeys()).toEqual([]);
      const started = scene
        .state('commands')
        .split('\n')
        .filter((line) => /replicas=[1-9]|resume/.test(line));
      expect(started).toEqual([]);
      scene.fault(program, undefined);
      expect((await scene.run()).code).toBe(0);
      expect(await scene.standing()).toMatchObject({
        devices: 5,
        declaredByRun: [true],
        services: ['3', '2', 'running'],
      });
    },
  );

  it('goes back to the old database when the run is abandoned, also where that is killed', async () => {
    await set();
    writeFileSync(scene.plan, scene.planText().replace('manifest.counts.devices', '6'));
    const { code, said } = await scene.run();
    expect({ code, said }).toMatchObject({ code: 6 });
    expect(said).toContain('SELECT count(*) FROM devices: expected 6, found 5');
    expect(said).toContain('Nothing is replaced yet');
    expect(await scene.databases()).toEqual(['live fenced', `live_new1_${scene.runId.slice(-8)}`]);
    expect(scene.state('replicas-server')).toBe('0');
    for (const kill of ['inspect/middle', 'preflight/middle', 'start/middle', 'start/middle/3', 'resume/middle'])
      await scene.run({ do: 'abandon', kill });
    const ended = await scene.run({ do: 'abandon' });
    expect(ended.said === '' || ended.said.includes('there is nothing to abandon')).toBe(true);
    expect(await scene.standing()).toMatchObject(untouched);
    // The next run is a new one.
    writeFileSync(scene.plan, scene.planText());
    expect((await scene.run()).code).toBe(0);
    expect(await scene.standing()).toMatchObject({ devices: 5, runs: 2 });
  });

  it('cannot be abandoned after the swap', async () => {
    await set();
    scene.fault('kubectl', 'rollout');
    const { said } = await scene.run();
    expect(said).toContain('step 10, start');
    expect(said).toContain('to keep worker down: kubectl scale deployment/worker --replicas=0');
    const abandoned = await scene.run({ do: 'abandon' });
    expect(abandoned).toMatchObject({ code: 1 });
    expect(abandoned.said).toContain('a run is not abandoned after the swap');
    expect(await scene.devices()).toBe(5);
  });

  it('names all that is missing before anything is changed', async () => {
    await set();
    const text = scene
      .planText()
      .replace('{ env: TEST_PGPASSWORD }', '{ env: NOWHERE }')
      .replace('[flux, suspend', '[flax, suspend')
      .replace('[kubectl, rollout, status, server]', '[./healthy-no, server]');
    writeFileSync(scene.plan, text);
    const { code, said } = await scene.run();
    expect({ code, said }).toMatchObject({ code: 6 });
    expect(said).toContain('the secret PGPASSWORD cannot be had: NOWHERE is not set');
    expect(said).toContain('flax is not on the path');
    expect(said).toContain('./healthy-no is not on the path');
    expect(await scene.standing()).toMatchObject({ databases: ['live'], services: ['3', '2', 'running'] });
    expect(scene.state('commands')).toBe('');
  });

  it('refuses to save how a service ran that was stopped before', async () => {
    await set();
    scene.setState('replicas-server', '0');
    const { said } = await scene.run();
    expect(said).toContain('server was stopped before the run looked');
    writeFileSync(
      scene.plan,
      scene
        .planText()
        .replace('deployment/server, -o, "jsonpath={.spec.replicas}"] }', '$&\n    otherwise: { replicas: "4" }'),
    );
    expect((await scene.run()).code).toBe(0);
    expect(scene.state('replicas-server')).toBe('4');
  });
});

describe('a backup that is not good is refused before anything is stopped:', () => {
  const refused = async (because: string) => {
    const { code, said } = await scene.run();
    expect({ code, said }).toMatchObject({ code: 6 });
    expect(said).toContain('step 2, artifact');
    expect(said).toContain(because);
    expect(await scene.standing()).toMatchObject(untouched);
    expect(scene.state('commands')).not.toMatch(/scale|suspend/);
  };
  const dump = () => new BackupCatalogue(join(scene.directory, 'backups')).path(scene.manifest.files.dump.name);
  const describeAs = (change: (text: string) => string) => {
    const path = join(scene.directory, 'backups', `${scene.manifest.id}.json`);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };

  it('cut off, with a flipped byte, empty, or gone', async () => {
    await set();
    const whole = await readFile(dump());
    const random = new Random(1);
    await truncate(dump(), random.between(1, whole.length - 1));
    await refused('bytes; the manifest says');
    await writeFile(
      dump(),
      whole.map((byte, index) => (index === 77 ? byte ^ 1 : byte)),
    );
    await refused('does not have the checksum');
    await truncate(dump(), 0);
    await refused('has 0 bytes');
    await rm(dump());
    await refused('cannot be read');
  });

  it('and after abandoning that run another one may take another backup', async () => {
    await set();
    await truncate(dump(), 10);
    await refused('bytes; the manifest says');
    expect(await scene.run({ do: 'abandon' })).toMatchObject({ code: 0 });
    expect((await scene.run({ backup: '20200101T000000Z-00000000' })).said).toContain('there is no backup 20200101T');
    expect(await scene.standing()).toMatchObject({ ...untouched, runs: 2 });
  });

  it('of a newer schema, of another service, or too old', async () => {
    await set();
    const { schema } = scene.manifest.versions;
    describeAs((text) => text.replace(`"schema": ${schema}`, `"schema": ${schema + 1}`));
    await refused('a newer version of Muster made it');
    const other = '01a1fd8b-0000-7000-8000-000000000000';
    describeAs((text) =>
      text.replace(`"schema": ${schema + 1}`, `"schema": ${schema}`).replaceAll(scene.manifest.restore, other),
    );
    await refused('it is of another service');
    describeAs((text) =>
      text.replaceAll(other, scene.manifest.restore).replace(scene.manifest.takenAt, '2020-01-01T00:00:00.000Z'),
    );
    await refused('it is older than the plan allows');
  });
});

describe('the files beside the plan', () => {
  it('tell how far the run is, what was said, and what came of it', async () => {
    await set();
    scene.fault('kubectl', 'wait worker');
    await scene.run();
    const env = scene.environment;
    const described = await muster(['restore', 'describe', scene.plan], { env });
    expect(described.stdout).toMatch(/4\s+stop\s+stopped/);
    expect(described.stdout).toMatch(/5\s+fence\s+not reached/);
    scene.fault('kubectl', undefined);
    const run = await muster(['restore', 'run', scene.plan, '--yes'], { env });
    expect(run).toMatchObject({ code: 0, stdout: `${scene.runId}\n` });
    expect(run.stderr).toContain('[14/14] record');
    const logs = await muster(['restore', 'logs', scene.plan, 'stop'], { env });
    expect(logs.stdout).toMatch(/^==> 04-stop\.log\n\[ 4\/14\] stop .*\n\$ kubectl get deployment\/server/);
    const record = await muster(['restore', 'record', scene.plan], { env });
    expect(record.stdout).toContain('- Outcome: completed');
    expect(record.stdout).toMatch(/Recovery time \(lost at → healthy\): .*, met \(at most 30 min 0 s\)/);
    const kept = await readFile(join(scene.directory, `plan.${scene.runId}.md`), 'utf8');
    expect(kept).toContain('- Outcome: completed');
    const json = await muster(['restore', 'record', scene.plan, '-o', 'json'], { env });
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'completed', recoveryTime: { met: true } });
    const abandoned = await muster(['restore', 'abandon', scene.plan, '--yes'], { env });
    expect(abandoned).toMatchObject({ code: 1 });
    expect(abandoned.stderr).toContain('no run of this plan is unfinished');
  });

  it('are asked for before a run without a reason, or without a yes', async () => {
    await set();
    const env = scene.environment;
    expect(await muster(['restore', 'describe', scene.plan], { env })).toMatchObject({ code: 1 });
    const without = await muster(['restore', 'run', scene.plan, '--yes'], { env });
    expect(without).toMatchObject({ code: 2 });
    expect(without.stderr).toContain('--reason: expected why');
    const unasked = await muster(['restore', 'run', scene.plan, '--reason', 'INC-1'], { env });
    expect(unasked).toMatchObject({ code: 2 });
    expect(unasked.stderr).toContain('--yes');
    expect(await scene.standing()).toMatchObject({ ...untouched, runs: 0 });
  });
});
