import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { judgeAnswer } from '../../../src/domain/rendering/rendered-answer.ts';
import { deviceSpecSchema } from '../../../src/domain/resources/device-spec.ts';

const device = { name: 'a', labels: {} };
const judge = (answer: JsonValue, desired: JsonObject = {}) =>
  judgeAnswer(answer, deviceSpecSchema.parse(desired), device);

function problems(answer: JsonValue, desired: JsonObject = {}): string[] {
  const outcome = judge(answer, desired);
  return outcome.ok ? [] : outcome.problems.map(({ message }) => message);
}

const file = (path: string, content = '') => ({ path, content });
const git = { name: 'site', gitRef: { repository: 'r', targetRevision: 'main', path: '/' } };

describe('the answer of another renderer', () => {
  test('is delivered in the form that agents read', () => {
    const answer = {
      spec: {
        config: [
          { name: 'x', inline: [file('/a', 'b')] },
          { name: 'y', inline: [file('/c')] },
        ],
      },
    };
    expect(judge(answer, { config: [git] })).toEqual({
      ok: true,
      spec: {
        config: [
          {
            name: '',
            inline: [
              { path: '/a', content: 'Yg==', contentEncoding: 'base64', mode: 0o644, user: 'root' },
              { path: '/c', content: '', contentEncoding: 'base64', mode: 0o644, user: 'root' },
            ],
          },
        ],
        consoles: [],
      },
    });
  });

  test('may say why there is none, in one line each', () => {
    const told = Array.from({ length: 30 }, (_, index) => ({ message: `no ${index}\nmore\u202e`, extra: 1 }));
    expect(problems({ problems: told })).toHaveLength(20);
    expect(problems({ problems: told })[0]).toBe('no 0 more');
    expect(problems({ problems: [{ message: 'x'.repeat(10_000) }] })[0]).toHaveLength(501);
  });

  test('has the order to decommission and the consoles of the service, whatever it says of them itself', () => {
    const order = { decommissioning: { target: 'Unenroll' } };
    expect(judge({ spec: { config: [], ...order, consoles: [{ sessionID: 's', sessionMetadata: '' }] } })).toEqual({
      ok: true,
      spec: { config: [], consoles: [] },
    });
    expect(judge({ spec: { config: [] } }, order)).toEqual({ ok: true, spec: { config: [], consoles: [], ...order } });
  });

  test.each<[string, JsonValue, string]>([
    ['is nothing', null, 'it is not valid: expected either spec'],
    ['is neither', {}, 'it is not valid: expected either spec'],
    ['is both', { spec: {}, problems: [{ message: 'x' }] }, 'it is not valid: expected'],
    ['has no problem in its problems', { problems: [] }, 'it is not valid'],
    ['is a spec of the wrong form', { spec: { config: 'none' } }, 'spec.config: expected an array'],
    ['cannot be stored', { spec: { os: { image: 'a\0' } } }, 'os.image: expected text without the character NUL'],
    ['has a reference left', { spec: { config: [git] } }, 'config provider "site" cannot be resolved'],
    [
      'has a reference over HTTP left',
      { spec: { config: [{ name: 'w', httpRef: { repository: 'r', filePath: '/a' } }] } },
      'config provider "w" has not been resolved',
    ],
    [
      'writes where it must not',
      { spec: { config: [{ name: '', inline: [file('/etc/flightctl/certs/x')] }] } },
      'outside',
    ],
    [
      'has an application that agents do not know',
      { spec: { applications: [{ name: 'a', appType: 'vm', image: 'x' }] } },
      'agents do not know the appType vm',
    ],
    ['has an application of no kind', { spec: { applications: [{ name: 'a', appType: 'snap' }] } }, 'appType'],
  ])('is refused where it %s', (_, answer, words) => {
    const [first] = problems(answer);
    expect(first).toContain("the renderer's answer");
    expect(first).toContain(words);
  });

  test.each<[string, JsonObject, JsonObject, string]>([
    ['all files', { config: [git] }, {}, 'something in "config"'],
    [
      'all files, but for the provider',
      { config: [git] },
      { config: [{ name: '', inline: [] }] },
      'something in "config"',
    ],
    [
      'one file',
      { config: [git, { name: 'f', inline: [file('/a'), file('/b')] }] },
      { config: [{ name: '', inline: [file('/a'), file('/c')] }] },
      'the file "/b"',
    ],
    ['the OS', { os: { image: 'a' } }, { os: {} }, 'something in "os"'],
    [
      'one application',
      { applications: [{ name: 'w', appType: 'vm', image: 'a' }] },
      { applications: [{ name: 'v', appType: 'quadlet', image: 'a' }] },
      'the application "w"',
    ],
    ['the patterns', { systemd: { matchPatterns: ['a'] } }, { systemd: {} }, 'something in "systemd"'],
  ])('is refused where it leaves out %s that somebody wrote', (_, desired, spec, words) => {
    expect(problems({ spec }, desired)).toEqual(expect.arrayContaining([expect.stringContaining(words)]));
  });

  test('may leave out what nobody wrote', () => {
    const nothing = { config: [{ name: 'a', inline: [] }], applications: [], os: {}, systemd: { matchPatterns: [] } };
    expect(judge({ spec: {} }, nothing)).toEqual({ ok: true, spec: { config: [], consoles: [] } });
  });
});
