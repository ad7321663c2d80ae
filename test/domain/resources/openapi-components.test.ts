import swagger from '@fastify/swagger';
import fastify from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deviceAdoptRequestSchema, deviceAdoptResponseSchema } from '../../../src/domain/resources/device-actions.ts';
import { deviceConflictSchema } from '../../../src/domain/resources/device-conflict.ts';
import { deviceListSchema, deviceRequestSchema, deviceSchema } from '../../../src/domain/resources/device.ts';
import { enrollmentRequestListSchema } from '../../../src/domain/resources/enrollment-request.ts';
import { eventListSchema } from '../../../src/domain/resources/event.ts';
import { fleetListSchema, fleetRequestSchema } from '../../../src/domain/resources/fleet.ts';
import { patchRequestSchema } from '../../../src/domain/resources/patch-request.ts';
import { restoreReportSchema } from '../../../src/domain/resources/restore-report.ts';
import { restoreListSchema, restoreRequestSchema } from '../../../src/domain/resources/restore.ts';
import { statusSchema } from '../../../src/domain/resources/status.ts';
import { unknownDeviceListSchema } from '../../../src/domain/resources/unknown-device.ts';
import { deviceFrameSchema, musterFrameSchema } from '../../../src/domain/resources/websocket-frames.ts';

const used = {
  '/devices': { takes: deviceRequestSchema, gives: deviceListSchema },
  '/devices/patch': { takes: patchRequestSchema, gives: deviceSchema },
  '/fleets': { takes: fleetRequestSchema, gives: fleetListSchema },
  '/enrollmentrequests': { takes: deviceFrameSchema, gives: enrollmentRequestListSchema },
  '/events': { takes: musterFrameSchema, gives: eventListSchema },
  '/restores': { takes: restoreRequestSchema, gives: restoreListSchema },
  '/report': { takes: restoreRequestSchema, gives: restoreReportSchema },
  '/unknown': { takes: restoreRequestSchema, gives: unknownDeviceListSchema },
  '/adopt': { takes: deviceAdoptRequestSchema, gives: deviceAdoptResponseSchema },
  '/conflict': { takes: deviceAdoptRequestSchema, gives: deviceConflictSchema },
} as const;

async function appWith(openapi: string) {
  const app = fastify().withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: { openapi, info: { title: 'Test', version: '1' } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  for (const [url, { takes, gives }] of Object.entries(used)) {
    app.post(url, { schema: { body: takes, response: { 200: gives, 400: statusSchema } } }, async () => {
      throw new Error('not called');
    });
  }
  return app;
}

/** Every string under a `$ref` key, anywhere. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) =>
    key === '$ref' && typeof member === 'string' ? [member] : references(member),
  );
}

const componentNames = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });

describe('OpenAPI components', () => {
  it.each(['3.0.3', '3.1.0'])(
    'come out of the schemas for OpenAPI %s, and every reference leads to one',
    async (version) => {
      const app = await appWith(version);
      await app.ready();
      const document = app.swagger();
      const { schemas } = componentNames.parse(document).components;

      const dangling = references(document).filter((reference) => {
        const name = reference.replace('#/components/schemas/', '');
        return !(name in schemas);
      });
      expect(dangling).toEqual([]);
      expect(Object.keys(schemas)).toEqual(
        expect.arrayContaining([
          'Condition',
          'ConfigProviderSpec',
          'Device',
          'DeviceList',
          'DeviceRequestInput',
          'DeviceSpec',
          'DeviceStatus',
          'EnrollmentRequest',
          'Event',
          'Fleet',
          'ListMeta',
          'ObjectMeta',
          'PatchRequestInput',
          'Restore',
          'Status',
        ]),
      );
      await app.close();
    },
  );

  it.each(['input', 'output'] as const)('hold nothing that JSON Schema cannot say, as %s', (io) => {
    expect(() => z.toJSONSchema(z.globalRegistry, { io, unrepresentable: 'throw' })).not.toThrow();
  });

  it('each have a description', () => {
    const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'output' });
    const silent = Object.entries(schemas).filter(([, schema]) => (schema.description ?? '') === '');
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('answer a document as it was given, unknown keys of a spec included', async () => {
    const app = fastify().withTypeProvider<ZodTypeProvider>();
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    app.post(
      '/devices',
      { schema: { body: deviceRequestSchema, response: { 200: deviceSchema } } },
      (request, reply) => {
        const { apiVersion, metadata, spec } = request.body;
        void reply.send({ apiVersion, kind: 'Device', metadata, spec });
      },
    );
    const device = {
      apiVersion: 'v1beta1',
      kind: 'Device',
      metadata: { name: 'gateway-0017', creationTimestamp: '2026-11-20T02:00:00.123456789Z' },
      spec: { os: { image: 'example.com/os:1', later: true }, unheard: { of: [1, 'two', null] } },
    };
    const answer = await app.inject({ method: 'POST', url: '/devices', payload: device });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(device);
    await app.close();
  });
});
