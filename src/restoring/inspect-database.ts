import { withSnapshot, type DatabaseSnapshot } from '../db/server/database-snapshot.ts';
import { lookAt } from '../db/server/restored-contents.ts';
import type { BackupManifest } from '../domain/backups/backup-manifest.ts';
import type { RestorePlan } from '../domain/recovery-runs/restore-plan.ts';
import { rootCause } from '../logging/root-cause.ts';

/**
 * Compares a restored database with the manifest of its backup, where there is one: schema, counts, highest versions, lineage; its
 * references, and the queries of the plan. It is only read.
 *
 * @returns problems, for people
 */
export async function inspectDatabase(
  url: string,
  { manifest, smoke }: { manifest: BackupManifest | undefined; smoke: RestorePlan['smoke'] },
): Promise<string[]> {
  const differing =
    manifest === undefined ? [] : await withSnapshot(url, async (found) => differences(found, manifest));
  const others = await lookAt(url, async (look) => {
    const problems = await look.brokenReferences();
    if (manifest === undefined && (await look.lineage()) === undefined)
      problems.push('it is no database of Muster: it has no state of a service');
    return problems;
  });
  const failed = [];
  for (const query of smoke) {
    const problem = await faultOfQuery(url, query, manifest);
    if (problem !== undefined) failed.push(problem);
  }
  return [...differing, ...others, ...failed];
}

function differences(found: DatabaseSnapshot, manifest: BackupManifest): string[] {
  const rows = new Map(found.tables.map(({ name, rows }) => [name, rows]));
  const pairs: [what: string, expected: unknown, found: unknown][] = [
    ['migrations', manifest.versions.schema, found.migrations.length],
    ['current restore', manifest.restore, found.restore],
    ['restores', manifest.lineage.join(', '), found.lineage.join(', ')],
    ['highest version', manifest.highest.renderedVersion, found.highest.renderedVersion],
    ['last event', manifest.highest.event, found.highest.event],
    ...Object.entries(manifest.counts).map(([name, count]): [string, unknown, unknown] => [
      `rows of ${name}`,
      count,
      rows.get(name) ?? 'no such table',
    ]),
  ];
  return pairs
    .filter(([, expected, actual]) => expected !== actual)
    .map(([what, expected, actual]) => `${what}: expected ${String(expected)}, found ${String(actual)}`);
}

async function faultOfQuery(
  url: string,
  { sql, equals }: RestorePlan['smoke'][number],
  manifest: BackupManifest | undefined,
): Promise<string | undefined> {
  const expected = String(expectedOf(equals, manifest));
  try {
    const found = await lookAt(url, (look) => look.firstValue(sql));
    return found === expected ? undefined : `${sql}: expected ${expected}, found ${found ?? 'nothing'}`;
  } catch (error) {
    return `${sql}: ${rootCause(error)}`;
  }
}

/** The expected value: as the plan gives it, or from where in the manifest. */
function expectedOf(equals: RestorePlan['smoke'][number]['equals'], manifest: BackupManifest | undefined): unknown {
  if (typeof equals !== 'string' || !equals.startsWith('manifest.')) return equals;
  let value: unknown = manifest;
  for (const key of equals.split('.').slice(1))
    value =
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([name]) => name === key)?.[1]
        : undefined;
  return value;
}
