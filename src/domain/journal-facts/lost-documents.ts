import type { JsonObject } from '../json.ts';
import type { LostDocument } from '../resources/lost-document.ts';
import type { DocumentKind, WantedFact } from './facts.ts';

/** Place of an edit among all edits of the resources of one name. */
export type EditNumber = {
  /** Time at which the resource was created. */
  readonly createdAt: Date;
  readonly resourceVersion: number;
};

/**
 * True if a document is newer than what the database has of the resource. Pure.
 *
 * @param restored undefined where the database does not have the resource
 */
export function isLostDocument(restored: EditNumber | undefined, fact: WantedFact): boolean {
  if (restored === undefined) return true;
  const createdAt = Date.parse(fact.createdAt);
  if (createdAt !== restored.createdAt.getTime()) return createdAt > restored.createdAt.getTime();
  return fact.resourceVersion > restored.resourceVersion;
}

/** A lost edit as it is stored, and what the database says of its resource. */
export type LostEdit = {
  readonly kind: DocumentKind;
  readonly name: string;
  /** Null where the resource was deleted. */
  readonly document: JsonObject | null;
  readonly by: string;
  readonly at: Date;
  readonly replayedAt: Date | null;
  readonly replayedBy: string | null;
  /** The restored database had a resource of that name. */
  readonly existed: boolean;
};

/** A lost edit as the API shows it. */
export function lostDocument({ kind, name, by, at, replayedAt, replayedBy, ...edit }: LostEdit): LostDocument {
  return {
    kind,
    name,
    change: changeOf(edit),
    by,
    at: at.toISOString(),
    replayedAt: replayedAt?.toISOString() ?? null,
    replayedBy,
  };
}

function changeOf({ document, existed }: Pick<LostEdit, 'document' | 'existed'>): LostDocument['change'] {
  if (document === null) return 'Deleted';
  return existed ? 'Edited' : 'Created';
}
