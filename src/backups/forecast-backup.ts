import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { copyLines } from '../db/server/copy-lines.ts';
import { withSnapshot } from '../db/server/database-snapshot.ts';
import type { BackupManifest } from '../domain/backups/backup-manifest.ts';
import { forecast, type DeviceForecast, type Forecast, type ForecastDevice } from '../domain/recovery/forecast.ts';
import type { BackupCatalogue } from './catalogue.ts';
import { measureFile } from './written-file.ts';

const devicePosition = z.object({
  timeline: z.string().nullable(),
  version: z.number(),
  specHash: z.string().nullable(),
});

const positionLine = z.object({
  name: z.string(),
  owner: z.string().nullable(),
  mustered: z.boolean(),
  timeline: z.string(),
  version: z.number(),
  specHash: z.string().nullable(),
  lineage: z.record(z.string(), z.number()),
  reported: devicePosition.nullable(),
  answeredRestore: z.string(),
  conflict: z.enum(['Ahead', 'Diverged']).nullable(),
});

/**
 * Forecasts for each device of the live database what a restore of a backup would do to it now. Nothing is written.
 *
 * @param onDevice is told each device
 * @throws Error if the backup is of another control plane, or its positions cannot be read
 */
export async function forecastBackup(
  catalogue: BackupCatalogue,
  { files, restore }: BackupManifest,
  liveUrl: string,
  onDevice?: (device: DeviceForecast) => void,
): Promise<Forecast> {
  const path = catalogue.path(files.positions.name);
  if ((await measureFile(path)).sha256 !== files.positions.sha256)
    throw new Error(`${files.positions.name} does not have the checksum that the manifest says`);
  return await withSnapshot(liveUrl, async (live) => {
    if (!live.lineage.includes(restore))
      throw new Error(
        `the backup was made in restore ${restore}, which the live database does not have: it is of another control plane, or of a history that a restore ended`,
      );
    const source = createReadStream(path);
    const unpacked = createGunzip();
    source.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
    try {
      const inputs = { backup: devices(unpacked), live: devices(live.positions()), liveRestore: live.restore };
      return await forecast(inputs, onDevice);
    } finally {
      source.destroy();
      unpacked.destroy();
    }
  });
}

async function* devices(source: AsyncIterable<Buffer>): AsyncGenerator<ForecastDevice> {
  for await (const lines of copyLines(source)) yield* lines.map(deviceOf);
}

function deviceOf(line: string): ForecastDevice {
  const { name, owner, mustered, timeline, version, specHash, lineage, reported, answeredRestore, conflict } =
    positionLine.parse(JSON.parse(line));
  return {
    name,
    owner,
    state: {
      mustered,
      server: { timeline, version, specHash, lineage },
      reported,
      answeredRestore,
      conflict: conflict === null ? null : { verdict: conflict, info: '', since: new Date(0) },
    },
  };
}
