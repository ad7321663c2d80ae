import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodes } from '../../src/client/failures.ts';
import { DemoFailure, Narrator } from '../../src/demo/narrator.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-narrator-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** A narrator and what it has written. */
async function narrated(tell: (narrator: Narrator) => void): Promise<string> {
  const { createWriteStream } = await import('node:fs');
  const path = join(directory, 'story.txt');
  const file = createWriteStream(path, { fd: openSync(path, 'w') });
  // To the narrator a stream that is no terminal is one like any other.
  tell(new Narrator(Object.assign(file, { isTTY: false }) as unknown as NodeJS.WriteStream));
  await new Promise<void>((done) => {
    file.end(done);
  });
  return readFileSync(path, 'utf8');
}

test('a number that holds is confirmed', async () => {
  expect(await narrated((narrator) => narrator.expect('devices paused', { expected: 6, found: 6 }))).toBe(
    '   ✓ devices paused: 6\n',
  );
});

test('a number that does not hold ends the story with what was expected and what was found', async () => {
  await narrated((narrator) => {
    narrator.step('One', 'why');
    narrator.step('Two', 'why');
    const wrong = () => narrator.expect('devices paused', { expected: 6, found: 5 });
    expect(wrong).toThrow(new DemoFailure('step 2: devices paused: expected 6, found 5'));
    expect(wrong).toThrow(expect.objectContaining({ exitCode: exitCodes.error }));
    expect(() => narrator.expectThat('it has settled', false, 'Mustering')).toThrow(
      'step 2: expected that it has settled; found Mustering',
    );
  });
});

test('what is no terminal gets no colours', async () => {
  const text = await narrated((narrator) => {
    narrator.title('Title');
    narrator.step('One', 'why');
    narrator.command('muster demo');
  });
  expect(text).not.toContain('\u001b');
  expect(text).toMatch(/\nTitle\n\n1\. One {2}0\.\d s\n {3}why\n {3}\$ muster demo\n/);
});
