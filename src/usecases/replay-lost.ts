import { insertEnrollmentRequest, lockEnrollmentRequest, saveApproval } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import {
  listLostDocuments,
  markReplayed,
  returnToLostPosition,
  type LostDocumentRow,
  type LostKey,
  type LostName,
} from '../db/lost-store.ts';
import type { DocumentKind } from '../domain/journal-facts/facts.ts';
import { desiredDevice, assertCreatable } from '../domain/devices/device-edit.ts';
import { badRequest, MusterError, notFound } from '../domain/errors.ts';
import type { Origin } from '../domain/event.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { JsonObject } from '../domain/json.ts';
import { cutPage } from '../domain/page.ts';
import { deviceRequestSchema } from '../domain/resources/device.ts';
import { enrollmentRequestSchema } from '../domain/resources/enrollment-request.ts';
import { fleetRequestSchema } from '../domain/resources/fleet.ts';
import { maxReplayed, type ReplayedItem } from '../domain/resources/lost-document.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import type { z } from 'zod';
import { deleteDevice } from './delete-device.ts';
import { deleteFleet } from './delete-fleet.ts';
import { documentOf } from './read-device.ts';
import { requireRestore } from './read-restores.ts';
import { replaceDevice } from './replace-device.ts';
import { replaceFleet } from './replace-fleet.ts';
import type { DeviceEditDeps } from './steps/edit-device.ts';
import { enterDevice } from './steps/enter-device.ts';
import { inRestore, viewAt } from './steps/in-restore.ts';

/** Lost edits to put back, and why. */
export type Replay = {
  /** The restore, by its id or `current`. */
  readonly restore: string;
  /** The resources; undefined for all that were not put back. */
  readonly names: readonly LostName[] | undefined;
  /** Key after which to go on with all. */
  readonly after?: LostKey | undefined;
  readonly dryRun?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly by: Origin;
  /** @throws MusterError 403 if the caller may not do this to resources of a kind */
  readonly assertMay: (kind: DocumentKind, change: 'edit' | 'delete') => void;
};

/**
 * Puts lost edits back as ordinary edits of the person who asks for it, one after another. A device that the database does not know
 * comes back awaited, with the position that the journal has for it. Nothing is put back by itself.
 *
 * @throws MusterError 404 if there is no such restore, or no such lost edit; 403 if the caller may not do one of the edits
 */
export async function replayLost(
  deps: DeviceEditDeps,
  replay: Replay,
): Promise<{ items: ReplayedItem[]; next: LostKey | undefined }> {
  const { pool } = deps.database;
  const { id } = await requireRestore(pool, replay.restore);
  const { names, after } = replay;
  const limit = maxReplayed + 1;
  const rows = await listLostDocuments(pool, id, { names, pending: names === undefined, after, limit });
  const { shown, next } = cutPage(rows, maxReplayed, ({ key }) => key);
  assertAllFound(names ?? [], shown);
  for (const { kind, document } of shown) replay.assertMay(kind, document === null ? 'delete' : 'edit');
  const items: ReplayedItem[] = [];
  for (const row of shown) items.push(await replayOne(deps, id, row, replay));
  return { items, next };
}

function assertAllFound(names: readonly LostName[], found: readonly LostDocumentRow[]): void {
  const known = new Set(found.map(({ kind, name }) => `${kind}/${name}`));
  const missing = names.find(({ kind, name }) => !known.has(`${kind}/${name}`));
  if (missing !== undefined) throw notFound(`${missing.kind} ${missing.name} has no lost edit in this restore`);
}

