import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { SimulatedFleet } from '../../src/simulator/simulated-fleet.ts';
import { fresh } from '../../src/simulator/starting-point.ts';
import { app, document, file, filesSpec } from './device/watched-agent.ts';

const reportSchema = z.object({
  type: z.literal('report'),
  id: z.int(),
  renderedVersion: z.string(),
  status: z
    .object({
      config: z.object({ renderedVersion: z.string() }),
      conditions: z.array(z.object({ reason: z.string() })),
    })
    .optional(),
});
type Report = z.infer<typeof reportSchema>;

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(5);
};

/** A service that sends a device one document after the other, each in answer to a report of the version before it. */
async function serving(...documents: { after: string; document: object }[]) {
  const reports: Report[] = [];
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const report = reportSchema.parse(JSON.parse(data.toString('utf8')));
      reports.push(report);
      const verdict = { type: 'verdict', id: report.id, verdict: 'Behind', gate: 'Open', info: '', restore: 'r' };
      socket.send(JSON.stringify(verdict));
      const [next] = documents;
      if (next?.after !== report.renderedVersion) return;
      documents.shift();
      socket.send(JSON.stringify({ type: 'rendered', device: next.document }));
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  closing.push(
    () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const fleet = new SimulatedFleet({
    agentServer: `http://127.0.0.1:${address.port}`,
    members: [{ name: 'd', transport: 'ws', start: fresh }],
    reconnect: { firstMs: 5, capMs: 20 },
  });
  closing.push(() => fleet.stop());
  fleet.start();
  return { fleet, reports };
}

const said = ({ renderedVersion, status }: Report) =>
  `received ${renderedVersion}, applied ${status?.config.renderedVersion ?? 'the same'}, ${status?.conditions.map(({ reason }) => reason).join() ?? 'as before'}`;

const a = filesSpec(file('/etc/a', 'a'));
const bad = { applications: [app('x', { appType: 'vm' })] };

test('a version that fails is reported as received and not applied, and after a restart as neither', async () => {
  const { fleet, reports } = await serving(
    { after: '0', document: document(5, a) },
    { after: '5', document: document(6, bad) },
  );
  await until(() => reports.length >= 4);
  fleet.restart(fleet.devices, { spreadMs: 0 });
  await until(() => reports.length >= 5);
  expect(reports.map(said)).toEqual([
    'received 0, applied 0, Unknown',
    'received 5, applied 5, Updated',
    'received 6, applied 5, RollingBack',
    'received 6, applied 5, Error',
    'received 5, applied 5, Updated',
  ]);
});

test('a version that failed before is reported as received, so that the service need not send it again', async () => {
  const hash = { 'device-controller/renderedSpecHash': 'e'.repeat(64) };
  const { reports } = await serving(
    { after: '0', document: document(5, a) },
    { after: '5', document: document(6, bad, hash) },
    { after: '6', document: document(7, bad, hash) },
  );
  await until(() => reports.some(({ renderedVersion }) => renderedVersion === '7'));
  expect(reports.map(said).at(-1)).toBe('received 7, applied 5, Error');
});

test('a decommissioned device reports it to the end, and does not come back', async () => {
  const { fleet, reports } = await serving(
    { after: '0', document: document(1, a) },
    { after: '1', document: document(2, { ...a, decommissioning: { target: 'Unenroll' } }) },
  );
  await until(() => fleet.devices[0]?.machine.isDecommissioned === true);
  await sleep(500);
  expect(fleet.counters.connects).toBe(1);
  expect(reports.map(said).slice(2)).toEqual([
    'received 2, applied 1, Updated,Started',
    'received 2, applied 1, Updated,Completed',
    'received 2, applied 0, Error,Completed',
  ]);
});
