import { pino } from 'pino';
import { expect, test } from 'vitest';
import { shutDown, type ShutdownStep } from '../../src/service/shutdown.ts';

const never = () => new Promise<void>(() => undefined);

/** Runs steps, and tells what they did and what was said of them. */
async function shutDownWith(steps: (did: string[]) => ShutdownStep[]): Promise<{ did: string[]; said: unknown[] }> {
  const did: string[] = [];
  const said: unknown[] = [];
  const log = pino({ base: null }, { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) });
  await shutDown(steps(did), 200, log);
  return { did, said };
}

test('steps run one after another, and nothing is said of those that end in time', async () => {
  const outcome = await shutDownWith((did) =>
    ['first', 'second'].map((name) => ({
      name,
      byShare: 0.9,
      run: async () => {
        did.push(`${name} begins`);
        await new Promise((done) => setTimeout(done, 5));
        did.push(`${name} ends`);
      },
    })),
  );
  expect(outcome).toEqual({ did: ['first begins', 'first ends', 'second begins', 'second ends'], said: [] });
});

test('a step that does not end is cut at its share of the time, and the next one has the rest', async () => {
  const outcome = await shutDownWith((did) => [
    { name: 'answering', byShare: 0.2, run: never, cut: () => did.push('cut') },
    { name: 'closing', byShare: 0.9, run: async () => void did.push('closed') },
  ]);
  expect(outcome).toEqual({ did: ['cut', 'closed'], said: ['stopping: answering did not end in time'] });
});

test('a step that fails, at once or when nobody waits for it any more, keeps no other from running', async () => {
  const outcome = await shutDownWith((did) => [
    { name: 'failing', byShare: 0.5, run: () => Promise.reject(new Error('no')) },
    {
      name: 'failing late',
      byShare: 0.5,
      run: () => new Promise((_resolve, reject) => setTimeout(() => reject(new Error('late')), 120)),
    },
    { name: 'closing', byShare: 0.9, run: async () => void did.push('closed') },
    { name: 'outliving that', byShare: 0.95, run: never },
  ]);
  expect(outcome).toEqual({
    did: ['closed'],
    said: [
      'stopping: failing failed',
      'stopping: failing late did not end in time',
      'stopping: outliving that did not end in time',
    ],
  });
});
