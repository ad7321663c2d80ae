import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(mutants.flatMap(({ name, patches }) => patches.map((patch) => ({ name, ...patch }))))(
  'what "$name" changes in $file stands there once',
  async ({ file, find, replace }) => {
    const text = await readFile(`${root}/${file}`, 'utf8');
    expect(text.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  },
);
