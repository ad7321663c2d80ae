import { readFile } from 'node:fs/promises';
import { request } from 'undici';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';

type Hostile = {
  readonly name: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: string | Buffer;
};

const json = (value: unknown) => JSON.stringify(value);
const agentPath = '/api/v1/devices/hostile-device/rendered';
const resumePath = '/api/v1/deviceactions/resume';

const admin: readonly Hostile[] = [
  { name: '10 MB body', path: resumePath, body: json({ labelSelector: 'a=b', reason: 'x'.repeat(10_000_000) }) },
  { name: 'deep JSON', path: resumePath, body: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` },
  { name: '100 kB selector', path: resumePath, body: json({ labelSelector: `a in (${'b,'.repeat(50_000)}b)` }) },
  { name: 'NUL', path: resumePath, body: json({ labelSelector: 'rig=y\u0000es' }) },
  { name: 'invalid UTF-8', path: resumePath, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) },
  { name: 'empty selector', path: resumePath, body: json({ labelSelector: '' }) },
  { name: 'blank selector', path: resumePath, body: json({ labelSelector: '   ' }) },
  { name: 'no selector', path: resumePath, body: '{}' },
  { name: 'no body', path: resumePath, body: '' },
  { name: 'null selectors', path: resumePath, body: json({ labelSelector: null, fieldSelector: null }) },
  { name: 'half a selector', path: resumePath, body: json({ labelSelector: 'rig in (' }) },
  { name: 'only commas', path: resumePath, body: json({ labelSelector: ',,' }) },
  { name: 'unknown field', path: resumePath, body: json({ fieldSelector: 'nothing.there=x' }) },
  { name: 'prototype', path: resumePath, body: '{"__proto__":{"labelSelector":"rig=yes"}}' },
];

const device: readonly Hostile[] = [
  { name: 'version that is no number', method: 'GET', path: `${agentPath}?knownRenderedVersion=abc` },
  { name: 'negative version', method: 'GET', path: `${agentPath}?knownRenderedVersion=-1` },
  { name: 'version past 64 bits', method: 'GET', path: `${agentPath}?knownRenderedVersion=18446744073709551617` },
  { name: 'version with an exponent', method: 'GET', path: `${agentPath}?knownRenderedVersion=1e3` },
  { name: 'timeline that is no UUID', method: 'GET', path: `${agentPath}?knownRenderedVersion=1&timeline=x` },
  { name: 'hash that is none', method: 'GET', path: `${agentPath}?knownRenderedVersion=1&specHash=zz` },
  { name: 'long header', method: 'GET', path: `${agentPath}?knownRenderedVersion=1&specHash=${'a'.repeat(200_000)}` },
];

/** A process may grow by so much for a while, in bytes. */
const maxGrowth = 400 * 1024 * 1024;

/** Row 18: bodies and queries that are too big, too deep, or nonsense. They change nothing. */
export const hostileBodies: Fault = {
  row: 18,
  name: 'hostile-bodies',
  async inject(scene) {
    const before = await memoryOf(scene);
    await target(scene);
    const untouched = await auditCount(scene, 'hostile-device');
    const resumed = await resumeEvents(scene);
    await Promise.all([
      ...admin.map((hostile) => send(scene, scene.api.apiPort, { method: 'POST', ...hostile })),
      ...device.map((hostile) => send(scene, scene.api.agentPort, hostile)),
    ]);
    // Ten thousand members are many, and no more than that.
    const members = Array.from({ length: 10_000 }, (_, index) => `m${index}`).join(',');
    const wide = await scene.admin.call({
      method: 'POST',
      path: resumePath,
      body: { labelSelector: `none in (${members})` },
    });
    if (wide.code !== 200 && wide.code !== 400 && wide.code !== 413)
      scene.violate('S8', `a wide selector was answered ${wide.code}`);
    scene.fault(18, 'hostile-bodies', 'wide selector');
    if ((await auditCount(scene, 'hostile-device')) !== untouched)
      scene.violate('S8', 'a malformed position changed the device', 'hostile-device');
    const unasked = (await resumeEvents(scene)).filter(
      (tag) => !resumed.includes(tag) && !/^(resume|adopt)-\d+$/.test(tag),
    );
    if (unasked.length > 0) scene.violate('S8', `a malformed selector resumed devices: ${unasked.join(', ')}`);
    const after = await memoryOf(scene);
    if (after - before > maxGrowth) scene.violate('R', `memory grew by ${Math.round((after - before) / 1e6)} MB`);
  },
};

async function send(scene: Scene, port: number, { name, method = 'GET', path, body }: Hostile): Promise<void> {
  let code = 0;
  try {
    const response = await request(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    code = response.statusCode;
    await response.body.text();
  } catch {
    // Cut off in the middle of a body that is too big: as good an answer as 413.
  }
  scene.fault(18, 'hostile-bodies', name);
  if (code !== 0 && (code < 400 || code >= 500)) scene.violate('S8', `${name} was answered ${code}`);
  if (code === 0 && !/10 MB|long header/.test(name)) scene.violate('S8', `${name} was not answered`);
}

/** A device that never says anything sensible, so that whatever becomes of it came from here. */
async function target(scene: Scene): Promise<void> {
  const metadata = { name: 'hostile-device', labels: { rig: 'never' } };
  const body = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata, spec: {} };
  await scene.admin.insist({ method: 'POST', path: '/api/v1/devices', body });
  await scene.until(
    async () =>
      await scene.incarnations.onLive(async (sql) => {
        const rows =
          await sql`SELECT FROM device_positions WHERE name = 'hostile-device' AND rendered_generation < wanted_generation`;
        return rows.length === 0;
      }),
    10_000,
  );
}

async function auditCount(scene: Scene, name: string): Promise<number> {
  return await scene.incarnations.onLive(async (sql) => (await sql`SELECT FROM rig_audit WHERE name = ${name}`).length);
}

async function resumeEvents(scene: Scene): Promise<string[]> {
  return await scene.incarnations.onLive(async (sql) => {
    const rows = await sql<Array<{ tag: string | null }>>`
      SELECT DISTINCT coalesce(details ->> 'reason', 'none') AS tag FROM events WHERE reason IN ('DeviceConflictResolved', 'DeviceAdopted')`;
    return rows.map((row) => row.tag ?? '');
  });
}

/** Resident memory of the API process, in bytes; 0 where the system does not tell. */
async function memoryOf(scene: Scene): Promise<number> {
  const status = await readFile(`/proc/${scene.api.pid ?? 0}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
