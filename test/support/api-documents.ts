import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { z } from 'zod';

/** The admin API, and the device side. */
export type DocumentName = 'openapi' | 'agent';

const contentSchema = z.record(z.string(), z.object({ schema: z.unknown() }));
const responseSchema = z.object({
  $ref: z.string().optional(),
  content: contentSchema.optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
});
const operationSchema = z.object({
  operationId: z.string(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().optional(),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().optional(), content: contentSchema }).optional(),
  responses: z.record(z.string(), responseSchema),
});
const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;
const pathSchema = z.partialRecord(z.enum(methods), operationSchema);
const documentSchema = z.object({
  paths: z.record(z.string(), pathSchema),
  components: z.object({
    responses: z.record(z.string(), responseSchema).default({}),
    schemas: z.record(z.string(), z.unknown()),
  }),
});

export type Operation = z.output<typeof operationSchema> & { readonly method: string; readonly path: string };
type Response = z.output<typeof responseSchema>;

/** One of the committed OpenAPI documents, with validators of what it describes. */
export class ApiDocument {
  private static readonly read = new Map<DocumentName, ApiDocument>();
  readonly operations: readonly Operation[];
  /** Schemas that references lead to. */
  readonly schemas: Readonly<Record<string, unknown>>;
  private readonly responses: Readonly<Record<string, Response>>;
  private readonly ajv: Ajv2020;
  private readonly name: DocumentName;

  /** Reads a document once a process. */
  static of(name: DocumentName): ApiDocument {
    const known = ApiDocument.read.get(name) ?? new ApiDocument(name);
    ApiDocument.read.set(name, known);
    return known;
  }

  private constructor(name: DocumentName) {
    const text = readFileSync(new URL(`../../openapi/${name}.yaml`, import.meta.url), 'utf8');
    const document: unknown = parse(text);
    const { paths, components } = documentSchema.parse(document);
    this.name = name;
    this.responses = components.responses;
    this.schemas = components.schemas;
    this.operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
    );
    this.ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    addFormats.default(this.ajv);
    this.ajv.addSchema(document as object, name);
  }

  /** The operation of a route. @param url as Fastify writes it, with `:name` for a parameter */
  find(method: string, url: string): Operation | undefined {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    return this.operations.find((operation) => operation.path === path && operation.method === method);
  }

  /** Answer of an operation that the document describes for a status, and the place where it does. */
  responseOf(operation: Operation, status: number): { response: Response; place: readonly string[] } | undefined {
    const response = operation.responses[String(status)];
    const shared = response?.$ref?.split('/').at(-1);
    if (shared !== undefined) {
      const described = this.responses[shared];
      return described && { response: described, place: ['components', 'responses', shared] };
    }
    const place = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status)];
    return response && { response, place };
  }

  /** Validator of the schema at a place of the document. */
  validatorAt(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.ajv.getSchema(`${this.name}#/${pointer}`);
    if (validate === undefined) throw new Error(`there is no schema at ${place.join(' / ')} of ${this.name}.yaml`);
    return validate;
  }
}
