import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

// Writes the bill of materials of what runs in production, as CycloneDX, and checks that nothing of it is missing.

const run = promisify(execFile);
const target = process.argv[2] ?? 'dist/sbom.cdx.json';

const billSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(
    z.looseObject({ name: z.string(), version: z.string(), purl: z.string().startsWith('pkg:npm/') }),
  ),
});
const manifestSchema = z.looseObject({ devDependencies: z.record(z.string(), z.string()).optional() });
const lockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      name: z.string().optional(),
      version: z.string().optional(),
      dev: z.boolean().optional(),
      devDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const manifest = manifestSchema.parse(JSON.parse(await readFile('package.json', 'utf8')));
const lock = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));

const bill = await billOf(productionOnly());
const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
const wanted = new Set(
  Object.entries(productionOnly().lock.packages).flatMap(([path, { name, version }]) => {
    if (path === '' || version === undefined) return [];
    return [`${name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`];
  }),
);
const missing = [...wanted].filter((name) => !listed.has(name));
if (missing.length > 0) {
  process.stderr.write(`error: the bill of materials lacks ${missing.join(', ')}\n`);
  process.exitCode = 1;
} else {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${JSON.stringify(bill, null, 2)}\n`);
  process.stdout.write(`${target}: ${listed.size} components, all ${wanted.size} packages of production among them\n`);
}

type Project = { readonly manifest: z.infer<typeof manifestSchema>; readonly lock: z.infer<typeof lockSchema> };

/** The project as if it had no packages for development: npm, told to omit those, omits what both need. */
function productionOnly(): Project {
  const packages = Object.entries(lock.packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([path, { devDependencies: _development, ...rest }]) => [path, rest] as const);
  const { devDependencies: _development, ...rest } = manifest;
  return { manifest: rest, lock: { ...lock, packages: Object.fromEntries(packages) } };
}

/** Told from the lockfile alone, so that it is the same on every machine, whatever is installed there. */
async function billOf(project: Project): Promise<z.infer<typeof billSchema>> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-sbom-'));
  try {
    await writeFile(join(directory, 'package.json'), JSON.stringify(project.manifest));
    await writeFile(join(directory, 'package-lock.json'), JSON.stringify(project.lock));
    const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
    const { stdout } = await run('npm', args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 });
    return billSchema.parse(JSON.parse(stdout));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
