import type { Database } from '../db/client.ts';
import {
  countSigningRequestsAfter,
  listSigningRequests as listRecords,
  signingRequestSelection,
} from '../db/signing-request-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { signingRequestDocument } from '../domain/certificates/signing-request.ts';
import { cutPage, type Page } from '../domain/page.ts';
import type { CertificateSigningRequest } from '../domain/resources/certificate-signing-request.ts';
import { parseListSelectors, selectsEverything, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { signingRequestFields } from '../domain/selectors/resource-fields.ts';

/**
 * A page of certificate signing requests in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listSigningRequests(
  { database }: { database: Database },
  given: GivenSelectors,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Page<CertificateSigningRequest, string>> {
  const selectors = parseListSelectors(given, signingRequestFields);
  return await database.transact(async (tx) => {
    await openSnapshot(tx);
    const found = await listRecords(tx, { where: signingRequestSelection(selectors), after, limit: limit + 1 });
    const { shown, next } = cutPage(found, limit, ({ name }) => name);
    const counts = next !== undefined && selectsEverything(selectors);
    const remaining = counts ? await countSigningRequestsAfter(tx, next) : undefined;
    return { items: shown.map(signingRequestDocument), next, remaining };
  });
}
