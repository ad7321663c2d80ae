import { z } from 'zod';
import {
  answerIfFound,
  answerOf,
  fullAnswerOf,
  type ApiClient,
  type DeviceBody,
  type EnrollmentRequestBody,
  type FleetBody,
  type SigningRequestBody,
} from '../../client/api-client.ts';
import { deviceKind } from './device-kind.ts';
import { enrollmentRequestKind } from './enrollment-request-kind.ts';
import { fleetKind } from './fleet-kind.ts';
import type { ResourceKind } from './resource-kind.ts';
import { signingRequestKind } from './signing-request-kind.ts';

/** The part of a document in which people's decisions are. */
export type DesiredState = {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
  readonly spec?: unknown;
};

/** A kind of resource that people write. */
export type DesiredKind = {
  readonly kind: ResourceKind;
  /** As documents say it: `Device`. */
  readonly documentKind: string;
  read(api: ApiClient, name: string): Promise<DesiredState | undefined>;
  /** @param document goes to the server as it is, which judges it */
  write(api: ApiClient, name: string, document: unknown): Promise<{ created: boolean; written: DesiredState }>;
  remove(api: ApiClient, name: string): Promise<{ readonly reason: string }>;
  /** The part of a document that says what devices should be; undefined for a kind that says nothing of that. */
  readonly deviceSpec?: (document: DesiredState) => unknown;
};

const templateSpecSchema = z.object({ template: z.object({ spec: z.unknown() }) });

const devices: DesiredKind = {
  kind: deviceKind,
  documentKind: 'Device',
  read: (api, name) => answerIfFound(api.GET('/api/v1/devices/{name}', { params: { path: { name } } })),
  async write(api, name, document) {
    const body = document as DeviceBody;
    const { data, status } = await fullAnswerOf(
      api.PUT('/api/v1/devices/{name}', { params: { path: { name } }, body }),
    );
    return { created: status === 201, written: data };
  },
  remove: (api, name) => answerOf(api.DELETE('/api/v1/devices/{name}', { params: { path: { name } } })),
  deviceSpec: ({ spec }) => spec,
};

const fleets: DesiredKind = {
  kind: fleetKind,
  documentKind: 'Fleet',
  read: (api, name) => answerIfFound(api.GET('/api/v1/fleets/{name}', { params: { path: { name } } })),
  async write(api, name, document) {
    const body = document as FleetBody;
    const { data, status } = await fullAnswerOf(api.PUT('/api/v1/fleets/{name}', { params: { path: { name } }, body }));
    return { created: status === 201, written: data };
  },
  remove: (api, name) => answerOf(api.DELETE('/api/v1/fleets/{name}', { params: { path: { name } } })),
  deviceSpec: ({ spec }) => templateSpecSchema.safeParse(spec).data?.template.spec,
};

const enrollmentRequests: DesiredKind = {
  kind: enrollmentRequestKind,
  documentKind: 'EnrollmentRequest',
  read: (api, name) => answerIfFound(api.GET('/api/v1/enrollmentrequests/{name}', { params: { path: { name } } })),
  async write(api, name, document) {
    const body = document as EnrollmentRequestBody;
    const { data, status } = await fullAnswerOf(
      api.PUT('/api/v1/enrollmentrequests/{name}', { params: { path: { name } }, body }),
    );
    return { created: status === 201, written: data };
  },
  remove: (api, name) => answerOf(api.DELETE('/api/v1/enrollmentrequests/{name}', { params: { path: { name } } })),
};

const signingRequests: DesiredKind = {
  kind: signingRequestKind,
  documentKind: 'CertificateSigningRequest',
  read: (api, name) =>
    answerIfFound(api.GET('/api/v1/certificatesigningrequests/{name}', { params: { path: { name } } })),
  async write(api, name, document) {
    const body = document as SigningRequestBody;
    const { data, status } = await fullAnswerOf(
      api.PUT('/api/v1/certificatesigningrequests/{name}', { params: { path: { name } }, body }),
    );
    return { created: status === 201, written: data };
  },
  remove: (api, name) =>
    answerOf(api.DELETE('/api/v1/certificatesigningrequests/{name}', { params: { path: { name } } })),
};

export const desiredKinds: readonly DesiredKind[] = [devices, fleets, enrollmentRequests, signingRequests];
