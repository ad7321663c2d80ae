import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { createTemplateRenderer } from '../../../src/domain/templates/template-renderer.ts';
import type { FillOutcome } from '../../../src/domain/templates/template-renderer.ts';
import { everyPlace } from './every-place.ts';

const device = { name: 'dev-1', labels: { stage: 'prod' } };
const render = (spec: JsonObject, to = device): FillOutcome => createTemplateRenderer().render(spec, to);

function specOf(outcome: FillOutcome): JsonObject {
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
  return outcome.spec;
}

function messagesOf(outcome: FillOutcome): string[] {
  return outcome.ok ? [] : outcome.problems.map(({ message }) => message);
}

/** A spec with one inline file for each content. */
const files = (...contents: string[]): JsonObject => ({
  config: [{ name: 'files', inline: contents.map((content, number) => ({ path: `/${number}`, content })) }],
});
const contentAt = (number: number): string => `spec.config[0].inline[${number}].content`;

const name = '{{ .metadata.name }}';

describe('filling in a spec', () => {
  it('fills in every place where Flight Control does', () => {
    expect(specOf(render(everyPlace.filledIn(name)))).toEqual(everyPlace.filledIn('dev-1'));
  });

  it('leaves every other place as it is', () => {
    const spec = everyPlace.other(name);
    expect(specOf(render(spec))).toBe(spec);
  });

  it('fills in what is encoded in base64, and encodes it again', () => {
    const encoded = (text: string): string => Buffer.from(text).toString('base64');
    const file = { path: '/etc/motd', contentEncoding: 'base64', mode: 420 };
    const app = { name: 'a', appType: 'compose' };
    const spec = (text: string): JsonObject => ({
      config: [{ name: 'c', inline: [{ ...file, content: encoded(text) }] }],
      applications: [{ ...app, inline: [{ path: 'compose.yaml', contentEncoding: 'base64', content: encoded(text) }] }],
    });
    expect(specOf(render(spec(`é ${name}\n`)))).toEqual(spec('é dev-1\n'));
    const binary = spec('\u0000\u0001 no template');
    expect(specOf(render(binary))).toBe(binary);
  });

  it('says of what is encoded in base64 where in the decoded text it is wrong', () => {
    const content = Buffer.from('one\ntwo {{ .metadata.labels.site }}').toString('base64');
    const spec = { config: [{ name: 'c', inline: [{ path: '/a', contentEncoding: 'base64', content }] }] };
    expect(messagesOf(render(spec))).toEqual([
      'label "site" is not set on device dev-1 (spec.config[0].inline[0].content, line 2, column 8)',
    ]);
  });

  it('fills nothing in for an application of a kind that is not known', () => {
    const spec = { applications: [{ name: 'a', appType: 'wasm', image: name, envVars: { A: name } }] };
    expect(specOf(render(spec))).toBe(spec);
  });

  it('leaves values of another type than the place has', () => {
    const spec = { os: name, config: { inline: name }, applications: [name, null, { appType: [name], image: name }] };
    expect(specOf(render(spec))).toBe(spec);
    const others = { os: { image: [name] }, config: [{ inline: [name, { path: 1, content: { a: name } }] }] };
    expect(specOf(render(others))).toBe(others);
  });

  it('gives back the very same spec if it holds no template', () => {
    const spec = { ...files('}}', '{ {'), os: { image: 'x' } };
    expect(specOf(render(spec))).toBe(spec);
  });

  it('shares the parts that hold no template with the given spec, and does not change that', () => {
    const config = [
      { name: 'a', inline: [{ path: '/a', content: 'x' }] },
      { name: 'b', inline: [{ path: '/b', content: name }] },
    ];
    const spec = { os: { image: 'x' }, config };
    const before = structuredClone(spec);
    const filled = specOf(render(spec));
    expect(filled['os']).toBe(spec.os);
    expect((filled['config'] as JsonValue[])[0]).toBe(config[0]);
    expect(filled).toEqual({
      os: { image: 'x' },
      config: [config[0], { name: 'b', inline: [{ path: '/b', content: 'dev-1' }] }],
    });
    expect(spec).toEqual(before);
  });

  it('does not fill in keys, and keeps their order', () => {
    const envVars = { Z: name, [name]: '1', A: 'x' };
    const spec = { applications: [{ appType: 'container', name: 'a', envVars, image: 'i' }] };
    expect(JSON.stringify(specOf(render(spec)))).toBe(
      JSON.stringify({
        applications: [{ appType: 'container', name: 'a', envVars: { ...envVars, Z: 'dev-1' }, image: 'i' }],
      }),
    );
  });

  it('does not fill in its own output again', () => {
    const labels = { stage: name };
    expect(specOf(render(files('{{ .metadata.labels.stage }}'), { name: 'dev-1', labels }))).toEqual(files(name));
  });

  it('keeps keys such as __proto__ as plain keys', () => {
    const json = `{"__proto__":{"os":{"image":"${name}"}},"applications":[{"appType":"container","envVars":{"__proto__":"${name}"}}]}`;
    const filled = specOf(render(JSON.parse(json) as JsonObject));
    expect(JSON.stringify(filled)).toBe(json.replace(`{"__proto__":"${name}"}`, '{"__proto__":"dev-1"}'));
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['os']).toBeUndefined();
  });

  it('names every string that fails, with its path and its position', () => {
    const spec = {
      ...files('{{ .metadata.labels.site }}'),
      os: { image: 'ok:{{ .metadata.labels.stage }}' },
      applications: [{ appType: 'container', envVars: { 'A"B': 'x\n{{ foo }}' } }],
    };
    expect(render(spec)).toEqual({
      ok: false,
      problems: [
        {
          steps: ['config', 0, 'inline', 0, 'content'],
          path: contentAt(0),
          line: 1,
          column: 4,
          reason: 'label "site" is not set on device dev-1',
          message: `label "site" is not set on device dev-1 (${contentAt(0)}, line 1, column 4)`,
        },
        {
          steps: ['applications', 0, 'envVars', 'A"B'],
          path: 'spec.applications[0].envVars["A\\"B"]',
          line: 2,
          column: 4,
          reason: expect.stringMatching(/^function "foo" is not supported/) as string,
          message: expect.stringMatching(
            / \(spec\.applications\[0\]\.envVars\["A\\"B"\], line 2, column 4\)$/,
          ) as string,
        },
      ],
    });
  });

  it('names what does not look right once it is filled in', () => {
    const dir = '{{ index .metadata.labels "dir" }}';
    const spec = {
      os: { image: dir },
      config: [
        { name: 'a', inline: [{ path: dir, content: dir }] },
        { name: 'b', secretRef: { name: dir, namespace: 'n', mountPath: `${dir}/x` } },
      ],
      applications: [
        { name: 'c', appType: 'compose', envVars: { A: dir }, inline: [{ path: `a/${dir}`, content: dir }] },
      ],
    };
    expect(messagesOf(render(spec, { name: 'dev-1', labels: { dir: '..' } as never }))).toEqual([
      'expected an absolute path: one that begins with "/", the template makes ".." (spec.config[0].inline[0].path)',
      'expected an absolute path: one that begins with "/", the template makes "../x" (spec.config[1].secretRef.mountPath)',
      'expected a relative path without "..", the template makes "a/.." (spec.applications[0].inline[0].path)',
    ]);
    expect(messagesOf(render(spec))).toEqual([
      'expected an OCI image reference without blanks, the template makes "" (spec.os.image)',
      'expected an absolute path: one that begins with "/", the template makes "" (spec.config[0].inline[0].path)',
      'expected some text, the template makes "" (spec.config[1].secretRef.name)',
      'expected some text, the template makes "" (spec.applications[0].envVars.A)',
    ]);
  });

  it('fills in for each device by itself with one renderer', () => {
    const renderer = createTemplateRenderer();
    const good = '{{ .metadata.name }}:{{ .metadata.labels.x }}';
    expect(messagesOf(renderer.render(files(good, '{{ end }}'), { name: 'one', labels: {} }))).toEqual([
      `label "x" is not set on device one (${contentAt(0)}, line 1, column 25)`,
      `{{end}} without {{if}} or {{with}} (${contentAt(1)}, line 1, column 1)`,
    ]);
    expect(specOf(renderer.render(files(good), { name: 'two', labels: { x: '2' } }))).toEqual(files('two:2'));
    expect(specOf(renderer.render(files(good), { name: 'three', labels: { x: '3' } }))).toEqual(files('three:3'));
  });
});

const failing = (count: number): JsonObject => files(...Array.from({ length: count }, () => '{{ x }}'));

describe('the bounds of filling in a spec', () => {
  it('are no matter of how deep a spec is nested: nothing that is nested holds templates', () => {
    let deep: JsonValue = name;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    const spec = { applications: [{ appType: 'helm', image: name, values: deep }] };
    expect(render(spec).ok).toBe(true);
  });

  it('are problems, not exceptions: a template of more than 1 MiB', () => {
    const long = ' '.repeat(1024 * 1024);
    expect(specOf(render(files(long)))).toEqual(files(long));
    expect(messagesOf(render(files(`${long}{{ 1 }}`)))).toEqual([
      `a template may be 1048576 bytes long, this one is longer (${contentAt(0)}, line 1, column 1)`,
    ]);
  });

  it('are problems, not exceptions: more than 2 MiB of text made by one spec, after which nothing else is filled in', () => {
    const chunks = Array.from({ length: 40 }, () => `${'a'.repeat(120_000)}{{ .metadata.name }}`);
    expect(messagesOf(render(files(...chunks)))).toEqual([
      `templates make more than 2097152 bytes of text (${contentAt(17)}, line 1, column 1)`,
    ]);
    expect(render(files(...chunks.slice(0, 17))).ok).toBe(true);
  });

  it('begin anew with each spec', () => {
    const renderer = createTemplateRenderer({ maxOutputBytes: 10 });
    expect(specOf(renderer.render(files(name, name), device))).toEqual(files('dev-1', 'dev-1'));
    expect(specOf(renderer.render(files(name, name), device))).toEqual(files('dev-1', 'dev-1'));
    expect(messagesOf(renderer.render(files(name, name, '{{ "x" }}'), device))).toEqual([
      `templates make more than 10 bytes of text (${contentAt(2)}, line 1, column 4)`,
    ]);
  });

  it('end the list of problems after a hundred', () => {
    expect(messagesOf(render(failing(100)))).toHaveLength(100);
    const messages = messagesOf(render(failing(1000)));
    expect(messages).toHaveLength(101);
    expect(messages.at(-1)).toBe('there are more than 100 problems: the rest of the spec was not looked at (spec)');
  });

  it('keep messages short however long the keys and the values are', () => {
    const long = 'k'.repeat(100_000);
    const envVars = { [long]: `{{ $x := .metadata.labels }}{{ $x.${long} }}` };
    const [message = ''] = messagesOf(render({ applications: [{ appType: 'container', envVars }] }));
    expect(message).toMatch(
      /^label "k{120}…" is not set on device dev-1 \(spec\.applications\[0\]\.envVars\["k{120}…"\], line 1, column 32\)$/,
    );
  });
});
