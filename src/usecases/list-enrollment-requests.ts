import type { Database } from '../db/client.ts';
import {
  countEnrollmentRequestsAfter,
  enrollmentRequestSelection,
  listEnrollmentRequests as listRecords,
} from '../db/enrollment-request-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import { cutPage, type Page } from '../domain/page.ts';
import type { EnrollmentRequest } from '../domain/resources/enrollment-request.ts';
import { parseListSelectors, selectsEverything, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { enrollmentRequestFields } from '../domain/selectors/resource-fields.ts';

/**
 * A page of enrollment requests in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listEnrollmentRequests(
  { database }: { database: Database },
  given: GivenSelectors,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Page<EnrollmentRequest, string>> {
  const selectors = parseListSelectors(given, enrollmentRequestFields);
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const found = await listRecords(tx, { where: enrollmentRequestSelection(selectors), after, limit: limit + 1 });
    const { shown, next } = cutPage(found, limit, ({ name }) => name);
    const counts = next !== undefined && selectsEverything(selectors);
    const remaining = counts ? await countEnrollmentRequestsAfter(tx, next) : undefined;
    return { items: shown.map((request) => enrollmentRequestDocument(request, restore)), next, remaining };
  });
}
