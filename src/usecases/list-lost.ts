import { findDevice } from '../db/device-store.ts';
import type { Executor } from '../db/client.ts';
import { findFleet } from '../db/fleet-store.ts';
import { listLostDocuments, type LostDocumentRow, type LostKey } from '../db/lost-store.ts';
import type { DocumentKind } from '../domain/journal-facts/facts.ts';
import { lostDocument } from '../domain/journal-facts/lost-documents.ts';
import type { JsonObject } from '../domain/json.ts';
import { cutPage, type Page } from '../domain/page.ts';
import { readableSpec } from '../domain/rendering/readable-spec.ts';
import { specDifference } from '../domain/rendering/spec-difference.ts';
import type { LostDocument } from '../domain/resources/lost-document.ts';
import { storableObject } from '../domain/resources/storable.ts';
import type { MaskedKeys } from '../domain/secrets/masked-keys.ts';
import { requireRestore } from './read-restores.ts';
import type { RestoreDeps } from './steps/in-restore.ts';

type Deps = RestoreDeps & { readonly isMasked: MaskedKeys };

/**
 * A page of the lost edits of a restore, in the order in which they are put back.
 *
 * @param named the restore, by its id or `current`
 * @param diff compares each with the resource as it is now, secrets masked
 * @throws MusterError 404 if there is no such restore
 */
export async function listLost(
  { database, isMasked }: Deps,
  named: string,
  {
    kind,
    diff = false,
    ...page
  }: { kind?: DocumentKind | undefined; diff?: boolean | undefined; limit: number; after: LostKey | undefined },
): Promise<Page<LostDocument, LostKey>> {
  const { id } = await requireRestore(database.pool, named);
  const rows = await listLostDocuments(database.pool, id, { kind, after: page.after, limit: page.limit + 1 });
  const { shown, next } = cutPage(rows, page.limit, ({ key }) => key);
  const items: LostDocument[] = [];
  for (const row of shown) {
    const difference = diff ? { difference: await differenceOf(database.pool, row, isMasked) } : {};
    items.push({ ...lostDocument(row), ...difference });
  }
  return { items, next, remaining: undefined };
}

/** From what the resource says now to what it said before the loss, as text. */
async function differenceOf(db: Executor, row: LostDocumentRow, isMasked: MaskedKeys): Promise<string> {
  const lost = row.document === null ? {} : comparable(row.document);
  const now = await desiredNow(db, row);
  // A device that a fleet owns has a spec that is not its own.
  if (row.document !== null && row.document['spec'] === undefined) delete now['spec'];
  return specDifference(readableSpec(now), readableSpec(lost), isMasked, ['here now', 'lost edit']).text;
}

/** Labels and spec that a resource has now; empty if there is no such resource. */
async function desiredNow(db: Executor, { kind, name }: LostDocumentRow): Promise<Record<string, JsonObject>> {
  switch (kind) {
    case 'Device': {
      const device = await findDevice(db, name);
      return device === undefined ? {} : { labels: storableObject(device.labels), spec: device.spec };
    }
    case 'Fleet': {
      const fleet = await findFleet(db, name);
      return fleet === undefined ? {} : { labels: storableObject(fleet.labels), spec: fleet.spec };
    }
    case 'EnrollmentRequest':
      return {};
    default:
      return kind satisfies never;
  }
}

/** Labels and spec of a document. */
function comparable(document: JsonObject): JsonObject {
  const { metadata, spec } = document;
  const labels = typeof metadata === 'object' && metadata !== null && 'labels' in metadata ? metadata['labels'] : {};
  return { labels: labels ?? {}, ...(spec === undefined ? {} : { spec }) };
}
