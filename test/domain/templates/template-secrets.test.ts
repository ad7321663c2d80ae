import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { maskedKeys } from '../../../src/domain/secrets/masked-keys.ts';
import { createTemplateRenderer, renderSpec } from '../../../src/domain/templates/template-renderer.ts';

const device = { name: 'dev-1', labels: { site: 'berlin' } };

function problemsOf(spec: JsonObject, isMasked = maskedKeys()): string {
  const outcome = createTemplateRenderer({ isMasked }).render(spec, device);
  return outcome.ok ? '' : outcome.problems.map(({ message }) => message).join('; ');
}

describe('a problem with a template', () => {
  test('is told in full where no secret stands', () => {
    expect(problemsOf({ motd: '{{ hunter2 }}' })).toContain('function "hunter2" is not supported');
  });

  test.each([
    ['under a masked key', { app: { password: '{{ hunter2 }}' } }],
    ['below a masked key', { tokens: [{ a: '{{ "hunter2" | hunter2 }}' }] }],
    ['in a file with a password', { content: 'x: y\npassword: {{ hunter2 }}' }],
    ['in the value of a variable that is called secret', { name: 'DB_PASSWORD', value: '{{ .hunter2 }}' }],
    ['beside a password in the same text', { content: '{{ .metadata.labels.hunter2 }} password=x' }],
  ])('quotes nothing %s, and says where', (_where, spec) => {
    const message = problemsOf({ spec });
    expect(message).not.toContain('hunter2');
    expect(message).toMatch(/is not quoted, since a secret stands there \(spec\.spec.*, line \d+, column \d+\)$/);
  });

  test('goes by the keys that are masked, and by no others', () => {
    expect(problemsOf({ password: '{{ hunter2 }}' }, maskedKeys(['pin']))).toContain('hunter2');
    expect(problemsOf({ doorPin: '{{ hunter2 }}' }, maskedKeys(['pin']))).not.toContain('hunter2');
  });

  test('never shows what a masked key holds', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      ' ',
      '.metadata',
      '"',
      '|',
      'upper',
      'if',
      'S3CR3T',
      'index',
      '(',
      '-',
      '9'.repeat(30),
    );
    const key = fc.constantFrom('password', 'apiToken', 'DB_SECRET');
    fc.assert(
      fc.property(key, fc.array(piece, { maxLength: 12 }), (name, pieces) => {
        const outcome = renderSpec({ app: [{ [name]: `{{ ${pieces.join('')}` }] }, device);
        expect(JSON.stringify(outcome.ok ? [] : outcome.problems)).not.toMatch(/S3CR3T|999/);
      }),
      { numRuns: 500 },
    );
  });
});
