import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { agentStatus } from '../../../src/simulator/device/agent-status.ts';
import { agentTimes } from '../../../src/simulator/device/agent-times.ts';
import { Agent } from '../../../src/simulator/device/agent.ts';
import { Machine } from '../../../src/simulator/device/machine.ts';
import { readPollAnswer } from '../../../src/simulator/device/poll-answer.ts';
import { fresh } from '../../../src/simulator/starting-point.ts';
import { SimulatedFleet } from '../../../src/simulator/simulated-fleet.ts';
import { retryAfterMs } from '../../../src/simulator/waiting-times.ts';
import { fuzzTarget, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const longestWaitMs = 12 * 60_000;

export const retryAfters = fuzzTarget('Retry-After', {
  runs: 300,
  input: mutated(fc.constantFrom('0', '120', ' 5 ', 'Sat, 21 Nov 2026 13:00:00 GMT', '2026-11-21', '-1', '1.5')),
  check(text) {
    const waitMs = retryAfterMs(text, new Date('2026-11-21T12:00:00Z'));
    require(waitMs === undefined || (waitMs >= 0 && waitMs <= longestWaitMs), 'a wait is bounded, or there is none');
  },
});

const body = jsonText(
  ['metadata', 'annotations', 'device-controller/renderedVersion', 'spec', 'os'],
  fc.constantFrom('1', '7', 'x'),
);
const answers = fc
  .tuple(
    fc.constantFrom(200, 204, 404, 429, 503),
    fc.constantFrom('Muster-Gate: Open', 'Retry-After: 1', 'Content-Encoding: gzip', 'X: y'),
    body,
  )
  .map(
    ([code, header, text]) =>
      `HTTP/1.1 ${code} X\r\nContent-Type: application/json\r\n${header}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );

/** Requests of the device that are answered with the same text before it is left alone. */
const answered = 3;

export const httpAnswers = fuzzTarget('HTTP answers in the simulator', {
  runs: 20,
  input: mutated(answers),
  async check(answer) {
    const sockets = new Set<Socket>();
    let requests = 0;
    let enough: () => void = () => undefined;
    let asked: () => void = () => undefined;
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests += 1;
        asked();
        socket.end(answer);
        if (requests >= answered) enough();
      });
      socket.on('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const fleet = new SimulatedFleet({
      agentServer: `http://127.0.0.1:${address.port}`,
      members: [{ name: 'd', transport: 'http', start: fresh }],
      reconnect: { firstMs: 1, capMs: 2 },
    });
    // Told to stay away for long, or that it is not known, it rightly asks no more for a while; that it asks at all may take
    // its time on a machine that has others to serve.
    let patience = setTimeout(() => enough(), 10_000);
    asked = () => {
      clearTimeout(patience);
      patience = setTimeout(() => enough(), 100);
    };
    await new Promise<void>((resolve) => {
      enough = resolve;
      fleet.start();
    });
    clearTimeout(patience);
    await fleet.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
    require(requests > 0, 'the device asked');
  },
});

const text = fc.constantFrom('', '/etc/a', '/etc', 'a', '*', 'root', 'base64', 'eA==', '__proto__', '0 12 * * *', '1h');
const content = fc.record({ path: text, content: text, contentEncoding: text, mode: fc.integer(), user: text });
const application = fc.record({
  name: text,
  appType: fc.constantFrom('container', 'vm'),
  image: text,
  inline: fc.array(content),
});
const schedule = fc.record({ at: text, timeZone: text, startGraceDuration: text });
const specs = fc.record(
  {
    config: fc.array(fc.record({ inline: fc.array(content, { maxLength: 3 }) }), { maxLength: 2 }),
    applications: fc.array(application, { maxLength: 2 }),
    os: fc.record({ image: text }),
    systemd: fc.record({ matchPatterns: fc.array(text) }),
    updatePolicy: fc.record({ updateSchedule: schedule }),
    decommissioning: fc.record({ target: text }),
    more: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const documents = specs.map((spec) =>
  JSON.stringify({ metadata: { annotations: { 'device-controller/renderedVersion': '1' } }, spec }),
);

/** Steps that one document takes at most: fetching, rolling back, a reboot, the way out. */
const mostSteps = 10;

export const agentDocuments = fuzzTarget('documents in the agent of a simulated device', {
  runs: 100,
  input: mutated(documents),
  check(text) {
    const answer = readPollAnswer(200, text);
    if (answer.kind !== 'document') return;
    const surroundings = { nowMs: () => 0, chance: () => 0.5, times: agentTimes, onPass: () => undefined };
    const agent = new Agent(new Machine('d', 'image'), surroundings);
    const taken = agent.take(answer.document);
    let steps = 0;
    for (; agent.workDueMs <= 0 && steps <= mostSteps; steps += 1) agent.work();
    require(steps <= mostSteps, 'an agent comes to rest');
    require(taken.kind === 'queued' || steps === 0, 'what was not queued is not worked on');
    JSON.stringify(agentStatus(agent));
  },
});
