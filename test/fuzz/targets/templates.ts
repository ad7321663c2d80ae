import * as fc from 'fast-check';
import { evaluateTemplate, TrialBudget, tryTemplate } from '../../../src/domain/templates/evaluate-template.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { TemplateError } from '../../../src/domain/templates/template-error.ts';
import { checkTemplates, createTemplateRenderer } from '../../../src/domain/templates/template-renderer.ts';
import { fuzzTarget, parsedOrRefused, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const expression = fc.constantFrom(
  '.metadata.name',
  '.metadata.labels.site',
  'index .metadata.labels "acme.com/tier"',
  'getOrDefault .metadata.labels "no" "x" | upper',
  'replace "a" "bb" (lower .metadata.name)',
  'and (eq .metadata.name "d" "e") (not (lt 1 2))',
  'printf "%5s|%-[1]*q" .metadata.name 3',
  'index .metadata.labels "no" | len',
  'slice .metadata.name 0 1 | html',
  '$x',
  '$x := print 1 "a" true',
  '$x = index "abc" 1',
  "urlquery 'a' 0x1f | js",
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
    parsedOrRefused(() => tryTemplate(parsed, new TrialBudget()), refusedAsTemplate);
    const rendered = parsedOrRefused(() => evaluateTemplate(parsed, device), refusedAsTemplate);
    require(rendered === undefined || rendered.length <= 2 * 1024 * 1024, 'a template makes at most 2 MiB of text');
  },
});

const places = ['os', 'image', 'config', 'inline', 'applications', 'appType', 'envVars', 'path', 'content'];
const renderer = createTemplateRenderer({ maxCachedTemplates: 10 });

export const templatedSpecs = fuzzTarget('specs with templates', {
  input: jsonText([...places, 'contentEncoding', 'base64', 'compose', 'password', 'name'], mutated(template)),
  check(text) {
    const spec = JSON.parse(text);
    const outcome = renderer.render(spec, device);
    const problems = [...checkTemplates(spec), ...(outcome.ok ? [] : outcome.problems)];
    require(outcome.ok || outcome.problems.length > 0, 'a refusal says why');
    require(problems.length <= 202 && problems.every(({ message }) => message.length < 2_000), 'and not without end');
  },
});
