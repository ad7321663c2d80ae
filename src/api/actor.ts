import type { FastifyRequest } from 'fastify';
import { anonymous, type Principal } from '../domain/access/principal.ts';

const principals = new WeakMap<FastifyRequest, Principal>();

/** Notes who makes a request, once that is known. */
export function rememberPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** Who makes an admin request; nobody in particular if nobody had to say. */
export function principalOf(request: FastifyRequest): Principal {
  return principals.get(request) ?? anonymous;
}

/** Who makes an admin request, as events write it down. */
export function actorOf(request: FastifyRequest): string {
  return principalOf(request).name;
}
