import { expect, test } from 'vitest';
import { backupManifestSchema } from '../../../src/domain/backups/backup-manifest.ts';

const id = '20261120T020000Z-4f1d09ab';
const file = (name: string) => ({ name, bytes: 1, sha256: 'a'.repeat(64) });
const timeline = '01900001-0000-7000-8000-000000000001';
const manifest = (dump: string) => ({
  apiVersion: 'muster/v1',
  kind: 'Backup',
  id,
  takenAt: '2026-11-20T02:00:00Z',
  engine: 'copy',
  versions: { muster: '0.1.0', server: '18.4', client: null, schema: 13 },
  restore: timeline,
  lineage: [timeline],
  counts: {},
  highest: { renderedVersion: 0, event: 0 },
  files: { dump: file(dump), positions: file(`${id}.positions.gz`) },
  labels: {},
  hold: false,
});

test('a manifest names its own files, so that removing its backup never removes those of another', () => {
  expect(backupManifestSchema.safeParse(manifest(`${id}.sql.gz`)).success).toBe(true);
  const other = backupManifestSchema.safeParse(manifest('20261121T020000Z-00000000.sql.gz'));
  expect(other.error?.issues[0]?.message).toBe('expected files whose names begin with the id of the backup');
});
