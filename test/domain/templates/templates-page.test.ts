import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluateTemplate } from '../../../src/domain/templates/evaluate-template.ts';
import { parseTemplate } from '../../../src/domain/templates/parse-template.ts';
import { functionNames } from '../../../src/domain/templates/template-functions.ts';

const device = { name: 'kiosk-7', labels: { site: 'berlin', stage: 'prod', 'acme.com/rack': 'r-12' } };

/** A row of a table whose first two cells are code, in one or two backquotes. */
const row = /^\| (`+) ?(?<template>.*?) ?\1 \| `(?<result>[^`]*)` \|/gm;

type Example = { readonly template: string; readonly result: string };

let page: string;
let examples: Example[];

const written = (cell: string | undefined): string => (cell ?? '').replaceAll('\\|', '|').replaceAll('⏎', '\n');

beforeAll(async () => {
  page = await readFile('docs/templates.md', 'utf8');
  examples = [...page.matchAll(row)]
    .map(({ groups }) => ({ template: written(groups?.['template']), result: written(groups?.['result']) }))
    .filter(({ template }) => template.includes('{{'));
});

describe('the page on templates', () => {
  test('shows what its examples become', () => {
    expect(examples.length).toBeGreaterThan(40);
    const shown = examples.map(({ template }) => ({
      template,
      result: evaluateTemplate(parseTemplate(template), device),
    }));
    expect(shown).toEqual(examples);
  });

  test('has an example of every function', () => {
    const used = new Set(examples.flatMap(({ template }) => template.match(/\w+/g) ?? []));
    expect(functionNames.filter((name) => !used.has(name))).toEqual([]);
  });
});
