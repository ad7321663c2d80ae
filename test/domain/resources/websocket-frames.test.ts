import { describe, expect, it } from 'vitest';
import { deviceFrameSchema, musterFrameSchema } from '../../../src/domain/resources/websocket-frames.ts';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

describe('a frame from a device', () => {
  it.each([
    { type: 'report' },
    {
      type: 'report',
      id: 1,
      renderedVersion: '7',
      timeline: '0198c0de',
      specHash: 'ab',
      status: { summary: { status: 'Online' } },
      spec: { os: {} },
    },
    { type: 'report', renderedVersion: null, timeline: null, specHash: null },
    { type: 'report', spec: { anything: [{ goes: true }] } },
  ])('may be %j', (frame) => {
    expect(deviceFrameSchema.parse(frame)).toEqual(frame);
  });

  it('may have keys of a later version, which are passed over', () => {
    expect(deviceFrameSchema.parse({ type: 'report', mood: 'good' })).toEqual({ type: 'report' });
  });

  it.each<[unknown, string]>([
    ['report', 'expected an object'],
    [{}, 'type: expected "report"'],
    [{ type: 'verdict' }, 'type: expected "report"'],
    [{ type: 'report', id: 'a' }, 'id: expected a number'],
    [{ type: 'report', renderedVersion: 7 }, 'renderedVersion: expected a string'],
    [{ type: 'report', renderedVersion: '7'.repeat(300) }, 'renderedVersion: expected at most 256 characters'],
    [{ type: 'report', status: 'fine' }, 'status: expected an object'],
    [{ type: 'report', spec: [] }, 'spec: expected an object'],
  ])('may not be %j', (frame, message) => {
    const result = deviceFrameSchema.safeParse(frame);
    expect(result.success ? 'accepted' : describeProblems(result.error, 'frame')).toBe(
      `frame is not valid: ${message}`,
    );
  });
});

describe('a frame from Muster', () => {
  it.each([
    {
      type: 'verdict',
      id: 1,
      verdict: 'Ahead',
      gate: 'ConflictPaused',
      info: 'why',
      restore: '0198c0de',
      wants: ['spec'],
    },
    { type: 'verdict', verdict: 'InSync', gate: 'Open', info: '', restore: '0198c0de' },
    {
      type: 'rendered',
      device: { apiVersion: 'v1beta1', kind: 'Device', metadata: { name: 'a' }, spec: { os: { image: 'i' } } },
    },
    { type: 'report-request', reason: 'restore' },
    { type: 'error', code: 400, message: 'no', id: 1 },
    { type: 'error', code: 503, message: 'later' },
  ])('may be %j', (frame) => {
    expect(musterFrameSchema.parse(frame)).toEqual(frame);
  });

  it.each([
    { type: 'report' },
    { type: 'verdict', verdict: 'Fine', gate: 'Open', info: '', restore: '' },
    { type: 'verdict', verdict: 'InSync', gate: 'Ajar', info: '', restore: '' },
    { type: 'rendered' },
  ])('may not be %j', (frame) => {
    expect(musterFrameSchema.safeParse(frame).success).toBe(false);
  });
});
