import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { FrameProblem, readFrame } from '../../../src/agent/frames.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import { applyJsonPatch } from '../../../src/domain/json-patch.ts';
import { parseRenderedVersion, parseSpecHash, parseTimeline } from '../../../src/domain/recovery/position.ts';
import { patchResource } from '../../../src/domain/resource-patch.ts';
import { patchRequestSchema } from '../../../src/domain/resources/patch-request.ts';
import { pageTokens } from '../../../src/api/paging.ts';
import { fuzzTarget, parsedOrRefused, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const refused = (error: unknown) =>
  error instanceof MusterError && error.status === 400 && error.message.length < 10_000;

const uuid = '018c2f3e-0000-7000-8000-000000000000';
const positionText = fc.constantFrom(
  '',
  '0',
  '7',
  '007',
  '1000000000000000',
  uuid,
  uuid.toUpperCase(),
  'ab'.repeat(32),
);

export const positions = fuzzTarget('positions', {
  runs: 300,
  input: mutated(positionText),
  check(text) {
    const version = parsedOrRefused(() => parseRenderedVersion(text, 'here'), refused);
    if (version !== undefined) {
      require(Number.isSafeInteger(version) && version >= 0, 'a version is a number to count on');
      require(parseRenderedVersion(String(version), 'here') === version, 'a version that is written is read again');
    }
    const timeline = parsedOrRefused(() => parseTimeline(text, 'here'), refused);
    if (timeline) require(parseTimeline(timeline, 'here') === timeline, 'a timeline that is written is read again');
    const hash = parsedOrRefused(() => parseSpecHash(text, 'here'), refused);
    if (hash) require(parseSpecHash(hash, 'here') === hash, 'a hash that is written is read again');
  },
});

const frameKeys = [
  'type',
  'id',
  'renderedVersion',
  'timeline',
  'specHash',
  'status',
  'spec',
  'conditions',
  'config',
  'summary',
];
const report = {
  type: 'report',
  id: 1,
  renderedVersion: '7',
  timeline: uuid,
  status: { summary: { status: 'Online' } },
  spec: { os: { image: 'x' } },
};
const frame = fc.oneof(
  fc.constant(JSON.stringify(report)),
  jsonText(frameKeys, fc.constantFrom('report', '7', uuid, 'x', 'Online')),
  jsonText(frameKeys).map((text) => text.replace('{', '{"type":"report",').replace(',}', '}')),
);

export const frames = fuzzTarget('WebSocket frames', {
  input: mutated(frame),
  check(text) {
    const read = parsedOrRefused(
      () => readFrame('d', text),
      (error) => error instanceof FrameProblem && refused(error.cause),
    );
    if (read !== undefined) require(read.report.device === 'd', 'a frame is of the device that sent it');
  },
});

const patchKeys = ['op', 'path', 'value', 'from'];
const paths = fc.constantFrom(
  '',
  '/',
  '/a',
  '/a/b',
  '/list/-',
  '/list/0',
  '/list/01',
  '/~0~1',
  '/__proto__/x',
  '/constructor/prototype/x',
  '/a/constructor',
  '/list/length',
  '/list/1e3',
  '/list/-1',
);
const operation = fc.record({
  op: fc.constantFrom('add', 'replace', 'remove', 'test', 'move', 'copy'),
  path: fc.oneof(paths, mutated(paths)),
  value: fc.constantFrom(1, 'x', null, {}, [], { a: 1 }),
});

export const patches = fuzzTarget('JSON Patch', {
  input: fc.oneof(
    fc.array(operation, { maxLength: 6 }).map((operations) => JSON.stringify(operations)),
    fc
      .array(jsonText(patchKeys, fc.constantFrom('add', '/a', '/list/-')), { maxLength: 3 })
      .map((all) => `[${all.join(',')}]`),
  ),
  check(text) {
    const parsed = patchRequestSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return;
    const document = { a: { b: 1 }, list: [1, 2], metadata: { labels: {} } };
    parsedOrRefused(() => applyJsonPatch(document, parsed.data), refused);
    parsedOrRefused(() => patchResource(document, parsed.data, [['metadata', 'labels']]), refused);
    require(isDeepStrictEqual(document, {
      a: { b: 1 },
      list: [1, 2],
      metadata: { labels: {} },
    }), 'the document itself is not changed');
  },
});

const keySchema = z.object({ name: z.string(), at: z.string().optional() });
const tokens = pageTokens('devices', keySchema);
const keys = fc.record({ name: fc.string({ unit: 'binary-ascii' }) }, { noNullPrototype: true });

export const continueTokens = fuzzTarget('continue tokens', {
  input: fc.oneof(
    mutated(keys.map((key) => tokens.write(key))),
    mutated(jsonText(['q', 'k', 'name'])).map((text) => Buffer.from(text).toString('base64url')),
  ),
  check(token) {
    parsedOrRefused(() => tokens.read({ continue: token }), refused);
  },
});

export const writtenTokens = fuzzTarget('continue tokens, written and read', {
  input: keys,
  check(key) {
    require(isDeepStrictEqual(
      tokens.read({ continue: tokens.write(key) }).after,
      key,
    ), 'a token leads back to its key');
  },
});
