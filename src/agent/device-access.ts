import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DeviceAuthenticator, DeviceIdentity } from '../auth/device-authenticator.ts';
import { forbidden, MusterError, unauthorized } from '../domain/errors.ts';
import { deviceActor } from '../domain/event.ts';
import type { Listener } from '../listener/listener.ts';
import { refusalLine } from '../listener/request-line.ts';
import type { Log } from '../logging/log.ts';

const namedParams = z.object({ name: z.string() });
const enrollmentPath = '/api/v1/enrollmentrequests';
const signingPath = '/api/v1/certificatesigningrequests';

/**
 * A device speaks for itself and for nobody else. Where no device has to say who it is, each is taken for the one that it
 * says it is, which is why that is done on loopback only.
 */
export class DeviceAccess {
  private readonly authenticator: DeviceAuthenticator | undefined;
  private readonly log: Log;
  private readonly identities = new WeakMap<FastifyRequest, DeviceIdentity>();

  constructor(authenticator: DeviceAuthenticator | undefined, log: Log) {
    this.authenticator = authenticator;
    this.log = log;
  }

  /** Lets only requests of the device that a path names reach its routes, a WebSocket's before the upgrade. */
  guard(app: Listener): void {
    const { authenticator } = this;
    if (authenticator === undefined) return;
    app.addHook('onRequest', async (request, reply) => {
      try {
        const identity = await authenticator.identify(request.raw);
        requirePath(identity, request);
        this.identities.set(request, identity);
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        const { challenge } = authenticator;
        if (error.status === 401 && challenge !== undefined) void reply.header('WWW-Authenticate', challenge);
        this.log.info(refusalLine(request, error), `device refused: ${error.message}`);
        throw error;
      }
    });
  }

  /**
   * Whoever asks for a device to join: the device itself, or one that has a certificate for enrolling and no name yet.
   *
   * @returns the actor, as events show it
   * @throws MusterError 403 if that is another device
   */
  requireEnrolling(request: FastifyRequest, device: string): string {
    const identity = this.identities.get(request);
    if (identity === undefined) return deviceActor(device);
    requireEnrollment(identity, device);
    return deviceActor(identity.name);
  }

  /**
   * The device that asks for another certificate, by the one that it shows.
   *
   * @throws MusterError 401 if it shows none; 403 if that is for enrolling only
   */
  requireCertified(request: FastifyRequest): string {
    const identity = this.identities.get(request);
    if (identity?.credential.kind !== 'certificate') {
      throw unauthorized('a device gets another certificate only where it shows the one that it has');
    }
    if (identity.kind !== 'device') throw isForEnrolling(identity);
    return identity.name;
  }

  /** The device that a request is proved to come from; undefined if none is. */
  deviceOf(request: FastifyRequest): string | undefined {
    const identity = this.identities.get(request);
    return identity?.kind === 'device' ? identity.name : undefined;
  }

  /** Finds out whether what the sender of a request proved who it is with would be accepted now, for long connections. */
  recheckOf(request: FastifyRequest): () => Promise<boolean> {
    const { authenticator } = this;
    const identity = this.identities.get(request);
    return async () => {
      if (authenticator === undefined || identity === undefined) return true;
      try {
        return (await authenticator.check(identity.credential)).name === identity.name;
      } catch (error) {
        if (error instanceof MusterError) return false;
        throw error;
      }
    };
  }
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
