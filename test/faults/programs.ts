import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

export const programs = ['service-entry', 'restore-tool-entry'] as const;
export type Program = (typeof programs)[number];

/**
 * Compiles the programs that the rig starts again and again, so that each start costs half as much.
 *
 * @returns the directory of the compiled programs
 */
export async function compilePrograms(scratch: string): Promise<string> {
  const outDir = join(scratch, 'programs');
  await mkdir(outDir);
  const config = {
    extends: join(root, 'tsconfig.json'),
    // Types are checked elsewhere.
    compilerOptions: {
      rootDir: root,
      outDir,
      noEmit: false,
      noCheck: true,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: programs.map((program) => join(root, `test/faults/${program}.ts`)),
    include: [],
  };
  const file = join(scratch, 'tsconfig.json');
  await writeFile(file, JSON.stringify(config));
  await run(process.execPath, [join(root, 'node_modules/typescript7/bin/tsc'), '-p', file]);
  // What the service looks for beside its code.
  for (const name of ['node_modules', 'migrations', 'package.json'])
    await symlink(join(root, name), join(outDir, name));
  return join(outDir, 'test/faults');
}
