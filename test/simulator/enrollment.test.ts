import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TrialAuthority, validFor } from '../../src/cli/pki/trial-authority.ts';
import { agentTimes, scaledTimes } from '../../src/simulator/device/agent-times.ts';
import { SimulatedFleet } from '../../src/simulator/simulated-fleet.ts';
import { fresh } from '../../src/simulator/starting-point.ts';
import { deviceRequest } from '../support/documents.ts';
import { startTestService, type ServiceUnderTest } from './running-service.ts';

let directory: string;
let service: ServiceUnderTest;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-enrollment-'));
  const { certificate, key } = (await TrialAuthority.create('devices', validFor(1))).identity;
  const [cert, keyFile] = [join(directory, 'ca.crt'), join(directory, 'ca.key')];
  await writeFile(cert, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  service = await startTestService({ MUSTER_DEVICE_CA_CERT: cert, MUSTER_DEVICE_CA_KEY: keyFile });
});

afterAll(async () => {
  await service.close();
  await rm(directory, { recursive: true });
});

const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await sleep(20);
};

test('a device enrolls as an agent does, gets its certificate with the approval, and is sent its spec', async () => {
  const fleet = new SimulatedFleet({
    agentServer: service.agent,
    members: [{ name: 'newcomer', transport: 'http', start: fresh, manner: 'flightctl', enrolls: true }],
    reconnect: { firstMs: 20, capMs: 100 },
    times: scaledTimes(agentTimes, 0.02),
  });
  const [device] = fleet.devices;
  fleet.start();
  try {
    await until(async () => JSON.stringify(await service.call('GET', '/enrollmentrequests')).includes('newcomer'));
    expect(device?.machine.certificate).toBeUndefined();
    await service.call('PUT', '/enrollmentrequests/newcomer/approval', { approved: true, labels: {} });
    await until(() => device?.machine.certificate !== undefined);
    expect(new X509Certificate(device?.machine.certificate ?? '').subject).toContain('newcomer');
    const spec = { config: [{ name: 'a', inline: [{ path: '/etc/a', content: 'a' }] }] };
    await service.call('PUT', '/devices/newcomer', deviceRequest('newcomer', { spec }));
    await until(() => device?.machine.files.has('/etc/a') === true);
  } finally {
    await fleet.stop();
  }
});
