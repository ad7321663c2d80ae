import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';

/** A process of this folder that answers each message with one. */
export class Child {
  private readonly process: ChildProcess;

  constructor(program: string, env: Readonly<Record<string, string>> = {}) {
    this.process = fork(fileURLToPath(new URL(program, import.meta.url)), {
      execArgv: ['--import', 'tsx', '--expose-gc'],
      env: { ...process.env, ...env },
    });
  }

  /** The next message. @throws Error if the process ends instead */
  async next<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>> {
    return await new Promise((resolve, reject) => {
      const ended = () => reject(new Error('the process has ended'));
      this.process.once('exit', ended);
      this.process.once('message', (message) => {
        this.process.off('exit', ended);
        resolve(schema.parse(message));
      });
    });
  }

  async ask<Schema extends z.ZodType>(request: object | string, schema: Schema): Promise<z.output<Schema>> {
    const answer = this.next(schema);
    this.process.send(request);
    return await answer;
  }

  async ended(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    await new Promise((resolve) => this.process.once('exit', resolve));
  }
}
