import type { FastifyRequest } from 'fastify';

/** Who makes an admin request, as events write it down. Without authentication that is nobody in particular. */
export function actorOf(_request: FastifyRequest): string {
  return 'user:anonymous';
}
