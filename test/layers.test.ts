import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { layers } from '../oxlint.config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** Lints files in a project of their own, under the rules of this one, and answers those that import what they must not. */
async function refusedOf(files: Readonly<Record<string, string>>): Promise<Set<string>> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-layers-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await cp(join(root, 'oxlint.config.ts'), join(directory, 'oxlint.config.ts'));
  await cp(join(root, 'package.json'), join(directory, 'package.json'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const oxlint = ['--import', 'tsx', 'node_modules/oxlint/bin/oxlint', '--format=unix', ...Object.keys(files)];
  const { stdout } = await run(process.execPath, oxlint, { cwd: directory }).catch((error: unknown) => {
    return error as { stdout: string };
  });
  const problems = stdout.split('\n').filter((line) => line.includes('no-restricted-imports'));
  return new Set(problems.map((line) => line.replace(/:.*/, '')));
}

test('an import of a room above is refused, whatever folder it comes from', async () => {
  const refused = await refusedOf({
    'src/domain/recovery/verdict.ts': "export { schema } from '../../db/schema.ts';\n",
    'src/db/client.ts': "export type { Context } from '../context.ts';\n",
    'src/agent/routes/rendered.ts': "export { access } from '../../api/access.ts';\n",
    'src/context.ts': "export { run } from './cli/run.ts';\n",
    'src/cli/commands/serve.ts': "export { rig } from '../../../test/faults/rig.ts';\n",
    'test/some.test.ts': "export { bench } from '../bench/run.ts';\n",
  });
  expect(refused).toEqual(
    new Set([
      'src/agent/routes/rendered.ts',
      'src/cli/commands/serve.ts',
      'src/context.ts',
      'src/db/client.ts',
      'src/domain/recovery/verdict.ts',
      'test/some.test.ts',
    ]),
  );
});

test('an import of IO from domain/ is refused, and of SQL from anywhere but db/', async () => {
  const refused = await refusedOf({
    'src/domain/files.ts': "export { readFile } from 'node:fs/promises';\n",
    'src/domain/server.ts': "export { fastify } from 'fastify';\n",
    'src/usecases/steps/query.ts': "export { sql } from 'drizzle-orm';\n",
    'src/db/driver/query.ts': "export { sql } from 'drizzle-orm';\n",
  });
  expect(refused).toEqual(new Set(['src/domain/files.ts', 'src/domain/server.ts', 'src/usecases/steps/query.ts']));
});

test('an import of a room below is allowed', async () => {
  expect(
    await refusedOf({
      'src/usecases/resume-devices.ts': "export { judge } from '../domain/recovery/verdict.ts';\n",
      'src/domain/recovery/gate.ts': "export { json } from '../json.ts';\nexport { judge } from './verdict.ts';\n",
      'src/cli/commands/get.ts': "export { client } from '../../client/api-client.ts';\n",
    }),
  ).toEqual(new Set());
});

test('README.md lists the rooms from bottom to top, as the linter holds them', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, section = ''] = readme.split('## Reading the code');
  const listed = [...section.matchAll(/^\| (`src\/.*?) +\|/gm)].map(([, cell = '']) =>
    [...cell.matchAll(/`src\/([^`]+?)\/?`/g)].map(([, room = '']) => room),
  );
  const rooms = layers.filter(([room = '']) => !['bench', 'test', 'scripts'].includes(room));
  expect(listed.toReversed()).toEqual(rooms);
});
