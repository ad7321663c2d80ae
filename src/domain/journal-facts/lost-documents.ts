import type { WantedFact } from './facts.ts';

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
