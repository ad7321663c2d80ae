import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
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
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      name: z.string().optional(),
      version: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
});

// Told from the lockfile, so that it is the same on every machine whatever is installed there.
const { stdout } = await run(
  'npm',
  ['sbom', '--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'],
  { maxBuffer: 64 * 1024 * 1024 },
);
const bill = billSchema.parse(JSON.parse(stdout));
const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
const wanted = await productionPackages();
const missing = wanted.filter((name) => !listed.has(name));
if (missing.length > 0) {
  process.stderr.write(`error: the bill of materials lacks ${missing.join(', ')}\n`);
  process.exitCode = 1;
} else {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${JSON.stringify(bill, null, 2)}\n`);
  process.stdout.write(
    `${target}: ${listed.size} components, all ${wanted.length} packages of production among them\n`,
  );
}

/** What the lockfile has for production, optional packages included, as `name@version`. */
async function productionPackages(): Promise<string[]> {
  const { packages } = lockSchema.parse(JSON.parse(await readFile('package-lock.json', 'utf8')));
  return Object.entries(packages).flatMap(([path, { name, version, dev }]) => {
    if (path === '' || dev === true || version === undefined) return [];
    return [`${name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`];
  });
}
