import type { Database } from '../db/client.ts';
import { listSigningRequests as listRecords, signingRequestSelection } from '../db/signing-request-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { countRowsAfter } from '../db/rows-after.ts';
import { signingRequestDocument } from '../domain/certificates/signing-request.ts';
import type { Page } from '../domain/page.ts';
import type { CertificateSigningRequest } from '../domain/resources/certificate-signing-request.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { signingRequestFields } from '../domain/selectors/resource-fields.ts';
import { readPage, type PageRequest } from './steps/read-page.ts';

/**
 * A page of certificate signing requests in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listSigningRequests(
  { database }: { database: Database },
  given: GivenSelectors,
  page: PageRequest,
): Promise<Page<CertificateSigningRequest, string>> {
  const selectors = parseListSelectors(given, signingRequestFields);
  return await database.transact(async (tx) => {
    await openSnapshot(tx);
    const where = signingRequestSelection(selectors);
    const { shown, next, remaining } = await readPage(selectors, page, {
      list: (range) => listRecords(tx, { where, ...range }),
      countAfter: (name) => countRowsAfter(tx, 'certificateSigningRequests', name),
    });
    return { items: shown.map(signingRequestDocument), next, remaining };
  });
}
