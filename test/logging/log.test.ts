import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { createLog, createServiceLog } from '../../src/logging/log.ts';

/** A log whose lines can be read. */
function readableLog() {
  const lines: string[] = [];
  return {
    log: createLog('trace', { stream: { write: (line) => void lines.push(line) } }),
    text: () => lines.join(''),
  };
}

const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJkZXZpY2UtMSJ9.c2lnbmF0dXJl';

describe('a line of the log', () => {
  test.each([
    ['the header of a request', { headers: { authorization: 'Bearer s3cr3t-token' } }],
    ['a header with capitals', { headers: { Authorization: 's3cr3t' } }],
    ['a cookie', { headers: { 'set-cookie': ['session=s3cr3t'] } }],
    ['a token by name', { token: 's3cr3t' }],
    ['a password deep down', { config: { redis: [{ redisPassword: 's3cr3t' }] } }],
    ['the password of a URL', { url: 'postgres://muster:s3cr3t@db:5432/muster' }],
    ['a password with an at sign', { url: 'redis://:s3cr3t@s3cr3t@kv:6379/0' }],
    ['a password in the message of an error', { err: new Error('connect postgres://u:s3cr3t@db/x failed') }],
    [
      'a password in the cause of an error',
      { err: new Error('failed', { cause: new Error('redis://default:s3cr3t@kv') }) },
    ],
    ['a bearer token in a text', { error: 'the header was Bearer s3cr3t-s3cr3t-s3cr3t' }],
  ])('hides %s', (_what, fields) => {
    const { log, text } = readableLog();
    log.info(fields, 'done');
    expect(text()).not.toContain('s3cr3t');
    expect(text()).toContain('[hidden]');
    expect(JSON.parse(text())).toMatchObject({ msg: 'done' });
  });

  test('hides a web token in its message', () => {
    const { log, text } = readableLog();
    log.warn(`device said ${jwt}`);
    expect(text()).not.toContain('eyJzdWIi');
    expect(JSON.parse(text())).toMatchObject({ msg: 'device said [hidden]' });
  });

  test('hides what MUSTER_MASK_KEYS names, in errors too, and no longer what it leaves out', () => {
    const lines: string[] = [];
    const config = readConfig({ MUSTER_MASK_KEYS: 'door pin', MUSTER_LOG_LEVEL: 'warn' });
    const log = createServiceLog(config, { stream: { write: (line) => void lines.push(line) } });
    const err = Object.assign(new Error('the door is shut'), { door_pin: 's3cr3t' });
    log.warn({ doorPin: 's3cr3t', settings: [{ 'door-pin': 's3cr3t' }], err, password: 'shown' }, 'done');
    log.info('not at this level');
    expect(lines.join('')).not.toContain('s3cr3t');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { doorPin: '[hidden]', settings: [{ 'door-pin': '[hidden]' }], err: { door_pin: '[hidden]' }, password: 'shown' },
    ]);
  });

  test('shows everything else as it is', () => {
    const { log, text } = readableLog();
    const fields = {
      requestId: 'a-1',
      actor: 'token:restore-tool',
      device: 'gateway-1',
      tokens: 3,
      at: new Date(0),
      url: 'https://collector.example:4318/v1/traces?a=b@c',
      selectors: ['site in (a,b)'],
      nothing: null,
    };
    log.info(fields, 'resumed 3 devices at 10:00@site');
    expect(JSON.parse(text())).toMatchObject({
      ...fields,
      at: '1970-01-01T00:00:00.000Z',
      msg: 'resumed 3 devices at 10:00@site',
    });
  });
});
