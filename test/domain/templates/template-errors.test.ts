import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '../../../src/domain/templates/evaluate-template.ts';
import { OutputBudget } from '../../../src/domain/templates/output-budget.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { TemplateError } from '../../../src/domain/templates/template-error.ts';

const device = { name: 'dev-1', labels: { stage: 'prod' } };

function errorOf(attempt: () => unknown): TemplateError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('expected a TemplateError');
}

type Examples = readonly (readonly [template: string, message: string])[];

const onlyTwo = 'is not available: templates can only use .metadata.name and .metadata.labels';
const needsIndex = 'a label key with other characters than letters, digits and "_" needs index:';
const functions =
  'the functions are upper, lower, replace, getOrDefault, index, len, slice, print, println, printf, html, js, urlquery, eq, ne, lt, le, gt, ge, and, or, not';
const ofWith = 'inside of {{with}}, "." is its value: write';

const whenEvaluated: Examples = [
  ['{{ .metadata.labels.site }}', 'label "site" is not set on device dev-1 (line 1, column 4)'],
  ['{{ with .metadata.labels }}{{ .site }}{{ end }}', 'label "site" is not set on device dev-1 (line 1, column 31)'],
  ['{{ if .metadata.labels.site }}x{{ end }}', 'label "site" is not set on device dev-1 (line 1, column 7)'],
  ['one\ntwo {{ upper .metadata.labels.site }}', 'label "site" is not set on device dev-1 (line 2, column 14)'],
  ['{{ .metadata.labels.constructor }}', 'label "constructor" is not set on device dev-1 (line 1, column 4)'],
  ['{{ $l := .metadata.labels }}{{ $l.site }}', 'label "site" is not set on device dev-1 (line 1, column 32)'],
  ['{{ index . "spec" }}', `.spec ${onlyTwo} (line 1, column 4)`],
  ['{{ index . "metadata" "__proto__" }}', `.metadata.__proto__ ${onlyTwo} (line 1, column 4)`],
  ['{{ with index . "metadata" }}{{ .owner }}{{ end }}', `.metadata.owner ${onlyTwo} (line 1, column 33)`],
  [
    '{{ $m := index . "metadata" }}{{ $m.name.x }}',
    '.metadata.name is a string and has no field "x" (line 1, column 34)',
  ],
  ['{{ with "x" }}{{ .y.z }}{{ end }}', 'a string has no field "y" (line 1, column 18)'],
  ['{{ $x := 5 }}{{ $x.y }}', 'an integer has no field "y" (line 1, column 17)'],
  ['{{ . }}', '. is a map, which has no text (line 1, column 4)'],
  ['{{ index . "metadata" }}', '.metadata is a map, which has no text (line 1, column 4)'],
  ['{{ print $ }}', '. is a map, which has no text (line 1, column 4)'],
  ['{{ printf "%v" . }}', '. is a map, which has no text (line 1, column 4)'],
  ['{{ upper 5 }}', 'argument 1 of upper must be a string, found an integer (line 1, column 4)'],
  ['{{ lower true }}', 'argument 1 of lower must be a string, found a boolean (line 1, column 4)'],
  ['{{ . | replace "a" "b" }}', 'argument 3 of replace must be a string, found a map (line 1, column 8)'],
  [
    '{{ getOrDefault . "a" "b" }}',
    'argument 1 of getOrDefault must be .metadata.labels, found a map (line 1, column 4)',
  ],
  [
    '{{ getOrDefault "x" "a" "b" }}',
    'argument 1 of getOrDefault must be .metadata.labels, found a string (line 1, column 4)',
  ],
  [
    '{{ getOrDefault .metadata.labels 1 "b" }}',
    'argument 2 of getOrDefault must be a string, found an integer (line 1, column 4)',
  ],
  ['{{ index "abc" "a" }}', 'argument 2 of index must be an integer, found a string (line 1, column 4)'],
  ['{{ index "abc" 3 }}', 'index 3 is outside of a string of 3 bytes (line 1, column 4)'],
  ['{{ index "abc" -1 }}', 'index -1 is outside of a string of 3 bytes (line 1, column 4)'],
  ['{{ index true "a" }}', 'index looks into a map or a string, found a boolean (line 1, column 4)'],
  [
    '{{ index . "metadata" "labels" "a" "b" }}',
    'argument 5 of index must be an integer, found a string (line 1, column 4)',
  ],
  ['{{ len 5 }}', 'len takes a string or a map, found an integer (line 1, column 4)'],
  ['{{ slice "abc" 1 4 }}', 'slice: 4 is outside of a string of 3 bytes (line 1, column 4)'],
  ['{{ slice "abc" -1 }}', 'slice: -1 is outside of a string of 3 bytes (line 1, column 4)'],
  ['{{ slice "abc" 2 1 }}', 'slice: the part begins at 2, after its end 1 (line 1, column 4)'],
  ['{{ slice "é" 0 1 }}', 'slice: byte 1 is in the middle of a character (line 1, column 4)'],
  ['{{ slice "abc" "a" }}', 'argument 2 of slice must be an integer, found a string (line 1, column 4)'],
  ['{{ slice .metadata.labels 1 }}', 'argument 1 of slice must be a string, found a map (line 1, column 4)'],
  ['{{ index .metadata.labels 1 }}', 'argument 2 of index must be a string, found an integer (line 1, column 4)'],
  ['{{ eq 1 "a" }}', 'eq cannot compare an integer with a string (line 1, column 4)'],
  ['{{ ne . $ }}', 'ne cannot compare maps (line 1, column 4)'],
  ['{{ lt true false }}', 'lt has no order for a boolean (line 1, column 4)'],
  ['{{ ge 1 "a" }}', 'ge cannot compare an integer with a string (line 1, column 4)'],
  // printf
  ['{{ printf 5 }}', 'argument 1 of printf must be a string, found an integer (line 1, column 4)'],
  ['{{ printf "%d" "x" }}', 'printf: %d cannot print a string (line 1, column 4)'],
  ['{{ printf "%s" 5 }}', 'printf: %s cannot print an integer (line 1, column 4)'],
  ['{{ printf "%t" "true" }}', 'printf: %t cannot print a string (line 1, column 4)'],
  ['{{ printf "%.2f" 5 }}', 'printf: %f cannot print an integer (line 1, column 4)'],
  ['{{ printf "%T" "x" }}', 'printf: %T cannot print a string (line 1, column 4)'],
  ['{{ printf "%x" .metadata.labels }}', 'printf: %x cannot print a map (line 1, column 4)'],
  ['{{ printf "%5v" .metadata.labels }}', 'printf: a map takes no flags, width or precision (line 1, column 4)'],
  ['{{ printf "%.s" .metadata.labels }}', 'printf: a map takes no flags, width or precision (line 1, column 4)'],
  ['{{ printf "%#v" .metadata.labels }}', 'printf: a map takes no flags, width or precision (line 1, column 4)'],
  ['{{ printf "%s" }}', 'printf: "%s" has no argument: there are 0 (line 1, column 4)'],
  ['{{ printf "%s %5d" "x" }}', 'printf: "%5d" has no argument: there is 1 (line 1, column 4)'],
  ['{{ printf "%s" "x" "y" 1 }}', 'printf: the format uses 1 of 3 arguments (line 1, column 4)'],
  ['{{ printf "x" "y" }}', 'printf: the format uses 0 of 1 argument (line 1, column 4)'],
  ['{{ printf "100%" }}', 'printf: "%" lacks a verb, such as %s ("%%" is a percent sign) (line 1, column 4)'],
  ['{{ printf "%-5" "x" }}', 'printf: "%-5" lacks a verb, such as %s ("%%" is a percent sign) (line 1, column 4)'],
  ['{{ printf "%[2]s" "x" }}', 'printf: "%[2]s" has no argument: there is 1 (line 1, column 4)'],
  ['{{ printf "%[0]s" "x" }}', 'printf: "%[0]s" has no argument: there is 1 (line 1, column 4)'],
  ['{{ printf "%[1]5d" 1 }}', 'printf: the argument index in "%[1]5d" is misplaced (line 1, column 4)'],
  ['{{ printf "%[x]d" 1 }}', 'printf: the argument index in "%[" is misplaced (line 1, column 4)'],
  ['{{ printf "%*d" "x" 1 }}', 'printf: "*" in "%*d" takes an integer, found a string (line 1, column 4)'],
  ['{{ printf "%1000001d" 1 }}', 'printf: a width or precision in "%1000001d" is more than 1000000 (line 1, column 4)'],
  ['{{ printf "%.*d" 1000001 1 }}', 'printf: a width or precision in "%.*d" is more than 1000000 (line 1, column 4)'],
];

