import { afterEach, describe, expect, it, vi } from 'vitest';
import { RestoreScene, redisSecret, type SceneOptions } from './restore-scene.ts';

vi.setConfig({ testTimeout: 180_000 });

let scene: RestoreScene;
const set = async (options?: SceneOptions) => {
  scene = await RestoreScene.create(options);
};
afterEach(() => scene.remove());

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
    const written = await scene.written();
    expect(written).toContain('(masked) says');
    const password = scene.environment['TEST_PGPASSWORD'] ?? '';
    for (const secret of [redisSecret, Buffer.from(redisSecret).toString('base64'), password])
      expect(written).not.toContain(secret);
  });
});
