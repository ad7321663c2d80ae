import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { checkTemplates } from '../../../src/domain/templates/template-renderer.ts';
import { everyPlace } from './every-place.ts';

/** A spec with one inline file for each content. */
const files = (...contents: string[]): JsonObject => ({
  config: [{ name: 'files', inline: contents.map((content, number) => ({ path: `/${number}`, content })) }],
});

/** Faults of a template as the content of a file: `line:column reason`. */
function problemOf(template: string): string {
  const [problem] = checkTemplates(files(template));
  return problem === undefined ? 'none' : `${problem.line}:${problem.column} ${problem.reason}`;
}

describe('the check of templates before there is a device', () => {
  it.each([
    'no template',
    '{{ .metadata.name }} {{ .metadata.labels.site }}',
    '{{ index .metadata.labels "a/b" | upper }}',
    '{{ if .metadata.labels.site }}{{ .metadata.labels.site }}{{ else }}none{{ end }}',
    '{{ with index .metadata.labels "site" }}{{ . }}{{ else }}none{{ end }}',
    '{{ slice .metadata.name 0 8 }}{{ slice .metadata.labels.site 2 4 }}{{ index .metadata.name 7 }}',
    '{{ printf "%-8s|%05d" .metadata.labels.site (len .metadata.labels) }}',
    '{{ $x := "" }}{{ if eq .metadata.labels.a "b" }}{{ $x = 5 }}{{ else }}{{ upper $x }}{{ end }}{{ upper $x }}',
    '{{ and .metadata.labels.a (eq .metadata.labels.b "x") }}',
  ])('takes %s', (template) => {
    expect(problemOf(template)).toBe('none');
  });

  it.each([
    ['{{ .metadata.labels.site', '1:1 the action that begins here is not closed with "}}"'],
    ['a\nb {{ foo }}', '2:6 function "foo" is not supported: the functions are'],
    ['{{ .spec.os.image }}', '1:4 .spec.os.image is not available'],
    ['{{ range .metadata.labels }}{{ end }}', '1:4 {{range}} is not supported'],
    ['{{ upper 5 }}', '1:4 argument 1 of upper must be a string, found an integer'],
    ['{{ printf "%d" .metadata.name }}', '1:4 printf: %d cannot print a string'],
    ['{{ eq .metadata.labels.site 5 }}', '1:4 eq cannot compare a string with an integer'],
    ['{{ index . "spec" }}', '1:4 .spec is not available'],
    // In branches that a device without labels does not take
    ['{{ if .metadata.labels.site }}{{ upper 5 }}{{ end }}', '1:34 argument 1 of upper must be a string'],
    ['{{ if not .metadata.labels.site }}{{ else }}{{ upper 5 }}{{ end }}', '1:48 argument 1 of upper'],
    ['{{ if true }}{{ else if upper 5 }}{{ end }}', '1:25 argument 1 of upper'],
    ['{{ with .metadata.labels.site }}{{ .x }}{{ end }}', '1:36 a string has no field "x"'],
    ['{{ if .metadata.labels.a }}{{ if .metadata.labels.b }}{{ len 5 }}{{ end }}{{ end }}', '1:58 len takes'],
    ['{{ and .metadata.labels.a (upper 5) }}', '1:28 argument 1 of upper'],
    ['{{ $x := "" }}{{ if .metadata.labels.a }}{{ $x = 5 }}{{ upper $x }}{{ end }}', '1:57 argument 1 of upper'],
    [`{{ "a"${' | replace "a" "aaaaaaaaaa"'.repeat(7)} }}`, '1:172 templates make more than 2097152 bytes of text'],
  ])('refuses %s', (template, problem) => {
    expect(problemOf(template).slice(0, problem.length)).toBe(problem);
  });

  it('looks wherever a template may stand, and nowhere else', () => {
    const places = JSON.stringify(everyPlace.filledIn('{{ foo }}')).split('{{ foo }}').length - 1;
    expect(checkTemplates(everyPlace.filledIn('{{ foo }}'))).toHaveLength(places);
    expect(checkTemplates(everyPlace.other('{{ foo }}'))).toEqual([]);
  });

  it('looks into encoded content', () => {
    const content = Buffer.from('one\ntwo {{ foo }}').toString('base64');
    const spec = { config: [{ inline: [{ path: '/a', contentEncoding: 'base64', content }] }] };
    expect(checkTemplates(spec)).toMatchObject([{ path: 'spec.config[0].inline[0].content', line: 2, column: 8 }]);
  });

  it('takes branches that together make more than a device may get', () => {
    const branch = `{{ printf "%1000000d" 1 }}`;
    const template = `{{ if .metadata.labels.a }}${branch}{{ end }}`.repeat(3);
    expect(problemOf(template)).toBe('none');
  });

  it('takes little time, whatever the branches that no device has been seen to take would make', () => {
    const branch = `{{ if .metadata.labels.a }}${'{{ printf "%1000000d" 1 | len }}'.repeat(50)}{{ end }}`;
    const start = performance.now();
    expect(checkTemplates(files(...Array.from({ length: 1000 }, () => branch)))).toEqual([]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
