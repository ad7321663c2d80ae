import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedis, freePort, installRedis, readyLine } from '../support/servers.ts';
import { endProcess, track } from './processes.ts';

/** A Redis server of its own, without persistence but for dumps that are asked for. */
export class RedisProcess {
  readonly port: number;
  private readonly program: string;
  private readonly directory: string;
  private child: ChildProcess;

  private constructor(parts: { port: number; program: string; directory: string; child: ChildProcess }) {
    this.port = parts.port;
    this.program = parts.program;
    this.directory = parts.directory;
    this.child = parts.child;
  }

  static async start(directory: string): Promise<RedisProcess> {
    const program = (await findRedis()) ?? (await installRedis());
    if (typeof program !== 'string') throw new Error(program.missing);
    const port = await freePort();
    return new RedisProcess({ port, program, directory, child: await launch(program, port, directory) });
  }

  /** Runs commands on a connection of its own. */
  async run<Result>(work: (redis: Redis) => Promise<Result>): Promise<Result> {
    const redis = new Redis({ port: this.port, host: '127.0.0.1', maxRetriesPerRequest: 5, commandTimeout: 15_000 });
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Ends it at once; what it held is gone. */
  async kill(): Promise<void> {
    await endProcess(this.child);
  }

  /** Starts it again, with nothing in it or with a dump that was saved. */
  async startAgain(dump?: string): Promise<void> {
    const file = join(this.directory, 'dump.rdb');
    await rm(file, { force: true });
    if (dump !== undefined) await copyFile(dump, file);
    this.child = await launch(this.program, this.port, this.directory);
  }

  /** Saves all that it holds now. @returns the file */
  async save(name: string): Promise<string> {
    await this.run((redis) => redis.save());
    const kept = join(this.directory, `${name}.rdb`);
    await copyFile(join(this.directory, 'dump.rdb'), kept);
    return kept;
  }
}

async function launch(program: string, port: number, directory: string): Promise<ChildProcess> {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const child = track(spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] }));
  await readyLine(child, /Ready to accept connections/);
  return child;
}
