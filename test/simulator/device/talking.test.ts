import 'reflect-metadata';
import { createHash, createPrivateKey } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import { agentTimes, scaledTimes } from '../../../src/simulator/device/agent-times.ts';
import { makeIdentity, nameOfKey } from '../../../src/simulator/device/device-identity.ts';
import { readEnrollmentAnswer } from '../../../src/simulator/device/enrollment-answer.ts';
import { GrowingWait } from '../../../src/simulator/device/growing-wait.ts';
import { readPollAnswer } from '../../../src/simulator/device/poll-answer.ts';
import { app, file, filesSpec, WatchedAgent } from './watched-agent.ts';

// flight-control.md, sections 1.2, 1.6 and 2: what an agent makes of answers, and what it says.

describe('an answer to a poll', () => {
  test.each([204, 409])('of %i is nothing new', (status) => {
    expect(readPollAnswer(status, '')).toEqual({ kind: 'nothing new' });
  });

  test.each([304, 400, 401, 403, 429, 500, 502, 503])(
    'of %i is an error, after which the agent keeps all it has',
    (status) => {
      expect(readPollAnswer(status, 'Device of name "d" not found').kind).toBe('error');
    },
  );

  test('of 200 is a document, and an error if it is no JSON', () => {
    expect(readPollAnswer(200, '{"spec":{}}')).toEqual({ kind: 'document', document: { spec: {} } });
    expect(readPollAnswer(200, '<html>').kind).toBe('error');
  });

  test.each([
    ['{"message":"Device of name \\"d\\" not found"}', 'not there'],
    ['device d is not known here', 'error'],
    ['Device of name "d" is gone', 'error'],
    ['not found', 'error'],
    ['', 'error'],
  ])('of 404 and %j is read as %s', (body, kind) => {
    expect(readPollAnswer(404, body).kind).toBe(kind);
  });
});

describe('waits', () => {
  const waits = (chance: number) => {
    const wait = new GrowingWait({ ...agentTimes.pollRetry, factor: 2, spread: 0.2 }, () => chance);
    return { wait, next: (times: number) => Array.from({ length: times }, () => wait.next() / 1_000) };
  };

  test('after errors double from 5 s up to 5 min, and start anew after a success', () => {
    const { wait, next } = waits(0.5);
    expect(next(8)).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
    wait.reset();
    expect(next(1)).toEqual([5]);
  });

  test.each([
    [0, 0.8],
    [1, 1.2],
  ])('are spread by a fifth: at chance %d they are %d times as long', (chance, factor) => {
    expect(waits(chance).next(2)).toEqual([5, 10].map((step) => expect.closeTo(step * factor, 6) as number));
  });

  test('can be had in another pace', () => {
    const faster = scaledTimes(agentTimes, 0.01);
    expect(faster).toMatchObject({ pollGapMs: 50, pollPatienceMs: 2_400, pollRetry: { firstMs: 50, capMs: 3_000 } });
  });
});

describe('a status', () => {
  test('says Unknown of an update before the first one, and never more of updated, lifecycle and integrity', () => {
    const { status } = new WatchedAgent();
    expect(status).toMatchObject({
      conditions: [{ type: 'Updating', status: 'Unknown' }],
      summary: { status: 'Online' },
      updated: { status: 'Unknown' },
      lifecycle: { status: 'Unknown' },
      integrity: { status: 'Unknown' },
      config: { renderedVersion: '0' },
      capabilities: { osMode: 'package' },
      applicationsSummary: { status: 'NoApplications' },
    });
  });

  test('lists the applications that run, and the units that are watched', () => {
    const watched = new WatchedAgent();
    watched.take(1, {
      applications: [app('x')],
      systemd: { matchPatterns: ['chronyd.service', 'getty@[0-9].service'] },
    });
    expect(watched.status).toMatchObject({
      applications: [{ name: 'x', status: 'Running', appType: 'container' }],
      applicationsSummary: { status: 'Healthy' },
      systemd: [{ unit: 'chronyd.service', activeState: 'active' }],
    });
  });

  test('cuts the message of a condition at 250 characters', () => {
    const watched = new WatchedAgent();
    watched.take(1, filesSpec(file(`relative/${'x'.repeat(400)}`, '')));
    const [updating] = watched.status['conditions'] as [{ message: string }];
    expect(updating.message).toHaveLength(250);
  });
});

describe('enrollment', () => {
  const request = (status: unknown) => JSON.stringify({ status });

  test('waits while there is no certificate, approved or not', () => {
    expect(readEnrollmentAnswer(200, request({ conditions: [] }))).toMatchObject({
      kind: 'wait',
      why: 'not yet approved',
    });
    const approved = { conditions: [{ type: 'Approved', status: 'False' }] };
    expect(readEnrollmentAnswer(200, request(approved))).toMatchObject({ why: 'certificate not yet issued' });
    expect(readEnrollmentAnswer(200, request({ ...approved, certificate: 'no PEM' })).kind).toBe('wait');
    expect(readEnrollmentAnswer(503, '').kind).toBe('wait');
  });

  test.each([
    ['no list of conditions', {}],
    ['conditions of null', { conditions: null }],
    ['a condition Denied of any status', { conditions: [{ type: 'Denied', status: 'False' }] }],
    ['a condition Failed', { conditions: [{ type: 'Failed', status: 'True' }] }],
  ])('ends the process at %s', (_what, status) => {
    expect(readEnrollmentAnswer(200, request(status)).kind).toBe('end');
  });

  test('names a device by its key: 52 characters of base32hex over SHA-256 of X and Y', async () => {
    const { name, key, request: csr } = await makeIdentity();
    const { x = '', y = '' } = createPrivateKey(key).export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    expect(name).toBe(nameOfKey(point));
    expect(name).toMatch(/^[0-9a-v]{52}$/);
    // The first five bits of the digest are its first letter.
    const [first = 0] = createHash('sha256').update(point.subarray(1)).digest();
    expect(Number.parseInt(name.slice(0, 1), 32)).toBe(first >> 3);
    expect(new Pkcs10CertificateRequest(csr).subjectName.toString()).toBe(`CN=${name}`);
  });
});
