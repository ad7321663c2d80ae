import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { maskedKeys } from '../../../src/domain/secrets/masked-keys.ts';
import { checkTemplates, createTemplateRenderer } from '../../../src/domain/templates/template-renderer.ts';

const device = { name: 'dev-1', labels: { site: 'berlin' } };

function file(path: string, content: string, contentEncoding = 'plain'): JsonObject {
  const written = contentEncoding === 'base64' ? Buffer.from(content).toString('base64') : content;
  return { config: [{ name: 'c', inline: [{ path, content: written, contentEncoding }] }] };
}

const container = (envVars: Record<string, string>): JsonObject => ({
  applications: [{ name: 'a', appType: 'container', image: 'i', envVars }],
});

function problemsOf(spec: JsonObject, isMasked = maskedKeys()): string {
  const outcome = createTemplateRenderer({ isMasked }).render(spec, device);
  return outcome.ok ? '' : outcome.problems.map(({ message }) => message).join('; ');
}

describe('a problem with a template', () => {
  test('is told in full where no secret stands', () => {
    expect(problemsOf(file('/etc/motd', '{{ hunter2 }}'))).toContain('function "hunter2" is not supported');
  });

  test.each([
    ['in a variable that is called secret', container({ DB_PASSWORD: '{{ .hunter2 }}' })],
    ['in a file with a password', file('/etc/x', 'x: y\npassword: {{ hunter2 }}')],
    ['in a file that is called secret', file('/etc/password', '{{ hunter2 }}')],
    ['in an encoded file with a password', file('/etc/x', 'password: {{ hunter2 }}', 'base64')],
    ['beside a password in the same text', file('/etc/x', '{{ $l := .metadata.labels }}{{ $l.hunter2 }} password=x')],
    ['in a variable that is empty once it is filled in', container({ DB_PASSWORD: '{{ if 0 }}hunter2{{ end }}' })],
  ])('quotes nothing %s, and says where', (_where, spec) => {
    const message = problemsOf(spec);
    expect(message).not.toContain('hunter2');
    expect(message).toMatch(/is not quoted, because there is a secret at this place \(spec\..*\)$/);
  });

  test('quotes nothing where a template is checked either', () => {
    const [problem] = checkTemplates(container({ DB_PASSWORD: '{{ hunter2 }}' }));
    expect(problem).toMatchObject({ reason: expect.stringContaining('is not quoted') as string, line: 1, column: 4 });
  });

  test('goes by the keys that are masked, and by no others', () => {
    expect(problemsOf(container({ password: '{{ hunter2 }}' }), maskedKeys(['pin']))).toContain('hunter2');
    expect(problemsOf(container({ doorPin: '{{ hunter2 }}' }), maskedKeys(['pin']))).not.toContain('hunter2');
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
        const outcome = createTemplateRenderer().render(container({ [name]: `{{ ${pieces.join('')}` }), device);
        expect(JSON.stringify(outcome.ok ? [] : outcome.problems)).not.toMatch(/S3CR3T|999/);
      }),
      { numRuns: 500 },
    );
  });
});
