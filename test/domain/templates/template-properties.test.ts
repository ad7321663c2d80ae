import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { evaluateTemplate } from '../../../src/domain/templates/evaluate-template.ts';
import { TemplateError } from '../../../src/domain/templates/template-error.ts';
import { checkTemplates, createTemplateRenderer } from '../../../src/domain/templates/template-renderer.ts';

/** Pieces of the language, put together at random: mostly wrong, in all the ways there are, and at times right. */
const fragments = fc.constantFrom(
  ...'{{ }} {{- -}} {{/* */}} . .. $ | ( ) "a" `b` " ` \' \\ - := 1 -2 1.5 true nil é 😀 \ud800 \0'.split(' '),
  ...'.metadata .name .labels .metadata.name .metadata.labels .metadata.labels.site .x-y constructor'.split(' '),
  ...'if else end with range upper replace getOrDefault index eq and or not __proto__'.split(' '),
  ..."$x $x.site := = len slice print printf html js urlquery '%s' %5d %q %[1]*d 'a' 0x1f".split(' '),
  ' ',
  '\n',
  ' -}}',
  '{{- ',
  'if ',
  'end}}',
  '9'.repeat(30),
);
const action = fc.array(fragments, { maxLength: 12 }).map((parts) => `{{ ${parts.join(' ')} }}`);
const templateLike = fc.oneof(
  fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.array(fc.oneof(action, fragments), { maxLength: 10 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }).map((text) => `{{${text}}}`),
  fc.string({ unit: 'binary' }),
);
const devices = fc.record({
  name: fc.string(),
  labels: fc.dictionary(
    fc.oneof(fc.constantFrom('site', 'name', '__proto__', 'constructor'), fc.string()),
    fc.string(),
  ),
});

/** Why a template is refused, or undefined if it is not. Any other exception than a TemplateError is passed on. */
function refusal(source: string): TemplateError | undefined {
  try {
    parseTemplate(source);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

/** A spec with strings that `text` gives, where templates may stand and where they may not. */
function specs(text: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> {
  const files = fc.array(fc.record({ path: text, content: text }), { maxLength: 3 });
  const encoded = text.map((any) => ({
    path: '/a',
    content: Buffer.from(any).toString('base64'),
    contentEncoding: 'base64',
  }));
  return fc.record({
    os: fc.record({ image: text }),
    config: fc.array(
      fc.oneof(
        fc.record({ name: text, inline: fc.oneof(files, fc.array(encoded, { maxLength: 2 })) }),
        fc.record({ name: text, gitRef: fc.record({ repository: text, path: text }) }),
      ),
      { maxLength: 3 },
    ),
    applications: fc.array(
      fc.record({
        appType: fc.constantFrom('container', 'helm', 'compose', 'other'),
        image: text,
        envVars: fc.dictionary(fc.string(), text),
        values: fc.dictionary(fc.string(), text),
      }),
      { maxLength: 3 },
    ),
    other: text,
  });
}

describe('any string at all', () => {
  it('compiles, or is refused with a position in it', () => {
    fc.assert(
      fc.property(templateLike, (source) => {
        const { line, column } = refusal(source) ?? { line: 1, column: 1 };
        const text = source.split('\n')[line - 1] ?? 'no such line';
        expect(text).not.toBe('no such line');
        expect(column >= 1 && column <= Array.from(text).length + 1).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is filled in, or is a problem, for any device, and the same each time', () => {
    const renderer = createTemplateRenderer({ maxCachedTemplates: 4 });
    fc.assert(
      fc.property(specs(templateLike), devices, (spec, device) => {
        const outcome = renderer.render(spec, device);
        expect(renderer.render(spec, device)).toEqual(outcome);
        expect(createTemplateRenderer().render(spec, device)).toEqual(outcome);
      }),
      { numRuns: 500 },
    );
  });

  it('that the check takes can fail for a device without labels for want of one only', () => {
    const forWantOfALabel =
      /is not set on device|is outside of a string|begins at \d+, after its end|the template makes/;
    fc.assert(
      fc.property(specs(templateLike), (spec) => {
        fc.pre(checkTemplates(spec).length === 0);
        const outcome = createTemplateRenderer().render(spec, { name: 'name', labels: {} });
        expect(outcome.ok || outcome.problems.every(({ reason }) => forWantOfALabel.test(reason))).toBe(true);
      }),
      { numRuns: 500, maxSkipsPerRun: 1000 },
    );
  });

  it('stays the same if it has no "{{"', () => {
    const plain = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('{{', '{ {'));
    fc.assert(
      fc.property(specs(plain), devices, (spec, device) => {
        const outcome = createTemplateRenderer().render(spec, device);
        expect(outcome.ok && outcome.spec === spec).toBe(true);
        expect(checkTemplates(spec)).toEqual([]);
      }),
    );
    fc.assert(
      fc.property(plain, devices, (text, device) => {
        expect(evaluateTemplate(parseTemplate(text), device)).toBe(text);
      }),
    );
  });

  it('comes out of a raw string as it went in', () => {
    const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll(/[`\r]/g, ''));
    fc.assert(
      fc.property(text, devices, (any, device) => {
        expect(evaluateTemplate(parseTemplate(`{{ \`${any}\` }}`), device)).toBe(any);
      }),
    );
  });
});

const literal = (text: string): string => `\`${text}\``;

describe('the functions', () => {
  const device = { name: 'dev-1', labels: {} };
  const evaluate = (source: string): string => evaluateTemplate(parseTemplate(source), device);
  const text = fc.string({ unit: 'grapheme' }).map((any) => any.replaceAll(/[`\r]/g, ''));
  const small = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '\uff5e') });

  it('replace as splitting and joining does', () => {
    fc.assert(
      fc.property(
        small.filter((old) => old !== ''),
        text,
        small,
        (old, replacement, input) => {
          const source = `{{ replace ${literal(old)} ${literal(replacement)} ${literal(input)} }}`;
          expect(evaluate(source)).toBe(input.split(old).join(replacement));
        },
      ),
    );
  });

  it('order strings by the bytes of their UTF-8', () => {
    fc.assert(
      fc.property(small, small, (left, right) => {
        const order = Buffer.compare(Buffer.from(left), Buffer.from(right));
        const [a, b] = [literal(left), literal(right)];
        expect(
          evaluate(`{{ lt ${a} ${b} }} {{ le ${a} ${b} }} {{ gt ${a} ${b} }} {{ ge ${a} ${b} }} {{ eq ${a} ${b} }}`),
        ).toBe([order < 0, order <= 0, order > 0, order >= 0, order === 0].join(' '));
      }),
    );
  });

  it('order integers of 64 bits exactly', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(integer, integer, (left, right) => {
        expect(evaluate(`{{ lt ${left} ${right} }} {{ ge ${left} ${right} }} {{ ${left} }}`)).toBe(
          `${left < right} ${left >= right} ${left}`,
        );
      }),
    );
  });

  it('change the case of ASCII as JavaScript does, and never the number of characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii' }).map((any) => any.replaceAll(/[`\r]/g, '')),
        (any) => {
          expect(evaluate(`{{ upper ${literal(any)} }}`)).toBe(any.toUpperCase());
          expect(evaluate(`{{ lower ${literal(any)} }}`)).toBe(any.toLowerCase());
        },
      ),
    );
    fc.assert(
      fc.property(text, (any) => {
        expect(Array.from(evaluate(`{{ upper ${literal(any)} }}`))).toHaveLength(Array.from(any).length);
      }),
    );
  });
});
