import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../src/config/config.ts';
import { startService, type RunningService } from '../../src/service/service.ts';
import { startAgentServer, type AgentServer } from '../support/agent-server.ts';
import { foreignTimeline, hashes } from '../support/random-positions.ts';
import { SocketDevice } from '../support/socket-device.ts';

const documentSchema = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.looseObject({
    config: z.array(z.looseObject({ inline: z.array(z.looseObject({ path: z.string() })) })).optional(),
  }),
});

/**
 * An agent as far as it matters here: whatever document it gets, from wherever, it applies unless the version is below its
 * own, and removes the files that the document does not name.
 */
class Agent {
  version: number;
  files: string[];
  readonly applied: unknown[] = [];

  constructor(version: number, files: readonly string[]) {
    this.version = version;
    this.files = [...files];
  }

  take(document: unknown): void {
    const parsed = documentSchema.safeParse(document);
    if (!parsed.success) return;
    const { metadata, spec } = parsed.data;
    const version = Number(metadata.annotations?.['device-controller/renderedVersion'] ?? 0);
    if (version < this.version) return;
    this.version = version;
    this.files = (spec.config ?? []).flatMap(({ inline }) => inline.map(({ path }) => path));
    this.applied.push(document);
  }
}

const files = ['/etc/motd', '/etc/site'];

/** Another instance on the database of the first, as after a restart. */
async function anotherInstance(server: AgentServer): Promise<RunningService> {
  return await startService(
    readConfig({
      DATABASE_URL: server.database.url,
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: '127.0.0.1:0',
      MUSTER_WORKER: 'false',
      MUSTER_LOG_LEVEL: 'silent',
      MUSTER_POLL_TIMEOUT: '100ms',
      MUSTER_SWEEP_INTERVAL: '100ms',
    }),
  );
}

/** Lets the agent ask by every path there is, and take whatever comes for a document. */
async function askEverywhere(agent: Agent, base: string, said: Record<string, string>): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const url = `${base}/api/v1/devices/a`;
  const status = { config: { renderedVersion: String(agent.version) }, summary: { status: 'Online' } };
  const annotations = {
    ...(said['timeline'] && { 'muster/timeline': said['timeline'] }),
    ...(said['specHash'] && { 'device-controller/renderedSpecHash': said['specHash'] }),
  };
  const body = { apiVersion: '', kind: '', metadata: { name: 'a', annotations }, status };
  const patch = [{ op: 'replace', path: '/status/summary/status', value: 'Degraded' }];
  const answers = [
    await fetch(`${url}/rendered?${new URLSearchParams(said).toString()}`),
    await fetch(`${url}/status`, { method: 'PUT', headers: json, body: JSON.stringify(body) }),
    await fetch(`${url}/status`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(patch),
    }),
  ];
  for (const answer of answers) {
    const text = await answer.text();
    agent.take(text === '' ? undefined : JSON.parse(text));
  }
  const socket = await SocketDevice.connect(base, 'a');
  const { knownRenderedVersion, ...rest } = said;
  await socket.ask({ renderedVersion: knownRenderedVersion, ...rest });
  await socket.settled();
  for (const frame of socket.unread) if (frame.type === 'rendered') agent.take(frame.device);
  await socket.close();
}

// Fails if a device whose gate is not open gets a document from anywhere: an empty one of its own version erases it.
test.each([
  ['ahead of the server', { knownRenderedVersion: '4' }],
  ['at the version of the server with another spec', { knownRenderedVersion: '1', specHash: hashes[0] as string }],
  ['at a version of another history', { knownRenderedVersion: '1', timeline: foreignTimeline }],
])(
  'a paused device that is %s gets no document, whoever tells it and however often it restarts',
  async (_name, said) => {
    const server = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
    const other = await anotherInstance(server);
    onTestFinished(async () => {
      await other.stop();
      await server.close();
    });
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    const agent = new Agent(Number(said.knownRenderedVersion), files);
    for (let restart = 0; restart < 2; restart += 1) {
      for (const base of [server.url, other.agent]) await askEverywhere(agent, base, said);
    }
    await server.fleet.edit('a', 'quay.io/acme/a:2');
    await server.fleet.render();
    const restarted = await anotherInstance(server);
    await askEverywhere(agent, restarted.agent, said);
    const rendered = await fetch(`${restarted.api}/api/v1/devices/a/rendered`);
    agent.take(await rendered.json());
    await restarted.stop();
    expect((await server.fleet.row('a')).state.conflict).not.toBeNull();
    expect(agent).toMatchObject({ files, applied: [] });
  },
);

// Fails if a position that is judged in one restore opens a way to the device in the next.
test('a device that has not answered a restore gets no document for a status that says nothing of where it is', async () => {
  const server = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
  onTestFinished(() => server.close());
  await server.fleet.running('a');
  const agent = new Agent(1, files);
  const socket = await SocketDevice.connect(server.url, 'a');
  await socket.ask({ renderedVersion: '1' });
  await server.fleet.declareRestore();
  await socket.next('report-request');
  expect(await socket.ask({ status: { summary: { status: 'Online' } } })).toMatchObject({ gate: 'AwaitingReconnect' });
  await socket.settled();
  for (const frame of socket.unread) if (frame.type === 'rendered') agent.take(frame.device);
  await socket.close();
  expect(agent).toMatchObject({ files, applied: [] });
});

test('a resumed device gets its spec once, above its version, and then nothing of the version that it runs', async () => {
  const server = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
  onTestFinished(() => server.close());
  await server.fleet.running('a');
  await server.fleet.declareRestore();
  const agent = new Agent(4, files);
  await askEverywhere(agent, server.url, { knownRenderedVersion: '4' });
  await server.fleet.resumeNamed('a');
  await askEverywhere(agent, server.url, { knownRenderedVersion: '4' });
  expect(agent.applied).toEqual([]);
  await server.fleet.render();
  await askEverywhere(agent, server.url, { knownRenderedVersion: '4' });
  expect(agent.version).toBe(5);
  const before = agent.applied.length;
  await askEverywhere(agent, server.url, { knownRenderedVersion: '5' });
  expect(agent.applied).toHaveLength(before);
});
