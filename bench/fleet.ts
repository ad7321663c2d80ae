import postgres from 'postgres';

const firstTimeline = '00000000-0000-7000-8000-000000000001';
const firstHash = 'a'.repeat(64);
/** In force for every device, and rendered for it. */
const firstSpec = { os: { image: 'quay.io/acme/os:1' } };

/** The version that every device of the fleet runs, as the server knows it. */
export const fleetVersion = 5;

export function deviceName(index: number): string {
  return `device-${String(index + 1).padStart(8, '0')}`;
}

/** A report over HTTP of a device of the fleet that is where the server knows it to be. */
export function reportPath(name: string): string {
  return `/api/v1/devices/${name}/rendered?knownRenderedVersion=${fleetVersion}`;
}

/** Draws a number of devices of a fleet, all different, in no order. */
export function randomDevices(fleet: number, count: number): string[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, fleet)) chosen.add(Math.floor(Math.random() * fleet));
  return [...chosen].map(deviceName);
}

/** Devices are put in by statements over all of them: how they came to be is not what is measured. */
export async function fillFleet(url: string, devices: number): Promise<void> {
  await withClient(url, async (client) => {
    await client`INSERT INTO restores (id, genesis, declared_at, declared_by, settled_at, total) VALUES (${firstTimeline}, true, now(), 'service:bench', now(), ${devices})`;
    await client`INSERT INTO service_state (id, current_restore) VALUES (true, ${firstTimeline})`;
    await client`INSERT INTO rendered_specs (hash, spec, created_at) VALUES (${firstHash}, ${client.json(firstSpec)}, now())`;
    await client`
      INSERT INTO devices (name, labels, spec, created_at)
      SELECT 'device-' || lpad(i::text, 8, '0'), jsonb_build_object('site', 's' || (i % 100), 'tier', 't' || (i % 10)),
        ${client.json(firstSpec)}, now()
      FROM generate_series(1, ${devices}) AS i`;
    await client`
      INSERT INTO device_positions (name, timeline, version, spec_hash, wanted_generation, rendered_generation,
        reported_timeline, reported_version, reported_hash, answered_restore_id, last_seen)
      SELECT name, ${firstTimeline}, ${fleetVersion}, ${firstHash}, 1, 1,
        ${firstTimeline}, ${fleetVersion}, ${firstHash}, ${firstTimeline}, now() - interval '1 minute' FROM devices`;
    await client`VACUUM ANALYZE`;
  });
}

/** Lets all devices have answered the current restore, but for those of one tier, which are then paused, or awaited. */
export async function leaveTier(url: string, tier: string, as: 'paused' | 'awaited'): Promise<void> {
  await withClient(url, async (client) => {
    const [state] = await client<Array<{ restore: string }>>`SELECT current_restore AS restore FROM service_state`;
    const restore = state?.restore ?? firstTimeline;
    const inTier = client`name IN (SELECT name FROM devices WHERE labels @> ${client.json({ tier })})`;
    await client`UPDATE device_positions SET answered_restore_id = ${restore}, answered_at = now(), last_seen = now()
      WHERE ${as === 'awaited' ? client`NOT ${inTier}` : client`true`}`;
    if (as === 'paused') {
      await client`UPDATE device_positions SET reported_version = ${fleetVersion + 2}, reported_hash = NULL, reported_timeline = NULL,
        conflict_verdict = 'Ahead', conflict_info = 'the device is ahead', conflict_since = now() WHERE ${inTier}`;
    }
    await client`
      UPDATE restores SET awaiting = c.awaiting, answered = total - c.awaiting, conflict_paused = c.paused FROM (
        SELECT count(*) FILTER (WHERE answered_restore_id <> ${restore}) AS awaiting,
          count(*) FILTER (WHERE conflict_verdict IS NOT NULL) AS paused FROM device_positions) c WHERE id = ${restore}`;
    await client`VACUUM ANALYZE device_positions`;
  });
}

/** Puts a spec in force for each device of a tier, as the rollout of a template that names the site leaves it. */
export async function giveSpecs(url: string, tier: string): Promise<void> {
  await withClient(url, async (client) => {
    await client`UPDATE devices SET spec = jsonb_build_object(
        'os', jsonb_build_object('image', 'quay.io/acme/os:' || (labels ->> 'site')), 'config', '[]'::jsonb)
      WHERE labels @> ${client.json({ tier })}`;
  });
}

export async function withClient<Result>(
  url: string,
  work: (client: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  const client = postgres(url, { max: 4, onnotice: () => undefined });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
