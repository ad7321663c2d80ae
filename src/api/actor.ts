import type { FastifyRequest } from 'fastify';
import { anonymous, type Principal } from '../domain/access/principal.ts';
import type { Listener } from '../listener/listener.ts';
import type { Origin } from '../domain/event.ts';
import { requestOrigin } from '../listener/request-origin.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Caller of an admin request; null until that is known. */
    principal: Principal | null;
  }
}

/** Gives every request room for who makes it. Comes before all routes. */
export function tellPrincipals(app: Listener): void {
  app.decorateRequest('principal', null);
}

/** Reads the caller of an admin request; anonymous where no authentication is configured. */
export function principalOf({ principal }: FastifyRequest): Principal {
  return principal ?? anonymous;
}

/** Name of the caller of an admin request, as the log writes it down. */
export function actorOf(request: FastifyRequest): string {
  return principalOf(request).name;
}

/** Origin of what an admin request asks for, as events write it down. */
export function originOf(request: FastifyRequest): Origin {
  return requestOrigin(actorOf(request), request);
}
