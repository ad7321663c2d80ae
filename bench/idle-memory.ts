import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bounded, type Bench } from './harness.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
/** Time after which a service that has nothing to do is taken to be idle. */
const idleAfterMs = 10_000;

/** Resident memory of the program as it is shipped, compiled, when it has started and nobody asks it for anything. */
export const idleMemoryBench: Bench = {
  name: 'idle-memory',
  async run(rig) {
    await run('npm', ['run', '--silent', 'build'], { cwd: root });
    const url = await rig.databaseWith(10_000);
    const service = spawn(process.execPath, ['dist/cli/main.js', 'serve'], {
      cwd: root,
      // oxlint-disable-next-line node/no-process-env
      env: {
        ...process.env,
        DATABASE_URL: url,
        REDIS_URL: '',
        MUSTER_API_LISTEN: '127.0.0.1:0',
        MUSTER_AGENT_LISTEN: '127.0.0.1:0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(service.stdout, 'data');
      service.stdout.resume();
      await sleep(idleAfterMs);
      const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(service.pid)]);
      return [
        bounded('resident memory of the compiled service when it is idle', 'MiB', Number(stdout) / 1_024, {
          atMost: 100,
        }),
      ];
    } finally {
      service.kill('SIGTERM');
      await once(service, 'exit');
    }
  },
};
