import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TrialAuthority, validFor } from '../../src/cli/pki/trial-authority.ts';
import type { DeviceObserver, SentReport } from '../../src/simulator/device-observer.ts';
import { agentTimes, scaledTimes } from '../../src/simulator/device/agent-times.ts';
import { app, document, file, filesSpec } from './device/watched-agent.ts';
import { scriptedService, type Reply, type Request, type ScriptedService } from './scripted-service.ts';

const open: ScriptedService[] = [];

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

async function service(...parameters: Parameters<typeof scriptedService>): Promise<ScriptedService> {
  const started = await scriptedService(...parameters);
  open.push(started);
  return started;
}

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(5);
};

const isPoll = ({ path }: Request) => path.endsWith('/rendered');
const isStatus = ({ method, path }: Request) => method === 'PUT' && path.endsWith('/status');
const isEnrollment = ({ path }: Request) => path.startsWith('/api/v1/enrollmentrequests');
const known = (request: Request) => request.query.get('knownRenderedVersion');

const ok: Reply = { code: 200, body: '{}' };
const nothing: Reply = { code: 204 };
const given = (version: number, spec: object): Reply => ({ code: 200, body: JSON.stringify(document(version, spec)) });

/** Answers polls one after the other, then holds them; statuses are accepted. */
function polls(...answers: Reply[]) {
  return (request: Request, earlier: readonly Request[]): Reply => {
    if (!isPoll(request)) return ok;
    return answers[earlier.filter(isPoll).length] ?? 'hold';
  };
}

const a = filesSpec(file('/etc/a', 'a'));
const bad = { applications: [app('x', { appType: 'vm' })] };

const statusSchema = z.object({
  status: z.object({
    config: z.object({ renderedVersion: z.string() }),
    conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string() })),
  }),
});
const statusesOf = ({ requests }: ScriptedService) =>
  requests.filter(isStatus).map(({ body }) => statusSchema.parse(JSON.parse(body)).status);

describe('statuses', () => {
  test('are sent before the first poll and when something changes, and not by a device in steady state', async () => {
    const running = await service(polls(nothing, given(1, a), nothing, nothing, nothing));
    await until(() => running.requests.filter(isPoll).length === 6);
    expect(running.requests.map((request) => (isPoll(request) ? 'poll' : 'status')).slice(0, 5)).toEqual([
      'status',
      'poll',
      'poll',
      'status',
      'poll',
    ]);
    expect(statusesOf(running).map(({ config }) => config.renderedVersion)).toEqual(['0', '1']);
  });

  test('of a version that fails say RollingBack and Error under the old version, while polls say the new one', async () => {
    const running = await service(polls(given(5, a), given(6, bad)));
    await until(() => running.requests.filter(isPoll).length === 3);
    const said = statusesOf(running).map(
      ({ config, conditions }) => `${config.renderedVersion} ${conditions[0]?.reason}`,
    );
    expect(said).toEqual(['0 Unknown', '5 Updated', '5 RollingBack', '5 Error']);
    expect(running.requests.filter(isPoll).map(known)).toEqual(['0', '5', '6']);
  });

  test('that are not accepted are sent again', async () => {
    let refused = 0;
    const running = await service((request) => {
      if (!isStatus(request)) return 'hold';
      refused += 1;
      return refused <= 2 ? { code: 500 } : ok;
    });
    await until(() => running.requests.some(isPoll));
    expect(running.requests.filter(isStatus)).toHaveLength(3);
  });

  test('reach the service while a poll is held', async () => {
    const times = { ...agentTimes, pollGapMs: 5, applyMs: 50 };
    const running = await service(polls(given(1, a)), {}, { times });
    await until(() => statusesOf(running).length === 3);
    const [, preparing, applied] = statusesOf(running);
    expect(preparing).toMatchObject({ config: { renderedVersion: '0' }, conditions: [{ reason: 'Preparing' }] });
    expect(applied).toMatchObject({ config: { renderedVersion: '1' }, conditions: [{ reason: 'Updated' }] });
    expect(running.requests.filter(isPoll).map(known)).toEqual(['0', '1']);
  });
});

describe('a restart', () => {
  test('has the device say its status again, and the version of its stored spec', async () => {
    const running = await service(polls(given(5, a), given(6, bad)));
    await until(() => running.requests.filter(isPoll).length === 3);
    const before = running.requests.length;
    running.fleet.restart(running.fleet.devices, { spreadMs: 0 });
    await until(() => running.requests.length >= before + 2);
    const [status, poll] = running.requests.slice(before);
    expect(status && isStatus(status)).toBe(true);
    expect(poll && known(poll)).toBe('5');
    expect(running.fleet.devices[0]?.restarts).toBe(1);
  });

  test('does not mend a network that is cut', async () => {
    const running = await service(polls());
    await until(() => running.requests.some(isPoll));
    running.fleet.cut();
    const before = running.requests.length;
    running.fleet.restart(running.fleet.devices, { spreadMs: 0 });
    await sleep(100);
    expect(running.requests).toHaveLength(before);
    running.fleet.mend({ spreadMs: 0 });
    await until(() => running.requests.length > before);
  });
});

