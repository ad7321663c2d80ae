import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { tidyComponents } from '../../src/listener/openapi-components.ts';

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const component = (schema: object) => ({ content: { 'application/json': { schema } } });

/** A document whose one operation takes and gives these schemas. */
function documentOf(takes: string, gives: string, schemas: Record<string, object>) {
  const operation = { requestBody: component(reference(takes)), responses: { '200': component(reference(gives)) } };
  return { paths: { '/things': { put: operation } }, components: { schemas } };
}

const list = (item: string) => ({ type: 'array', items: reference(item) });
const closed = { type: 'object', additionalProperties: false };

describe('The components of an OpenAPI document', () => {
  it('hold a schema once that is the same in requests and in answers', () => {
    const twins = { Size: { type: 'integer' }, SizeInput: { type: 'integer' } };
    const document = documentOf('SizesInput', 'Sizes', {
      ...twins,
      Sizes: list('Size'),
      SizesInput: list('SizeInput'),
    });

    expect(tidyComponents(document)).toMatchObject(
      documentOf('Sizes', 'Sizes', { Size: { type: 'integer' }, Sizes: list('Size') }),
    );
    expect(Object.keys(tidyComponents(document).components.schemas).toSorted()).toEqual(['Size', 'Sizes']);
  });

  it('hold a schema once that refers to itself', () => {
    const document = documentOf('TreeInput', 'Tree', { Tree: list('Tree'), TreeInput: list('TreeInput') });
    expect(tidyComponents(document).components.schemas).toEqual({ Tree: list('Tree') });
  });

  it('hold both where they differ, and whatever refers to these', () => {
    const schemas = {
      Size: closed,
      SizeInput: { type: 'object' },
      Sizes: list('Size'),
      SizesInput: list('SizeInput'),
      Box: list('Sizes'),
      BoxInput: list('SizesInput'),
    };
    expect(tidyComponents(documentOf('BoxInput', 'Box', schemas)).components.schemas).toEqual(schemas);
  });

  it('have the suffix of requests only where answers have another schema of the name', () => {
    const document = documentOf('OrderInput', 'Size', { OrderInput: { type: 'object' }, Order: {}, Size: closed });
    expect(tidyComponents(document)).toMatchObject(
      documentOf('Order', 'Size', { Order: { type: 'object' }, Size: closed }),
    );
  });

  it('hold an error that several operations answer once, and leave another answer of the status in its place', () => {
    const missing = { description: 'There is none.', ...component({ type: 'string' }) };
    const other = { description: 'Nothing here.', ...component({ type: 'string' }) };
    const document = {
      paths: {
        '/a': { get: { responses: { '404': missing } }, put: { responses: { '404': other } } },
        '/b': { get: { responses: { '404': missing } } },
      },
      components: {},
    };
    const shared = { $ref: '#/components/responses/NotFound' };

    expect(tidyComponents(document)).toEqual({
      paths: {
        '/a': { get: { responses: { '404': shared } }, put: { responses: { '404': other } } },
        '/b': { get: { responses: { '404': shared } } },
      },
      components: { schemas: {}, responses: { NotFound: missing } },
    });
  });
});

/** Components that are alike but for their descriptions, and may be: they name different acts. */
const alikeForAReason = [['DeviceAdoptRequest', 'DeviceResumeRequest']];

const withSchemas = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });

describe.each(['openapi', 'agent', 'asyncapi'])('openapi/%s.yaml', (name) => {
  const read = async (): Promise<Record<string, unknown>> =>
    withSchemas.parse(parse(await readFile(`openapi/${name}.yaml`, 'utf8'))).components.schemas;

  it('has no two components that say the same', async () => {
    const bare = Object.entries(await read()).map(([key, schema]) => [key, withoutWords(schema)] as const);
    const alike = bare.flatMap(([one, schema], at) =>
      bare.slice(at + 1).flatMap(([other, its]) => (isDeepStrictEqual(schema, its) ? [[one, other].toSorted()] : [])),
    );
    expect(alike.filter((pair) => !alikeForAReason.some((named) => isDeepStrictEqual(named, pair)))).toEqual([]);
  });

  it('names components for what they are, not for the direction they travel in', async () => {
    const odd = Object.keys(await read()).filter((key) => /Input$|Output$|RequestRequest$/.test(key));
    expect(odd).toEqual([]);
  });

  it('refers only to what it holds', async () => {
    const text = await readFile(`openapi/${name}.yaml`, 'utf8');
    const document: unknown = parse(text);
    const dangling = [...text.matchAll(/\$ref: "#\/([^"]+)"/g)].filter(
      ([, path = '']) => at(document, path.split('/').map(unescaped)) === undefined,
    );
    expect(dangling.map(([match]) => match)).toEqual([]);
    expect(text).toContain('$ref');
  });
});

const unescaped = (key: string) => key.replaceAll('~1', '/').replaceAll('~0', '~');

function at(document: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return document;
  if (typeof document !== 'object' || document === null) return undefined;
  return at(new Map<string, unknown>(Object.entries(document)).get(key), rest);
}

/** The schema without what only people read. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  const said = Object.entries(value).filter(([key, member]) => key !== 'description' || typeof member !== 'string');
  return Object.fromEntries(said.map(([key, member]) => [key, withoutWords(member)]));
}
