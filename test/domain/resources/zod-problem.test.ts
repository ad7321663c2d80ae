import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deviceRequestSchema } from '../../../src/domain/resources/device.ts';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

function problems(schema: z.ZodType, value: unknown): string {
  const result = schema.safeParse(value);
  if (result.success) throw new Error('was accepted');
  return describeProblems(result.error, 'body');
}

describe('describeProblems', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['a wrong type', z.string(), 7, 'body is not valid: expected a string'],
    [
      'a missing key',
      z.object({ a: z.object({ b: z.int() }) }),
      { a: {} },
      'body is not valid: a.b: expected a number',
    ],
    ['a fraction', z.int(), 1.5, 'body is not valid: expected an integer'],
    ['a list', z.object({ a: z.array(z.boolean()) }), { a: {} }, 'body is not valid: a: expected an array'],
    ['a map', z.record(z.string(), z.string()), [], 'body is not valid: expected an object'],
    ['a constant', z.object({ kind: z.literal('Device') }), {}, 'body is not valid: kind: expected "Device"'],
    ['a choice', z.enum(['a', 'b']), 'c', 'body is not valid: expected one of "a", "b"'],
    ['long text', z.string().max(3), 'abcd', 'body is not valid: expected at most 3 characters'],
    ['empty text', z.string().min(1), '', 'body is not valid: expected at least 1 character'],
    ['a long list', z.array(z.int()).max(1), [1, 2], 'body is not valid: expected at most 1 item'],
    ['a small number', z.int().min(1), 0, 'body is not valid: expected at least 1'],
    ['a number at an open bound', z.number().lt(5), 5, 'body is not valid: expected less than 5'],
    ['a multiple', z.int().multipleOf(5), 6, 'body is not valid: expected a multiple of 5'],
    ['a pattern', z.string().regex(/^a+$/), 'b', 'body is not valid: expected text that matches "/^a+$/"'],
    ['a format', z.uuid(), 'b', 'body is not valid: expected a UUID'],
    [
      'unknown keys',
      z.strictObject({}),
      { x: 1, 'y z': 2 },
      'body is not valid: x: expected no such key; ["y z"]: expected no such key',
    ],
    [
      'a bad key of a map',
      z.object({ a: z.record(z.string().max(1), z.int()) }),
      { a: { bc: 1 } },
      'body is not valid: a.bc: expected at most 1 character',
    ],
    ['alternatives', z.union([z.string(), z.int()]), true, 'body is not valid: expected a string or a number'],
    [
      'the alternative that was meant',
      z.union([z.object({ a: z.object({ b: z.string(), c: z.int() }) }), z.string()]),
      { a: { b: 1, c: 1 } },
      'body is not valid: a.b: expected a string',
    ],
    [
      'an unknown tag',
      z.discriminatedUnion('t', [z.object({ t: z.literal('a') }), z.object({ t: z.literal('b') })]),
      { t: 'c' },
      'body is not valid: t: expected one of "a", "b"',
    ],
    [
      'words of our own',
      z.string().refine(() => false, { error: 'expected better' }),
      'x',
      'body is not valid: expected better',
    ],
  ])('says what is wrong with %s', (_, schema, value, message) => {
    expect(problems(schema, value)).toBe(message);
  });

  it('lists five problems and counts the rest', () => {
    const message = problems(z.array(z.string()), [1, 2, 3, 4, 5, 6, 7]);
    expect(message).toBe(
      'body is not valid: [0]: expected a string; [1]: expected a string; [2]: expected a string; [3]: expected a string; [4]: expected a string; and 2 more',
    );
  });

  it('is one line of bounded length whatever a hostile document holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 2000 }), (value, key) => {
        const result = deviceRequestSchema.safeParse({
          [key]: value,
          metadata: { labels: { [key]: value } },
          spec: value,
        });
        if (result.success) return;
        const message = describeProblems(result.error, 'Device');
        expect(message).toMatch(/^Device is not valid: .*expected/u);
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
        expect(message.length).toBeLessThan(4000);
      }),
    );
  });
});
