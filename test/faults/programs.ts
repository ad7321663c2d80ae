import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mutant } from '../mutants/mutants.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const programs = ['service-entry', 'restore-tool-entry'] as const;

/**
 * Compiles the programs that the rig starts again and again, so that each start costs half as much.
 *
 * @param mutant breaks the build on purpose, to see the checker notice it
 * @returns the directory of the compiled programs
 */
export async function compilePrograms(scratch: string, mutant: Mutant | undefined): Promise<string> {
  const source = mutant === undefined ? root : await broken(scratch, mutant);
  const outDir = join(scratch, 'programs');
  await mkdir(outDir);
  const config = {
    extends: join(root, 'tsconfig.json'),
    // Types are checked elsewhere.
    compilerOptions: {
      rootDir: source,
      outDir,
      noEmit: false,
      noCheck: true,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: programs.map((program) => join(source, `test/faults/${program}.ts`)),
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

/** Copies the source and breaks it. @returns where the copy is */
async function broken(scratch: string, { patches }: Mutant): Promise<string> {
  const copy = join(scratch, 'source');
  for (const name of ['src', 'test/faults', 'test/support', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, find, replace } of patches) {
    const path = join(copy, file);
    const text = await readFile(path, 'utf8');
    if (text.split(find).length !== 2) throw new Error(`${file} does not have this once: ${find}`);
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
  return copy;
}
