import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import postgres from 'postgres';
import { copyLines } from './copy-lines.ts';
import { scriptTrailer } from './copy-script.ts';

const copyLine = /^COPY public\."/;
const endOfRows = String.raw`\.`;

/**
 * Runs a script of a backup in an empty database, in one transaction.
 *
 * @throws Error if it does not have its last line, or the database refuses a statement: nothing is left behind then
 */
export async function runCopyScript(url: string, script: AsyncIterable<Buffer>): Promise<void> {
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 5,
    connection: { application_name: 'muster restore', statement_timeout: 0 },
  });
  try {
    await client.begin((tx) => runWithin(tx, script));
  } finally {
    await client.end({ timeout: 5 });
  }
}

async function runWithin(tx: postgres.TransactionSql, script: AsyncIterable<Buffer>): Promise<void> {
  let statements: string[] = [];
  let rows: Rows | undefined;
  let last = '';
  const runStatements = async () => {
    if (statements.some((line) => line.trim() !== '')) await tx.unsafe(statements.join('\n')).simple();
    statements = [];
  };
  for await (const lines of copyLines(script)) {
    for (const line of lines) {
      if (line !== '') last = line;
      if (rows !== undefined && line === endOfRows) {
        await rows.end();
        rows = undefined;
      } else if (rows !== undefined) rows.add(line);
      else if (copyLine.test(line)) {
        await runStatements();
        rows = await Rows.open(tx, line);
      } else statements.push(line);
    }
    await rows?.flush();
  }
  if (rows !== undefined || last !== scriptTrailer)
    throw new Error('the script was cut off: it does not have its last line');
  await runStatements();
}

/** Rows on their way into a table. */
class Rows {
  private readonly stream: NodeJS.WritableStream;
  private waiting: string[] = [];
  private failure: Error | undefined;

  private constructor(stream: NodeJS.WritableStream) {
    this.stream = stream;
    stream.on('error', (error: Error) => {
      this.failure = error;
    });
  }

  static async open(tx: postgres.TransactionSql, statement: string): Promise<Rows> {
    return new Rows(await tx.unsafe(statement).writable());
  }

  add(line: string): void {
    this.waiting.push(line);
  }

  async flush(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.waiting.length === 0) return;
    const text = `${this.waiting.join('\n')}\n`;
    this.waiting = [];
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  async end(): Promise<void> {
    await this.flush();
    this.stream.end();
    await finished(this.stream);
  }
}
