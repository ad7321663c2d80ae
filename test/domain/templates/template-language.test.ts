import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '../../../src/domain/templates/evaluate-template.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { exampleDevice, goExamples } from './go-examples.ts';
import { goFunctionExamples } from './go-function-examples.ts';

const render = (source: string, device = exampleDevice): string => evaluateTemplate(parseTemplate(source), device);

describe('a template', () => {
  it.each([...goExamples, ...goFunctionExamples])('%j becomes what Go makes of it: %j', (source, output) => {
    expect(render(source)).toBe(output);
  });

  it('serves any number of devices once it is compiled', () => {
    const template = parseTemplate('{{ .metadata.name }}@{{ .metadata.labels.site }}');
    const outputs = ['a', 'b'].map((name) => evaluateTemplate(template, { name, labels: { site: `${name}-site` } }));
    expect(outputs).toEqual(['a@a-site', 'b@b-site']);
  });

  it.each(['constructor', 'toString', '__proto__'])('reads the label %s if it is set', (key) => {
    const device = { name: 'dev-1', labels: Object.fromEntries([[key, 'mine']]) };
    const template = parseTemplate(`{{ .metadata.labels.${key} }} {{ index .metadata.labels "${key}" }}`);
    expect(evaluateTemplate(template, device)).toBe('mine mine');
  });

  it('does not take an inherited property for a label', () => {
    const device = { name: 'dev-1', labels: {} };
    const rendered = (key: string): string =>
      evaluateTemplate(parseTemplate(`{{ getOrDefault .metadata.labels "${key}" "none" }}`), device);
    expect(['constructor', '__proto__', 'toString', 'hasOwnProperty'].map(rendered)).toEqual(Array(4).fill('none'));
  });

  it('takes labels for true, though there are none, as Flight Control does', () => {
    const template = parseTemplate('{{ if .metadata.labels }}some{{ else }}none{{ end }} {{ len .metadata.labels }}');
    expect(evaluateTemplate(template, { name: 'dev-1', labels: {} })).toBe('some 0');
  });

  it('compares the name as the plain string that it is', () => {
    expect(render('{{ if eq .metadata.name "Dev-1" }}yes{{ end }}')).toBe('yes');
  });

  it('may have very many else-if branches and pipeline stages, which do not nest', () => {
    const branches = '{{ if false }}a' + '{{ else if false }}b'.repeat(2500) + '{{ else }}last{{ end }}';
    const stages = `{{ "a"${' | upper | lower'.repeat(4000)} }}`;
    expect(render(branches)).toBe('last');
    expect(render(stages)).toBe('a');
  });
});