describe('a 404', () => {
  const words = JSON.stringify({ message: 'Device of name "d" not found' });

  test('in the words of Flight Control has the device enroll anew under its name, with the version that it has', async () => {
    const running = await service((request, earlier) => {
      if (isEnrollment(request)) return request.method === 'POST' ? { code: 201, body: '{}' } : 'hold';
      return isPoll(request) && earlier.some(isPoll)
        ? { code: 404, body: words }
        : polls(given(5, a))(request, earlier);
    });
    await until(() => running.requests.filter(isEnrollment).length === 2);
    const [posted] = running.requests.filter(isEnrollment);
    expect(JSON.parse(posted?.body ?? '')).toMatchObject({
      kind: 'EnrollmentRequest',
      metadata: { name: 'd' },
      spec: { knownRenderedVersion: '5', csr: expect.stringContaining('CERTIFICATE REQUEST') as string },
    });
    expect([...(running.fleet.devices[0]?.machine.files.keys() ?? [])]).toEqual(['/etc/a']);
  });

  test.each(['device d is not known here', ''])('that says %j leaves all as it is', async (body) => {
    const running = await service((request) => (isPoll(request) ? { code: 404, body } : ok), { manner: 'flightctl' });
    await until(() => running.fleet.counters.errorCount > 0);
    expect(running.fleet.counters.errors).toEqual([['device not known', 1]]);
    expect(running.requests.some(isEnrollment)).toBe(false);
  });
});

test('a device that enrolls waits for its certificate before it says anything else', async () => {
  const { certificate } = (await TrialAuthority.create('trial', validFor(1))).identity;
  const answers: object[] = [
    { conditions: [] },
    { conditions: [{ type: 'Approved', status: 'True' }] },
    { conditions: [{ type: 'Approved', status: 'True' }], certificate },
  ];
  const times = scaledTimes(agentTimes, 0.001);
  const running = await service(
    (request, earlier) => {
      if (!isEnrollment(request)) return isPoll(request) ? 'hold' : ok;
      if (request.method === 'POST') return { code: 201, body: '{}' };
      const looked = earlier.filter((other) => isEnrollment(other) && other.method === 'GET').length;
      return { code: 200, body: JSON.stringify({ status: answers[looked] }) };
    },
    { enrolls: true },
    { times },
  );
  await until(() => running.requests.some(isPoll));
  const order = running.requests.map(({ method, path }) => `${method} ${path.split('/').slice(3).join('/')}`);
  expect(order).toEqual([
    'POST enrollmentrequests',
    'GET enrollmentrequests/d',
    'GET enrollmentrequests/d',
    'GET enrollmentrequests/d',
    'PUT devices/d/status',
    'GET devices/d/rendered',
  ]);
});

test('a decommissioned device reports Started, Completed and an error, and is not heard of again', async () => {
  const running = await service(polls(given(1, a), given(2, { ...a, decommissioning: { target: 'Unenroll' } })));
  await until(() => running.fleet.devices[0]?.machine.isDecommissioned === true);
  await sleep(100);
  const said = statusesOf(running).map(({ conditions }) => conditions.map(({ reason }) => reason).join());
  expect(said.slice(2)).toEqual(['Updated,Started', 'Updated,Completed', 'Error,Completed']);
  expect(running.requests.filter(isPoll)).toHaveLength(2);
});

describe('in the manner of an unmodified agent', () => {
  const times = scaledTimes(agentTimes, 0.01);

  test('a device says its number and neither timeline, hash nor spec, also when it is paused', async () => {
    const paused = { 'muster-gate': 'ConflictPaused', 'muster-verdict': 'Ahead', 'muster-restore': 'r' };
    const hashed = { 'muster/timeline': '01890000-0000-7000-8000-000000000001' };
    const first: Reply = { code: 200, body: JSON.stringify(document(5, a, hashed)), headers: paused };
    const answers = polls(first, { code: 204, headers: paused });
    const running = await service(answers, { manner: 'flightctl' }, { times });
    await until(() => running.requests.filter(isPoll).length === 3);
    expect(running.requests.filter(isPoll).map(({ query }) => [...query.keys()].join())).toEqual(
      Array.from({ length: 3 }, () => 'knownRenderedVersion'),
    );
    for (const { body } of running.requests.filter(isStatus)) {
      expect(Object.keys(JSON.parse(body) as object).toSorted()).toEqual(['apiVersion', 'kind', 'metadata', 'status']);
      expect(JSON.parse(body)).toHaveProperty('metadata', { name: 'd' });
    }
  });

  test('it polls again no sooner than its gap, and does not obey Retry-After', async () => {
    const at: number[] = [];
    const reply = polls(nothing, nothing, { code: 503, headers: { 'retry-after': '600' } });
    const running = await service(
      (request, earlier) => {
        if (isPoll(request)) at.push(performance.now());
        return reply(request, earlier);
      },
      { manner: 'flightctl' },
      { times: scaledTimes(agentTimes, 0.1) },
    );
    await until(() => running.requests.filter(isPoll).length === 4);
    const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    // Of half a second; on its way to here a request may take its time, and the next one none.
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(250);
  });

  test('a poll without an answer counts as one without news', async () => {
    const running = await service(polls(), { manner: 'flightctl' }, { times: { ...times, pollPatienceMs: 1_000 } });
    await until(() => running.requests.filter(isPoll).length === 2);
    expect(running.fleet.counters.errorCount).toBe(0);
  });
});

test('each report gets one reply, also one that no answer came to', async () => {
  const sent = new Map<SentReport, number[]>();
  const observer: DeviceObserver = {
    reportSent: (_device, report) => sent.set(report, []),
    replied: (_device, report, { code }) => sent.get(report)?.push(code),
  };
  const times = { ...scaledTimes(agentTimes, 0.001), pollPatienceMs: 50 };
  const running = await service(polls(nothing, { code: 503 }, 'hold', nothing), {}, { observer, times });
  await until(() => running.requests.filter(isPoll).length === 5);
  await running.close();
  open.splice(0);
  const replies = [...sent].filter(([{ transport }]) => transport === 'poll').map(([, codes]) => codes);
  expect(replies.slice(0, 5)).toEqual([[204], [503], [0], [204], [0]]);
});