const whenParsed: Examples = [
  // Label keys that are no names
  [
    '{{ .metadata.labels.target-revision }}',
    `${needsIndex} {{ index .metadata.labels "target-revision" }} (line 1, column 4)`,
  ],
  ['{{ $.metadata.labels.a.b/c | upper }}', `${needsIndex} {{ index .metadata.labels "a.b/c" }} (line 1, column 4)`],
  ['{{ .metadata.labels.2nd }}', `${needsIndex} {{ index .metadata.labels "2nd" }} (line 1, column 4)`],
  [
    '{{ .metadata.labels.app.io }}',
    'a label key with dots in it needs index: {{ index .metadata.labels "app.io" }} (line 1, column 4)',
  ],
  [
    '{{ .meta-data }}',
    '".meta-data" is not a path: a name after "." is letters, digits and "_", and does not begin with a digit (index takes any label key) (line 1, column 9)',
  ],
  // Fields that no device has
  ['{{ .spec.os.image }}', `.spec.os.image ${onlyTwo} (line 1, column 4)`],
  ['{{ $.status }}', `.status ${onlyTwo} (line 1, column 4)`],
  ['{{ .constructor }}', `.constructor ${onlyTwo} (line 1, column 4)`],
  ['{{ .Metadata.Name }}', `.Metadata.Name ${onlyTwo} (line 1, column 4)`],
  ['{{ .metadata }}', `.metadata ${onlyTwo} (line 1, column 4)`],
  ['{{ .metadata.annotations.x }}', `.metadata.annotations.x ${onlyTwo} (line 1, column 4)`],
  ['{{ .metadata.__proto__ }}', `.metadata.__proto__ ${onlyTwo} (line 1, column 4)`],
  ['{{ .metadata.name.first }}', '.metadata.name is a string and has no field "first" (line 1, column 4)'],
  ['{{ if false }}{{ .metadata.owner }}{{ end }}', `.metadata.owner ${onlyTwo} (line 1, column 18)`],
  ['{{ if false }}{{ else if .metadata.owner }}{{ end }}', `.metadata.owner ${onlyTwo} (line 1, column 26)`],
  ['{{ with "x" }}{{ .metadata.name }}{{ end }}', `${ofWith} $.metadata.name (line 1, column 18)`],
  ['{{ with "x" }}{{ if 1 }}{{ .metadata.name }}{{ end }}{{ end }}', `${ofWith} $.metadata.name (line 1, column 28)`],
  ['{{ with "x" }}{{ $.metadata.owner }}{{ end }}', `.metadata.owner ${onlyTwo} (line 1, column 18)`],
  ['{{ with "x" }}{{ else with .metadata.owner }}{{ end }}', `.metadata.owner ${onlyTwo} (line 1, column 28)`],
  ['{{ with "x" }}{{ else }}{{ .metadata.owner }}{{ end }}', `.metadata.owner ${onlyTwo} (line 1, column 28)`],
  [
    '{{ (index . "metadata").name }}',
    'unexpected ".name" after ")": keep the value in a variable, then use its fields (line 1, column 24)',
  ],
  // Variables
  ['{{ $x }}', 'variable $x is not declared here: write {{ $x := … }} before (line 1, column 4)'],
  ['{{ $x = 1 }}', 'variable $x is not declared here: write {{ $x := … }} before (line 1, column 4)'],
  ['{{ $x := $x }}', 'variable $x is not declared here: write {{ $x := … }} before (line 1, column 10)'],
  [
    '{{ if 1 }}{{ $x := 1 }}{{ end }}{{ $x }}',
    'variable $x is not declared here: write {{ $x := … }} before (line 1, column 36)',
  ],
  [
    '{{ if 1 }}{{ $x := 1 }}{{ else }}{{ $x }}{{ end }}',
    'variable $x is not declared here: write {{ $x := … }} before (line 1, column 37)',
  ],
  [
    '{{ if $x := 1 }}{{ end }}{{ $x }}',
    'variable $x is not declared here: write {{ $x := … }} before (line 1, column 29)',
  ],
  ['{{ $ := 1 }}', '"$" always is the root: give the variable a name, such as $x (line 1, column 4)'],
  ['{{ x := 1 }}', `function "x" is not supported: ${functions} (line 1, column 4)`],
  ['{{ "a" := 1 }}', 'unexpected ":=": a variable must stand before it (line 1, column 8)'],
  ['{{ := 1 }}', 'a value or a function is missing before ":=" (line 1, column 4)'],
  ['{{ $x := }}', 'a value or a function is missing before "}}" (line 1, column 10)'],
  ['{{ $x := 1 2 }}', 'unexpected "2" after a value: only a function takes arguments (line 1, column 12)'],
  ['{{ ($x := 1) }}', 'variable $x is not declared here: write {{ $x := … }} before (line 1, column 5)'],
  ['{{ $x : 1 }}', 'unexpected character ":" (line 1, column 7)'],
  ['{{ $x-y }}', 'unexpected character "-" (line 1, column 6)'],
  // What is not part of the language
  ['{{ range .metadata.labels }}{{ end }}', '{{range}} is not supported (line 1, column 4)'],
  ['{{ define "x" }}{{ end }}', '{{define}} is not supported (line 1, column 4)'],
  ['{{ template "x" }}', '{{template}} is not supported (line 1, column 4)'],
  ['{{ block "x" . }}{{ end }}', '{{block}} is not supported (line 1, column 4)'],
  ['{{ break }}', '{{break}} is not supported (line 1, column 4)'],
  ['{{ continue }}', '{{continue}} is not supported (line 1, column 4)'],
  ['{{ nil }}', 'nil is not supported (line 1, column 4)'],
  ['{{ call 1 }}', 'call is not supported: no value is a function (line 1, column 4)'],
  ['{{ trim "x" }}', `function "trim" is not supported: ${functions} (line 1, column 4)`],
  ['{{ constructor "x" }}', `function "constructor" is not supported: ${functions} (line 1, column 4)`],
  ["{{ 'ab' }}", "'' holds one character, and stands for its number: write text in double quotes (line 1, column 4)"],
  ["{{ '' }}", "'' holds one character, and stands for its number: write text in double quotes (line 1, column 4)"],
  ["{{ 'a }}", 'the character that begins here is not closed on its line (line 1, column 4)'],
  [`{{ '\\"' }}`, '\\" is not an escape that strings know (line 1, column 5)'],
  ['{{ 1.5 }}', '"1.5" is not an integer: other numbers are not supported (line 1, column 4)'],
  ['{{ 08 }}', '"08" is not an integer: other numbers are not supported (line 1, column 4)'],
  ['{{ 0x }}', '"0x" is not an integer: other numbers are not supported (line 1, column 4)'],
  ['{{ 1__0 }}', '"1__0" is not an integer: other numbers are not supported (line 1, column 4)'],
  ['{{ .5 }}', '".5" is not an integer: other numbers are not supported (line 1, column 4)'],
  ['{{ 3-}}', '"3-" is not an integer: other numbers are not supported (line 1, column 4)'],
  ['{{ 9223372036854775808 }}', 'the integer 9223372036854775808 does not fit into 64 bits (line 1, column 4)'],
  ['{{ 0x8000000000000000 }}', 'the integer 0x8000000000000000 does not fit into 64 bits (line 1, column 4)'],
  // Functions and their arguments
  ['{{ upper }}', 'upper takes 1 argument, found 0 (line 1, column 4)'],
  ['{{ upper "a" "b" }}', 'upper takes 1 argument, found 2 (line 1, column 4)'],
  ['{{ "a" | replace "b" }}', 'replace takes 3 arguments, found 2 (line 1, column 10)'],
  ['{{ eq 1 }}', 'eq takes at least 2 arguments, found 1 (line 1, column 4)'],
  ['{{ slice "a" 1 2 3 }}', 'slice takes 1 to 3 arguments, found 4 (line 1, column 4)'],
  ['{{ printf }}', 'printf takes at least 1 argument, found 0 (line 1, column 4)'],
  ['{{ and }}', 'and takes at least 1 argument, found 0 (line 1, column 4)'],
  ['{{ upper lower "a" }}', 'to use lower as an argument, put it in parentheses: (lower …) (line 1, column 10)'],
  ['{{ upper if }}', '"if" can only stand at the start of an action (line 1, column 10)'],
  ['{{ upper("a") }}', 'unexpected "(": a space is missing (line 1, column 9)'],
  ['{{ "a" "b" }}', 'unexpected string "b" after a value: only a function takes arguments (line 1, column 8)'],
  ['{{ "a""b" }}', 'unexpected string "b" after a value: a space is missing (line 1, column 7)'],
  ['{{ "a".b }}', 'unexpected ".b" after a value (line 1, column 7)'],
  ['{{ "a" | }}', 'a function must follow "|", found "}}" (line 1, column 10)'],
  ['{{ "a" | .metadata.name }}', 'a function must follow "|", found ".metadata" (line 1, column 10)'],
  ['{{ | upper }}', 'a value or a function is missing before "|" (line 1, column 4)'],
  ['{{}}', 'a value or a function is missing before "}}" (line 1, column 3)'],
  ['{{ () }}', 'a value or a function is missing before ")" (line 1, column 5)'],
  ['{{ upper ("a" }}', '"(" is not closed (line 1, column 10)'],
  ['{{ "a") }}', 'unexpected ")" (line 1, column 7)'],
  // Characters
  ['{{ % }}', 'unexpected character "%" (line 1, column 4)'],
  ['é😀{{ upper😀 }}', 'unexpected character "😀" (line 1, column 11)'],
  ['x {{ "a\n" }}', 'the string that begins here is not closed on its line (line 1, column 6)'],
  ['{{ `a }}', 'the raw string that begins here is not closed (line 1, column 4)'],
  ['{{ "a\\q" }}', '\\q is not an escape that strings know (line 1, column 6)'],
  ['{{ "\\xff" }}', '\\xff is not an ASCII character: write it as \\u and four digits (line 1, column 5)'],
  ['{{ "\\ud800" }}', '\\ud800 is not a Unicode character (line 1, column 5)'],
  ['a\r\nb {{ .metadata.name', 'the action that begins here is not closed with "}}" (line 2, column 3)'],
  ['a\n{{/* x', 'the comment that begins here is not closed (line 2, column 1)'],
  ['{{/* x */ }}', 'a comment must fill its action: end it with "*/}}" or "*/ -}}" (line 1, column 10)'],
  ['{{ /* x */}}', 'a comment must follow its "{{" or "{{- " at once (line 1, column 4)'],
  // Blocks
  ['a{{ end }}', '{{end}} without {{if}} or {{with}} (line 1, column 2)'],
  ['{{ else if 1 }}', '{{else}} without {{if}} or {{with}} (line 1, column 1)'],
  ['x{{ if true }}{{ with 1 }}a{{ end }}', '{{if}} has no {{end}} (line 1, column 2)'],
  ['{{ with 1 }}{{ else }}', '{{with}} has no {{end}} (line 1, column 1)'],
  ['{{ if 1 }}{{ else }}{{ else }}{{ end }}', '{{if}} has a second {{else}} (line 1, column 21)'],
  ['{{ if 1 }}{{ else with 2 }}{{ end }}', '{{else}} of {{if}} is followed by "with" (line 1, column 19)'],
  ['{{ if 1 }}{{ end x }}', '{{end}} is followed by "x" (line 1, column 18)'],
  ['{{ if }}a{{ end }}', 'a value or a function is missing before "}}" (line 1, column 7)'],
];

