import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { expect, inject, onTestFinished, test } from 'vitest';
import { copyOut } from '../../../src/db/driver/copy-out.ts';
import { endsWithin } from '../../../src/time/time-limit.ts';

test('a slow reader of one COPY leaves the connection ready for the next statement', async () => {
  const client = postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });
  onTestFinished(() => client.end({ timeout: 1 }));
  // The end of a COPY meets a full buffer in some of these sizes.
  for (const rows of [1_000, 2_000, 5_000, 10_000, 20_000]) {
    let bytes = 0;
    const copy = client.unsafe(`COPY (SELECT repeat('x', 100) FROM generate_series(1, ${rows})) TO STDOUT`);
    for await (const chunk of copyOut(copy)) {
      bytes += chunk.length;
      await sleep(0);
    }
    expect(bytes).toBe(rows * 101);
    expect(await endsWithin(5_000, client`SELECT 1`)).toBe(true);
  }
});
