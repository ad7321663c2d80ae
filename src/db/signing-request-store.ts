import { and, asc, desc, eq, gt, notInArray, sql, type SQL } from 'drizzle-orm';
import type { SigningRequestRecord } from '../domain/certificates/signing-request.ts';
import type { ListSelectors } from '../domain/selectors/list-selectors.ts';
import { signingRequestFields } from '../domain/selectors/resource-fields.ts';
import type { Executor } from './client.ts';
import { certificateSigningRequests as requests } from './schema.ts';
import { selectorsToSql, type FieldColumns } from './selector-sql.ts';

/** The fields by which certificate signing requests can be selected, as SQL. */
const columns: FieldColumns<typeof signingRequestFields> = {
  'metadata.name': sql`${requests.name}`,
  'metadata.owner': sql`${requests.owner}`,
  'metadata.creationTimestamp': sql`${requests.createdAt}`,
  'status.certificate': sql`${requests.certificate}`,
};

/** Certificate signing requests that satisfy both selectors, as a condition over their table. */
export function signingRequestSelection(selectors: ListSelectors): SQL {
  return selectorsToSql(selectors, { labels: sql`${requests.labels}`, columns, fields: signingRequestFields });
}

/** One certificate signing request; undefined if there is none of that name. */
export async function findSigningRequest(db: Executor, name: string): Promise<SigningRequestRecord | undefined> {
  const [row] = await db.select().from(requests).where(eq(requests.name, name));
  return row;
}

/** As {@link findSigningRequest}, and keeps it from changing until the transaction ends. */
export async function lockSigningRequest(tx: Executor, name: string): Promise<SigningRequestRecord | undefined> {
  const [row] = await tx.select().from(requests).where(eq(requests.name, name)).for('update');
  return row;
}

/** A page of certificate signing requests in name order. */
export async function listSigningRequests(
  db: Executor,
  { where, after, limit }: { where: SQL; after: string | undefined; limit: number },
): Promise<SigningRequestRecord[]> {
  const from = after === undefined ? undefined : gt(requests.name, after);
  return await db.select().from(requests).where(and(where, from)).orderBy(asc(requests.name)).limit(limit);
}

/** @returns false if there is a request of that name, which is left as it is */
export async function insertSigningRequest(tx: Executor, request: SigningRequestRecord): Promise<boolean> {
  const { labels, annotations, conditions, ...rest } = request;
  const inserted = await tx
    .insert(requests)
    .values({ ...rest, labels: { ...labels }, annotations: { ...annotations }, conditions: [...conditions] })
    .onConflictDoNothing()
    .returning({ name: requests.name });
  return inserted.length > 0;
}

/** Keeps the answer to a request and the certificate that comes of it. The row must be locked. */
export async function saveSigningAnswer(
  tx: Executor,
  { name, conditions, certificate, resourceVersion }: SigningRequestRecord,
): Promise<void> {
  const answer = { conditions: [...conditions], certificate, resourceVersion };
  await tx.update(requests).set(answer).where(eq(requests.name, name));
}

/** Removes a request, if there is one of that name. */
export async function removeSigningRequest(tx: Executor, name: string): Promise<void> {
  await tx.delete(requests).where(eq(requests.name, name));
}

/** Times at which an owner's newest requests were made, newest first. */
export async function newestRequestTimes(tx: Executor, owner: string, most: number): Promise<Date[]> {
  const query = tx.select({ at: requests.createdAt }).from(requests).where(eq(requests.owner, owner));
  return (await query.orderBy(desc(requests.createdAt)).limit(most)).map(({ at }) => at);
}

/** Removes an owner's requests except the newest ones. */
export async function pruneSigningRequests(tx: Executor, owner: string, kept: number): Promise<void> {
  const newest = tx.select({ name: requests.name }).from(requests).where(eq(requests.owner, owner));
  const names = newest.orderBy(desc(requests.createdAt), desc(requests.name)).limit(kept);
  await tx.delete(requests).where(and(eq(requests.owner, owner), notInArray(requests.name, names)));
}
