import * as fc from 'fast-check';
import { evaluateTemplate } from '../../../src/domain/templates/evaluate-template.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { TemplateError } from '../../../src/domain/templates/template-error.ts';
import { renderSpec } from '../../../src/domain/templates/template-renderer.ts';
import { fuzzTarget, parsedOrRefused, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const expression = fc.constantFrom(
  '.metadata.name',
  '.metadata.labels.site',
  'index .metadata.labels "acme.com/tier"',
  'getOrDefault .metadata.labels "no" "x" | upper',
  'replace "a" "bb" (lower .metadata.name)',
  'and (eq .metadata.name "d" "e") (not (lt 1 2))',
  'printf "%s" 1',
  '$ | index "metadata"',
);
const { template } = fc.letrec<{ template: string }>((tie) => ({
  template: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom('text', '\n', '{{/* a comment */}}', '{{- true -}}'),
    expression.map((inner) => `{{ ${inner} }}`),
    fc
      .tuple(expression, tie('template'), tie('template'))
      .map(([inner, yes, no]) => `{{if ${inner}}}${yes}{{else}}${no}{{end}}`),
    fc.tuple(expression, tie('template')).map(([inner, body]) => `{{with ${inner} }}${body}{{end}}`),
    fc.tuple(tie('template'), tie('template')).map((both) => both.join('')),
  ),
}));

const device = { name: 'd', labels: { site: 'berlin', 'acme.com/tier': 'gold', constructor: 'x' } };
const refusedAsTemplate = (error: unknown) =>
  error instanceof TemplateError && error.line >= 1 && error.column >= 1 && error.message.length < 1_000;

export const templates = fuzzTarget('templates', {
  runs: 300,
  input: mutated(template),
  check(source) {
    const parsed = parsedOrRefused(() => parseTemplate(source), refusedAsTemplate);
    if (parsed === undefined) return;
    const rendered = parsedOrRefused(() => evaluateTemplate(parsed, device), refusedAsTemplate);
    require(rendered === undefined || rendered.length <= 1024 * 1024, 'a template makes at most 1 MiB of text');
  },
});

export const templatedSpecs = fuzzTarget('specs with templates', {
  input: jsonText(['os', 'image', 'config', 'password', 'content', 'name'], mutated(template)),
  check(text) {
    const outcome = renderSpec(JSON.parse(text), device);
    if (outcome.ok) return;
    require(outcome.problems.length > 0 && outcome.problems.length <= 101, 'a refusal says why, and not without end');
  },
});
