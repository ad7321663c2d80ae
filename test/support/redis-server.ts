import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, readyLine } from './servers.ts';

/** A Redis of a test's own, to be killed and started again. It keeps nothing. */
export class RedisServer {
  readonly url: string;
  private readonly port: number;
  private readonly directory: string;
  private child: ChildProcess | undefined;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.directory = directory;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'muster-redis-')));
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const flags = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', [...flags, '--dir', this.directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    await readyLine(child, /Ready to accept connections/);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** One of a Redis's databases, emptied: queues of tests that share a server do not meet. Messages between instances do. */
export async function redisDatabase(url: string, number: number): Promise<string> {
  const own = new URL(url);
  own.pathname = `/${number}`;
  await flush(own.toString());
  return own.toString();
}

export async function flush(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushdb();
  client.disconnect();
}
