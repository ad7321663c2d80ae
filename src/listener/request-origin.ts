import type { FastifyRequest } from 'fastify';
import type { Origin } from '../domain/event.ts';

/** Origin of what a request asks for, as events write it down. */
export function requestOrigin(actor: string, { ip, id }: FastifyRequest): Origin {
  return { actor, from: ip, requestId: id };
}