describe('a template that does not fit the device', () => {
  it.each(whenEvaluated)('%j fails with: %s', (source, message) => {
    const template = parseTemplate(source);
    expect(errorOf(() => evaluateTemplate(template, device)).message).toBe(message);
  });
});

describe('a template that fits no device', () => {
  it.each(whenParsed)('%j is refused with: %s', (source, message) => {
    expect(errorOf(() => parseTemplate(source)).message).toBe(message);
  });

  it('is refused even where it would never be reached', () => {
    expect(() => parseTemplate('{{ if false }}{{ upper }}{{ end }}')).toThrow(TemplateError);
  });

  it('says where it is wrong in fields too', () => {
    const error = errorOf(() => parseTemplate('a\nbc{{ % }}'));
    expect(error).toMatchObject({ reason: 'unexpected character "%"', line: 2, column: 6 });
  });

  it('has long texts cut in its message', () => {
    const { message } = errorOf(() => parseTemplate(`{{ ${'x'.repeat(10_000)} }}`));
    expect(message.length).toBeLessThan(400);
  });
});

const blocks = (depth: number): string => '{{ if 1 }}'.repeat(depth) + 'x' + '{{ end }}'.repeat(depth);
const parentheses = (depth: number): string => `{{ ${'('.repeat(depth)}"x"${')'.repeat(depth)} }}`;

