import type { Database } from '../db/client.ts';
import { enrollmentRequestSelection, listEnrollmentRequests as listRecords } from '../db/enrollment-request-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { countRowsAfter } from '../db/rows-after.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import type { Page } from '../domain/page.ts';
import type { EnrollmentRequest } from '../domain/resources/enrollment-request.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { enrollmentRequestFields } from '../domain/selectors/resource-fields.ts';
import { readPage, type PageRequest } from './steps/read-page.ts';

/**
 * A page of enrollment requests in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listEnrollmentRequests(
  { database }: { database: Database },
  given: GivenSelectors,
  page: PageRequest,
): Promise<Page<EnrollmentRequest, string>> {
  const selectors = parseListSelectors(given, enrollmentRequestFields);
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const where = enrollmentRequestSelection(selectors);
    const { shown, next, remaining } = await readPage(selectors, page, {
      list: (range) => listRecords(tx, { where, ...range }),
      countAfter: (name) => countRowsAfter(tx, 'enrollmentRequests', name),
    });
    return { items: shown.map((request) => enrollmentRequestDocument(request, restore)), next, remaining };
  });
}
