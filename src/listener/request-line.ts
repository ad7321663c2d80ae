import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { resourceNameSchema } from '../domain/resources/object-meta.ts';

const namedParams = z.object({ name: resourceNameSchema });

/**
 * Facts about a request that was turned away, for the log: the pattern of its route and the name in its path if that is a valid
 * one, never the path as a stranger wrote it, and never what was shown as proof.
 */
export function refusalLine(request: FastifyRequest, { status }: { status: number }) {
  const { id: requestId, method, ip: from, routeOptions, params } = request;
  const named = namedParams.safeParse(params);
  return { requestId, method, route: routeOptions.url, ...(named.success && { name: named.data.name }), from, status };
}