async function replayOne(
  deps: DeviceEditDeps,
  restore: string,
  row: LostDocumentRow,
  { names, dryRun, reason, by }: Replay,
): Promise<ReplayedItem> {
  const { kind, name, document } = row;
  if (row.replayedAt !== null) return { kind, name, outcome: 'Skipped', message: 'it was put back before' };
  if (names === undefined && row.editedSince) {
    const message = 'the resource was edited since the restore: name it to put the lost edit back all the same';
    return { kind, name, outcome: 'Skipped', message };
  }
  try {
    const act = document === null ? deletion(deps, row, by) : edit(deps, restore, { ...row, document }, by);
    if (dryRun === true) return { kind, name, outcome: 'Replayed' };
    await act();
  } catch (error) {
    if (!(error instanceof MusterError) || error.status >= 500) throw error;
    return { kind, name, outcome: 'Refused', message: error.message };
  }
  await inRestore(deps, async (tx, at) => {
    await markReplayed(tx, restore, row, { by: by.actor, now: at.now });
    const because = reason === undefined ? '' : `: ${reason}`;
    const first = `of ${row.by} at ${row.at.toISOString()}`;
    const message = `The lost ${document === null ? 'deletion' : 'edit'} ${first} was put back${because}`;
    const details = {
      detailType: 'MusterReplay',
      restore,
      by: row.by,
      at: row.at.toISOString(),
      reason: reason ?? null,
    };
    await appendEvents(
      tx,
      [{ type: 'Normal', reason: 'LostEditReplayed', involved: { kind, name }, message, details, by }],
      at,
    );
  });
  return { kind, name, outcome: 'Replayed' };
}

type Act = () => Promise<unknown>;

function deletion(deps: DeviceEditDeps, { kind, name }: LostDocumentRow, by: Origin): Act {
  switch (kind) {
    case 'Device':
      return () => deleteDevice(deps, { name, by });
    case 'Fleet':
      return () => deleteFleet(deps, { name, by });
    case 'EnrollmentRequest':
      // It goes with its device.
      return async () => undefined;
    default:
      return kind satisfies never;
  }
}

/** @throws MusterError 400 if the document is none that this program accepts */
function edit(
  deps: DeviceEditDeps,
  restore: string,
  { kind, name, document, exists }: LostDocumentRow & { readonly document: JsonObject },
  by: Origin,
): Act {
  switch (kind) {
    case 'Device': {
      const request = parsed(deviceRequestSchema, document);
      if (exists) return () => replaceDevice(deps, { name, request, by });
      return () => bringBack(deps, restore, { name, request, by });
    }
    case 'Fleet': {
      const request = parsed(fleetRequestSchema, document);
      return () => replaceFleet(deps, { name, request, by });
    }
    case 'EnrollmentRequest': {
      const request = parsed(enrollmentRequestSchema, document);
      return () => approveAgain(deps, { name, request });
    }
    default:
      return kind satisfies never;
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, document: JsonObject): z.output<Schema> {
  const result = schema.safeParse(document);
  if (!result.success) throw badRequest(describeProblems(result.error, 'the lost document'));
  return result.data;
}

/** Creates a device that the database does not know: awaited, with the position that was rendered for it last. */
async function bringBack(
  deps: DeviceEditDeps,
  lostIn: string,
  { name, request, by }: { name: string; request: z.output<typeof deviceRequestSchema>; by: Origin },
): Promise<void> {
  const desired = desiredDevice(request);
  assertCreatable(desired);
  const document = await inRestore(deps, async (tx, { restore, now }) => {
    const at = { restore, now, by, templates: deps.templates };
    const entered = await enterDevice(tx, { ...desired, name, lifecycle: null, awaited: true }, at);
    if (entered) await returnToLostPosition(tx, lostIn, name);
    return await documentOf(tx, name, viewAt(deps, restore, now));
  });
  deps.journal.wanted(wantedDocument(document, by));
}

/** Puts an approved enrollment request back with its answer and its certificate. */
async function approveAgain(
  deps: DeviceEditDeps,
  { name, request }: { name: string; request: z.output<typeof enrollmentRequestSchema> },
): Promise<void> {
  const { metadata, spec, status } = request;
  const approval = status?.approval;
  if (approval === undefined) throw badRequest(`enrollment request ${name}: expected an answer in its status`);
  const certificate = status?.certificate ?? null;
  await inRestore(deps, async (tx, { restore, now }) => {
    const known = await lockEnrollmentRequest(tx, name);
    if (known !== undefined) return await saveApproval(tx, name, approval, certificate);
    const { labels = {}, annotations } = metadata;
    const record = { name, labels, annotations: annotations ?? {}, spec, approval, certificate };
    await insertEnrollmentRequest(tx, { ...record, resourceVersion: 1, createdAt: now, restore });
  });
}