describe('the bounds of a template', () => {
  it('allow 1 MiB of source, counted in bytes', () => {
    const longest = 'é'.repeat(512 * 1024);
    expect(evaluateTemplate(parseTemplate(longest), device)).toBe(longest);
    expect(errorOf(() => parseTemplate(`${longest}a`)).message).toBe(
      'a template may be 1048576 bytes long, this one is longer (line 1, column 1)',
    );
  });

  it('allow 50,000 words and signs', () => {
    const most = '{{1}}'.repeat(25_000);
    expect(evaluateTemplate(parseTemplate(most), device)).toBe('1'.repeat(25_000));
    expect(errorOf(() => parseTemplate(`${most}\n{{1}}`)).message).toBe(
      'a template may have 50000 words and signs in its actions (line 2, column 3)',
    );
  });

  it('allow 10 blocks inside each other', () => {
    expect(evaluateTemplate(parseTemplate(blocks(10)), device)).toBe('x');
    expect(errorOf(() => parseTemplate(blocks(11))).reason).toBe('blocks are nested more than 10 deep');
  });

  it('allow 100 parentheses inside each other', () => {
    expect(evaluateTemplate(parseTemplate(parentheses(100)), device)).toBe('x');
    expect(errorOf(() => parseTemplate(parentheses(101))).reason).toBe('parentheses are nested more than 100 deep');
  });

  it('allow as much output as the budget has, to the byte', () => {
    const template = parseTemplate('é{{ .metadata.name }}');
    expect(evaluateTemplate(template, device, new OutputBudget(7))).toBe('édev-1');
    expect(errorOf(() => evaluateTemplate(template, device, new OutputBudget(6))).message).toBe(
      'templates make more than 6 bytes of text (line 1, column 5)',
    );
  });

  it('stop text that grows in a pipeline before it is made', () => {
    const growing = parseTemplate(`{{ "a"${' | replace "a" "aaaaaaaaaa"'.repeat(300)} }}`);
    expect(errorOf(() => evaluateTemplate(growing, device)).reason).toBe(
      'templates make more than 2097152 bytes of text',
    );
  });

  it('count the text that functions make, though it never reaches the output', () => {
    const text = 'a'.repeat(1000);
    const template = parseTemplate(`{{ with "${text}" }}${'{{ replace "a" "" . }}'.repeat(100)}{{ end }}`);
    expect(errorOf(() => evaluateTemplate(template, device, new OutputBudget(50_000))).reason).toContain('50000 bytes');
    expect(evaluateTemplate(template, device, new OutputBudget(100_000))).toBe('');
  });

  it('count the text that functions only read', () => {
    const text = 'a'.repeat(1000);
    const template = parseTemplate(`{{ $a := "${text}" }}${'{{ if ne $a $a }}{{ end }}'.repeat(100)}`);
    expect(evaluateTemplate(template, device, new OutputBudget(12_500))).toBe('');
    expect(errorOf(() => evaluateTemplate(template, device, new OutputBudget(12_000))).reason).toBe(
      'the functions of templates read more than 192000 characters',
    );
  });

  it('stop a width before the text is made', () => {
    const wide = parseTemplate('{{ printf "%1000000d" 1 | len }}'.repeat(100));
    expect(errorOf(() => evaluateTemplate(wide, device)).reason).toBe('templates make more than 2097152 bytes of text');
  });
});

const long = (unit: string, end: string): string => unit.repeat(Math.floor(1_000_000 / unit.length)) + end;

describe('the time that a template takes to be compiled', () => {
  it.each([
    ['spaces before an action', `${' '.repeat(500_000)}x${' '.repeat(500_000)}{{- % }}`],
    ['digits', `{{ ${long('9', '')} }}`],
    ['escapes that are not closed', `{{ "${long('\\\\', '')}`],
    ['an open action', `{{ ${long(' ', '')}`],
    ['dots', `{{ ${long('.', '')} }}`],
    ['a path', `{{ ${long('.a', '-')} }}`],
    ['lines before an error', `${long('\n', '')}{{ % }}`],
    ['a long line before an error', `${long('😀', '')}{{ % }}`],
  ])('grows with its length only: %s', (_what, source) => {
    const start = performance.now();
    errorOf(() => parseTemplate(source));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
