import { expect } from 'vitest';
import type { z } from 'zod';
import { statusSchema } from '../../src/domain/resources/status.ts';
import type { Answer } from './api-client.ts';

type Labels = Record<string, string>;

/** A device to send. */
export function deviceRequest(name: string, { labels = {}, spec = {} }: { labels?: Labels; spec?: object } = {}) {
  return { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name, labels }, spec };
}

/** A fleet to send: of the devices with these labels, whose OS image is to be `image`. */
export function fleetRequest(name: string, matchLabels: Labels, image = 'quay.io/acme/os:1') {
  const spec = { selector: { matchLabels }, template: { spec: { os: { image } } } };
  return { apiVersion: 'flightctl.io/v1beta1', kind: 'Fleet', metadata: { name }, spec };
}

/** The document of an answer, once it has the code and the shape that it should have. */
export function documentOf<Document>(answer: Answer, code: number, schema: z.ZodType<Document>): Document {
  expect({ code: answer.code, body: answer.body }).toEqual({ code, body: answer.body });
  return schema.parse(answer.body);
}

/** The message of an answer that must be a refusal with this code. */
export function refusalOf(answer: Answer, code: number): string {
  const status = documentOf(answer, code, statusSchema);
  expect(status).toMatchObject({ status: 'Failure', code });
  return status.message;
}
