import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const fileText = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test('the image runs the major version of Node.js that the checks run beside that of the machine', () => {
  const [, checked] = /^version=(\d+)\./m.exec(fileText('scripts/on-newest-lts')) ?? [];
  const stages = [...fileText('Dockerfile').matchAll(/^FROM node:(\d+)-/gm)].map(([, major]) => major);
  expect(stages).toHaveLength(3);
  expect(new Set(stages)).toEqual(new Set([checked]));
});
