import type { FastifyReply } from 'fastify';

/**
 * Says beside an answer what the caller has to know: `Warning: 299 muster "…"`, as Kubernetes does it. `muster` prints it.
 *
 * @param text printable ASCII; whatever else it holds becomes a question mark
 */
export function warn(reply: FastifyReply, text: string): void {
  const quoted = text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`);
  const before = reply.getHeader('warning');
  const warning = `299 muster "${quoted}"`;
  void reply.header('warning', before === undefined ? warning : `${String(before)}, ${warning}`);
}
