import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { createTemplateRenderer, renderSpec } from '../../../src/domain/templates/template-renderer.ts';
import type { RenderOutcome } from '../../../src/domain/templates/template-renderer.ts';

const device = { name: 'dev-1', labels: { stage: 'prod' } };

function specOf(outcome: RenderOutcome): JsonObject {
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
  return outcome.spec;
}

function messagesOf(outcome: RenderOutcome): string[] {
  return outcome.ok ? [] : outcome.problems.map(({ message }) => message);
}

/** `levels` arrays inside each other, around a value. */
function nested(levels: number, value: JsonValue): JsonValue {
  return levels === 0 ? value : [nested(levels - 1, value)];
}

describe('rendering a spec', () => {
  it('renders the strings at any depth and leaves everything else', () => {
    const spec = {
      os: { image: 'quay.io/kiosk:{{ .metadata.labels.stage }}' },
      config: [
        { name: 'motd', inline: [{ path: '/etc/motd', mode: 420, content: 'I am {{ .metadata.name | upper }}\n' }] },
      ],
      consoles: [],
      decommissioning: null,
      enabled: true,
    };
    expect(specOf(renderSpec(spec, device))).toEqual({
      os: { image: 'quay.io/kiosk:prod' },
      config: [{ name: 'motd', inline: [{ path: '/etc/motd', mode: 420, content: 'I am DEV-1\n' }] }],
      consoles: [],
      decommissioning: null,
      enabled: true,
    });
  });

  it('gives back the very same spec if it holds no template', () => {
    const spec = { os: { image: 'x' }, list: ['}}', { deep: [1, null, '{ {'] }] };
    expect(specOf(renderSpec(spec, device))).toBe(spec);
  });

  it('shares the parts that hold no template with the given spec, and does not change that', () => {
    const spec = { a: { b: ['x'] }, c: [{ d: 'x' }, { e: '{{ .metadata.name }}' }] };
    const before = structuredClone(spec);
    const rendered = specOf(renderSpec(spec, device));
    expect(rendered['a']).toBe(spec.a);
    expect((rendered['c'] as JsonValue[])[0]).toBe(spec.c[0]);
    expect(rendered).toEqual({ a: { b: ['x'] }, c: [{ d: 'x' }, { e: 'dev-1' }] });
    expect(spec).toEqual(before);
  });

  it('does not render keys, and keeps their order', () => {
    const spec = { z: '{{ .metadata.name }}', '{{ .metadata.name }}': 1, a: 'x' };
    expect(Object.entries(specOf(renderSpec(spec, device)))).toEqual([
      ['z', 'dev-1'],
      ['{{ .metadata.name }}', 1],
      ['a', 'x'],
    ]);
  });

  it('does not render its own output again', () => {
    const labels = { stage: '{{ .metadata.name }}' };
    expect(specOf(renderSpec({ a: '{{ .metadata.labels.stage }}' }, { name: 'dev-1', labels }))).toEqual({
      a: '{{ .metadata.name }}',
    });
  });

  it('keeps keys such as __proto__ as plain keys', () => {
    const spec = JSON.parse(
      '{"__proto__":{"polluted":"{{ .metadata.name }}"},"constructor":"{{ .metadata.name }}"}',
    ) as JsonObject;
    const rendered = specOf(renderSpec(spec, device));
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"polluted":"dev-1"},"constructor":"dev-1"}');
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('names every string that fails, with its path and its position', () => {
    const spec = {
      config: [{ inline: [{ content: '{{ .metadata.labels.site }}' }] }],
      os: { image: 'ok:{{ .metadata.labels.stage }}' },
      applications: [{ 'env vars': { 'A"B': 'x\n{{ foo }}' } }],
    };
    const outcome = renderSpec(spec, device);
    expect(outcome).toEqual({
      ok: false,
      problems: [
        {
          path: 'spec.config[0].inline[0].content',
          line: 1,
          column: 4,
          reason: 'label "site" is not set on device dev-1',
          message: 'label "site" is not set on device dev-1 (spec.config[0].inline[0].content, line 1, column 4)',
        },
        {
          path: 'spec.applications[0]["env vars"]["A\\"B"]',
          line: 2,
          column: 4,
          reason: expect.stringMatching(/^function "foo" is not supported/) as string,
          message: expect.stringMatching(
            / \(spec\.applications\[0\]\["env vars"\]\["A\\"B"\], line 2, column 4\)$/,
          ) as string,
        },
      ],
    });
  });

  it('renders for each device by itself with one renderer', () => {
    const renderer = createTemplateRenderer();
    const spec = { a: '{{ .metadata.name }}:{{ .metadata.labels.x }}', b: '{{ end }}' };
    const good = { a: spec.a };
    expect(messagesOf(renderer.render(spec, { name: 'one', labels: {} }))).toEqual([
      'label "x" is not set on device one (spec.a, line 1, column 25)',
      '{{end}} without {{if}} or {{with}} (spec.b, line 1, column 1)',
    ]);
    expect(specOf(renderer.render(good, { name: 'two', labels: { x: '2' } }))).toEqual({ a: 'two:2' });
    expect(specOf(renderer.render(good, { name: 'three', labels: { x: '3' } }))).toEqual({ a: 'three:3' });
  });
});

const failing = (count: number): JsonObject => ({ list: Array.from({ length: count }, () => '{{ x }}') });

describe('the bounds of rendering a spec', () => {
  it('are problems, not exceptions: a spec 101 levels deep', () => {
    const levels = (count: number): JsonObject => ({ a: nested(count - 1, 'x{{ .metadata.name }}') });
    expect(specOf(renderSpec(levels(100), device))).toEqual({ a: nested(99, 'xdev-1') });
    expect(messagesOf(renderSpec(levels(101), device))).toEqual([
      `the spec is nested more than 100 levels deep (spec.a${'[0]'.repeat(99)})`,
    ]);
  });

  it('are problems, not exceptions: a spec so deep that recursion would end', () => {
    let deep: JsonValue = 'x';
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(messagesOf(renderSpec({ a: deep }, device))).toEqual([
      `the spec is nested more than 100 levels deep (spec.a${'[0]'.repeat(99)})`,
    ]);
  });

  it('are problems, not exceptions: a template of more than 64 KiB', () => {
    const long = ' '.repeat(64 * 1024);
    expect(specOf(renderSpec({ a: long }, device))).toEqual({ a: long });
    expect(messagesOf(renderSpec({ a: `${long}{{ 1 }}` }, device))).toEqual([
      'a template may be 65536 bytes long, this one is longer (spec.a, line 1, column 1)',
    ]);
  });

  it('are problems, not exceptions: more than 1 MiB of text made by one spec, after which nothing else is rendered', () => {
    const chunk = `${'a'.repeat(60_000)}{{ .metadata.name }}`;
    const spec = { list: Array.from({ length: 40 }, () => chunk) };
    expect(messagesOf(renderSpec(spec, device))).toEqual([
      'templates make more than 1048576 bytes of text (spec.list[17], line 1, column 1)',
    ]);
    expect(renderSpec({ list: spec.list.slice(0, 17) }, device).ok).toBe(true);
  });

  it('begin anew with each spec', () => {
    const renderer = createTemplateRenderer({ maxOutputBytes: 10 });
    const spec = { a: '{{ .metadata.name }}', b: '{{ .metadata.name }}' };
    expect(specOf(renderer.render(spec, device))).toEqual({ a: 'dev-1', b: 'dev-1' });
    expect(specOf(renderer.render(spec, device))).toEqual({ a: 'dev-1', b: 'dev-1' });
    expect(messagesOf(renderer.render({ ...spec, c: '{{ "x" }}' }, device))).toEqual([
      'templates make more than 10 bytes of text (spec.c, line 1, column 4)',
    ]);
  });

  it('end the list of problems after a hundred', () => {
    expect(messagesOf(renderSpec(failing(100), device))).toHaveLength(100);
    const messages = messagesOf(renderSpec(failing(5000), device));
    expect(messages).toHaveLength(101);
    expect(messages.at(-1)).toBe('there are more than 100 problems; the rest of the spec was not looked at (spec)');
  });

  it('keep messages short however long the keys and the values are', () => {
    const long = 'k'.repeat(100_000);
    const [message = ''] = messagesOf(
      renderSpec({ [long]: { [long]: `{{ index .metadata.labels "${long.slice(0, 60_000)}" }}` } }, device),
    );
    expect(message).toMatch(
      /^label "k{120}…" is not set on device dev-1 \(spec\["k{120}…"\]\["k{120}…"\], line 1, column 4\)$/,
    );
  });
});
