import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { EnrollmentRequestRecord } from '../domain/enrollment/enrollment-request-record.ts';
import type { EnrollmentRequestApprovalStatus } from '../domain/resources/enrollment-request.ts';
import type { ListSelectors } from '../domain/selectors/list-selectors.ts';
import { enrollmentRequestFields } from '../domain/selectors/resource-fields.ts';
import type { Executor } from './client.ts';
import { enrollmentRequests } from './schema.ts';
import { selectorsToSql, type FieldColumns } from './selector-sql.ts';

/** The fields by which enrollment requests can be selected, as SQL. */
const columns: FieldColumns<typeof enrollmentRequestFields> = {
  'metadata.name': sql`${enrollmentRequests.name}`,
  'metadata.owner': sql`NULL`,
  'metadata.creationTimestamp': sql`${enrollmentRequests.createdAt}`,
  'status.certificate': sql`${enrollmentRequests.certificate}`,
  'status.approval.approved': sql`(${enrollmentRequests.approval} ->> 'approved')`,
};

/** Enrollment requests that satisfy both selectors, as a condition over their table. */
export function enrollmentRequestSelection(selectors: ListSelectors): SQL {
  return selectorsToSql(selectors, {
    labels: sql`${enrollmentRequests.labels}`,
    columns,
    fields: enrollmentRequestFields,
  });
}

/** One enrollment request; undefined if there is none of that name. */
export async function findEnrollmentRequest(db: Executor, name: string): Promise<EnrollmentRequestRecord | undefined> {
  const [row] = await db.select().from(enrollmentRequests).where(eq(enrollmentRequests.name, name));
  return row;
}

/** As {@link findEnrollmentRequest}, and keeps it from changing until the transaction ends. */
export async function lockEnrollmentRequest(tx: Executor, name: string): Promise<EnrollmentRequestRecord | undefined> {
  const [row] = await tx.select().from(enrollmentRequests).where(eq(enrollmentRequests.name, name)).for('update');
  return row;
}

/** A page of enrollment requests in name order. */
export async function listEnrollmentRequests(
  db: Executor,
  { where, after, limit }: { where: SQL; after: string | undefined; limit: number },
): Promise<EnrollmentRequestRecord[]> {
  const from = after === undefined ? undefined : gt(enrollmentRequests.name, after);
  const query = db.select().from(enrollmentRequests).where(and(where, from));
  return await query.orderBy(asc(enrollmentRequests.name)).limit(limit);
}

/** @returns false if there is an enrollment request of that name, which is left as it is */
export async function insertEnrollmentRequest(tx: Executor, request: EnrollmentRequestRecord): Promise<boolean> {
  const { labels, annotations, ...rest } = request;
  const inserted = await tx
    .insert(enrollmentRequests)
    .values({ ...rest, labels: { ...labels }, annotations: { ...annotations } })
    .onConflictDoNothing()
    .returning({ name: enrollmentRequests.name });
  return inserted.length > 0;
}

/** Stores an edited enrollment request. The row must be locked. */
export async function saveEnrollmentRequest(tx: Executor, request: EnrollmentRequestRecord): Promise<void> {
  const { name, labels, annotations, spec, resourceVersion } = request;
  await tx
    .update(enrollmentRequests)
    .set({ labels: { ...labels }, annotations: { ...annotations }, spec, resourceVersion })
    .where(eq(enrollmentRequests.name, name));
}

/** Keeps a person's answer, with the certificate (PEM) that comes of it. The row must be locked. */
export async function saveApproval(
  tx: Executor,
  name: string,
  approval: EnrollmentRequestApprovalStatus,
  certificate: string | null,
): Promise<void> {
  await tx
    .update(enrollmentRequests)
    .set({ approval, certificate, resourceVersion: sql`${enrollmentRequests.resourceVersion} + 1` })
    .where(eq(enrollmentRequests.name, name));
}

/** Puts a new certificate (PEM) into an approved request. The row must be locked. */
export async function replaceCertificate(tx: Executor, name: string, certificate: string): Promise<void> {
  await tx
    .update(enrollmentRequests)
    .set({ certificate, resourceVersion: sql`${enrollmentRequests.resourceVersion} + 1` })
    .where(eq(enrollmentRequests.name, name));
}

/** Removes an enrollment request, if there is one of that name. */
export async function removeEnrollmentRequest(tx: Executor, name: string): Promise<void> {
  await tx.delete(enrollmentRequests).where(eq(enrollmentRequests.name, name));
}

/**
 * Removes the enrollment request that a device came of, so that a device that is deleted can ask anew.
 *
 * @returns whether there was one
 */
export async function removeApprovedRequest(
  tx: Executor,
  name: string,
): Promise<Pick<EnrollmentRequestRecord, 'name' | 'createdAt' | 'resourceVersion'> | undefined> {
  const approved = sql`${enrollmentRequests.approval} ->> 'approved' = 'true'`;
  const { createdAt, resourceVersion } = enrollmentRequests;
  const [removed] = await tx
    .delete(enrollmentRequests)
    .where(and(eq(enrollmentRequests.name, name), approved))
    .returning({ name: enrollmentRequests.name, createdAt, resourceVersion });
  return removed;
}
