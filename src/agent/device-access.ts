import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DeviceAuthenticator, DeviceIdentity } from '../auth/device-authenticator.ts';
import { forbidden, MusterError, unauthorized } from '../domain/errors.ts';
import { byDevice } from '../domain/event.ts';
import type { Listener } from '../listener/listener.ts';
import type { RefusalLimit } from '../listener/refusal-limit.ts';
import { refusalLine } from '../listener/request-line.ts';
import type { Log } from '../logging/log.ts';

const namedParams = z.object({ name: z.string() });
const enrollmentPath = '/api/v1/enrollmentrequests';
const signingPath = '/api/v1/certificatesigningrequests';

declare module 'fastify' {
  interface FastifyRequest {
    /** Identity that a device proved; null where devices need not authenticate. */
    deviceIdentity: DeviceIdentity | null;
  }
}

/**
 * Lets only requests of the device that a path names reach its routes, a WebSocket's before the upgrade: a device speaks
 * for itself and for no other. Without an authenticator each device is taken for the one that it says it is, which is why
 * that is done on loopback only.
 */
export function guardDevices(
  app: Listener,
  authenticator: DeviceAuthenticator | undefined,
  { log, refusals }: { log: Log; refusals: RefusalLimit },
): void {
  app.decorateRequest('deviceIdentity', null);
  if (authenticator === undefined) return;
  app.addHook('onRequest', async (request, reply) => {
    refusals.assertMayTry(request);
    try {
      const identity = await authenticator.identify(request.raw);
      requirePath(identity, request);
      request.deviceIdentity = identity;
      refusals.accept(request);
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      refusals.refused(request);
      const { challenge } = authenticator;
      if (error.status === 401 && challenge !== undefined) void reply.header('WWW-Authenticate', challenge);
      log.info(refusalLine(request, error), `device refused: ${error.message}`);
      throw error;
    }
  });
}

/**
 * Checks that a request to enroll comes from the device itself, or from one that has only a certificate for enrolling.
 *
 * @returns the actor, as events show it
 * @throws MusterError 403 if that is another device
 */
export function requireEnrolling({ deviceIdentity }: FastifyRequest, device: string): string {
  if (deviceIdentity === null) return byDevice(device).actor;
  requireEnrollment(deviceIdentity, device);
  return byDevice(deviceIdentity.name).actor;
}

/**
 * Names the device that asks for another certificate, by the one that it shows.
 *
 * @throws MusterError 401 if it shows none; 403 if that is for enrolling only
 */
export function requireCertified({ deviceIdentity }: FastifyRequest): string {
  if (deviceIdentity?.credential.kind !== 'certificate') {
    throw unauthorized('a device gets another certificate only where it shows the one that it has');
  }
  if (deviceIdentity.kind !== 'device') throw isForEnrolling(deviceIdentity);
  return deviceIdentity.name;
}

/** The device that a request is proved to come from; undefined if none is. */
export function deviceOf({ deviceIdentity }: FastifyRequest): string | undefined {
  return deviceIdentity?.kind === 'device' ? deviceIdentity.name : undefined;
}

/** Finds out, for long connections, if the credential of a request would be accepted now. */
export function recheckOf(
  { deviceIdentity }: FastifyRequest,
  authenticator: DeviceAuthenticator | undefined,
): () => Promise<boolean> {
  return async () => {
    if (authenticator === undefined || deviceIdentity === null) return true;
    try {
      return (await authenticator.check(deviceIdentity.credential)).name === deviceIdentity.name;
    } catch (error) {
      if (error instanceof MusterError) return false;
      throw error;
    }
  };
}

/** @throws MusterError 403 if the path is that of another device */
function requirePath(identity: DeviceIdentity, { routeOptions, params }: FastifyRequest): void {
  const named = namedParams.safeParse(params);
  // The name of a certificate signing request is not that of a device: its routes look at whose it is.
  if (!named.success || routeOptions.url?.startsWith(signingPath) === true) return;
  const { name } = named.data;
  if (routeOptions.url?.startsWith(enrollmentPath) === true) requireEnrollment(identity, name);
  else if (identity.kind === 'enrollment') throw isForEnrolling(identity);
  else if (identity.name !== name) throw mayNotSpeakFor(identity);
}

function requireEnrollment(identity: DeviceIdentity, name: string): void {
  switch (identity.kind) {
    case 'enrollment':
      return;
    case 'device':
      if (identity.name !== name) throw mayNotSpeakFor(identity);
      return;
    default:
      identity.kind satisfies never;
  }
}

function isForEnrolling({ name }: DeviceIdentity): MusterError {
  return forbidden(`the certificate of ${name} is for enrolling: it does not speak for a device`);
}

function mayNotSpeakFor({ name }: DeviceIdentity): MusterError {
  return forbidden(`device ${name} may speak only for itself`);
}
