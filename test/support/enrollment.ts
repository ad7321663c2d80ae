import { sql } from 'drizzle-orm';
import type { EnrollmentRequestSpec } from '../../src/domain/resources/enrollment-request.ts';
import type { Context } from '../../src/context.ts';

type Said = Partial<EnrollmentRequestSpec> & { readonly metadata?: object };

/** An enrollment request to send. */
export function enrollmentRequest(name: string, { metadata = {}, ...spec }: Said = {}) {
  const csr = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n';
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'EnrollmentRequest',
    metadata: { name, ...metadata },
    spec: { csr, ...spec },
  };
}

type EventRow = { kind: string; reason: string; actor: string; message: string; details: object | null };

/** The events of all objects of one name, oldest first. */
export async function eventsNamed({ database }: Context, name: string): Promise<EventRow[]> {
  return await database.pool.execute<EventRow>(sql`
    SELECT involved_kind AS kind, reason, actor, message, details FROM events WHERE involved_name = ${name} ORDER BY id`);
}
