import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { declarePoints, requestPoints, type Failpoint } from '../failpoints.ts';
import type { Fault } from '../fault.ts';
import { launchProgram } from '../processes.ts';
import { environmentOf, type Scene } from '../scene.ts';

const endpointPoints = [
  ...requestPoints.filter((point) => point !== 'before-hint'),
  'before-discard',
  'after-discard',
  'before-announce',
  'after-announce',
] as const satisfies readonly Failpoint[];

/**
 * Row 3: what declares a restore is killed at each of its steps, and run again with the same Idempotency-Key: the tool
 * while the service is stopped, or the process that serves the endpoint.
 */
export const killRestoreTool: Fault = {
  row: 3,
  name: 'kill-restore-tool',
  async inject(scene, random) {
    const backup = await scene.incarnations.backup();
    await scene.editFleets();
    const key = `tool-${scene.seed}-${random.between(1, 1e9)}`;
    if (random.chance(0.4)) {
      await scene.restoreUndeclared(backup);
      await killEndpoint(scene, key, random.pick(endpointPoints));
      return;
    }
    await Promise.all([scene.api.kill(), scene.worker.kill()]);
    await scene.restoreUndeclared(backup);
    const answers: Declared[] = [];
    for (const point of random.sample(declarePoints, scene.options.short ? 2 : 5)) {
      const answer = await runTool(scene, key, point);
      if (answer === undefined) scene.fault(3, 'kill-restore-tool', `tool ${point}`);
      else answers.push(answer);
    }
    const last = await runTool(scene, key, '');
    if (last === undefined) scene.violate('S6', `the restore tool did not declare ${key}`);
    else answers.push(last);
    if (new Set(answers.map((answer) => answer.restore)).size > 1)
      scene.violate('S6', `key ${key} was answered ${answers.map((answer) => answer.restore).join(', ')}`);
    await scene.heal();
  },
};

async function killEndpoint(scene: Scene, key: string, point: Failpoint): Promise<void> {
  const hit = scene.api.armAndWait({ point, action: 'kill', skip: 0 }, 6_000);
  const first = await scene.admin.declare(key);
  if ((await hit) !== undefined) scene.fault(3, 'kill-restore-tool', `endpoint ${point}`);
  await scene.api.ensureRunning();
  await scene.until(async () => {
    const again = await scene.admin.declare(key);
    if (again.restore !== undefined && first.restore !== undefined && again.restore !== first.restore)
      scene.violate('S6', `key ${key} was answered ${first.restore} and then ${again.restore}`);
    return again.restore !== undefined;
  }, 20_000);
}

const declaredSchema = z.object({ event: z.literal('declared'), restore: z.string(), created: z.boolean() });
type Declared = z.infer<typeof declaredSchema>;

/** Runs the tool. @returns what it declared, or undefined if it was killed before it could say */
async function runTool(scene: Scene, key: string, point: string): Promise<Declared | undefined> {
  const { stage, incarnations } = scene;
  const ports = { postgresPort: stage.cluster.port, redisPort: stage.redis.port };
  const child = launchProgram(join(stage.programs, 'restore-tool-entry.js'), {
    args: [key, point],
    env: environmentOf(stage, incarnations.live, ports),
    log: join(scene.directory, 'restore-tool.log'),
    ipc: false,
  });
  const ended = once(child, 'exit');
  const output = child.stdout === null ? '' : await text(child.stdout);
  await ended;
  for (const line of output.split('\n').filter(Boolean)) {
    const parsed = declaredSchema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}
