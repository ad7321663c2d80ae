import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CredentialFiles } from '../../src/auth/credential-files.ts';

let directory: string;
let lines: string[];
let files: CredentialFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-files-'));
  lines = [];
  files = new CredentialFiles(pino({}, { write: (line) => lines.push(line) }));
});

afterEach(async () => {
  files.close();
  await rm(directory, { recursive: true });
});

/** Keeps what one file holds; anything but a number is a mistake. */
async function keepNumber(path: string, onChange?: (number: number) => void) {
  return await files.keep({
    what: 'a number',
    paths: [path],
    ...(onChange && { onChange }),
    read: async () => {
      const text = await readFile(path, 'utf8');
      if (!/^\d+$/.test(text)) throw new Error('expected a number');
      return Number(text);
    },
  });
}

test('what a file holds is read at once, and again when it changes', async () => {
  const path = join(directory, 'number');
  await writeFile(path, '1');
  const changes: number[] = [];
  const kept = await keepNumber(path, (number) => changes.push(number));
  expect(kept.current).toBe(1);
  await writeFile(path, '2');
  while (kept.current !== 2) await sleep(50);
  expect(changes).toEqual([2]);
});

test('a file that changes by a symbolic link above it, as a mounted secret does, is read again', async () => {
  for (const version of ['1', '2']) await writeFile(join(directory, version), version);
  const path = join(directory, 'number');
  await symlink(join(directory, '1'), path);
  const kept = await keepNumber(path);
  await symlink(join(directory, '2'), `${path}.new`);
  await rename(`${path}.new`, path);
  while (kept.current !== 2) await sleep(50);
  expect(kept.current).toBe(2);
});

test('what cannot be read leaves in force what was read before, and the log says why', async () => {
  const path = join(directory, 'number');
  await writeFile(path, '1');
  const kept = await keepNumber(path);
  for (const spoil of [() => writeFile(path, 'one'), () => rm(path)]) {
    lines.length = 0;
    await spoil();
    await files.reload();
    expect(kept.current).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      msg: 'a number: cannot be read again, what was read before stays in force',
      paths: [path],
      error: expect.stringMatching(/expected a number|ENOENT/),
    });
  }
  await writeFile(path, '3');
  await files.reload();
  expect(kept.current).toBe(3);
});

test('what cannot be read at first is an error of whoever wants it', async () => {
  await expect(keepNumber(join(directory, 'none'))).rejects.toThrow(/ENOENT/);
});

test('two that ask at once share one reading, and neither misses a change that was made before', async () => {
  const path = join(directory, 'number');
  await writeFile(path, '0');
  const kept = await keepNumber(path);
  for (const number of [1, 2, 3]) {
    await writeFile(path, String(number));
    await Promise.all([files.reload(), files.reload()]);
    expect(kept.current).toBe(number);
  }
  expect(lines.filter((line) => line.includes('read again'))).toHaveLength(3);
});
