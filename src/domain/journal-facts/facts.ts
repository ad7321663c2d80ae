import { z } from 'zod';
import type { JsonObject } from '../json.ts';
import type { ServerPosition } from '../recovery/position.ts';

/** Version of the form of segments. A reader passes over segments of a newer one. */
export const journalFormat = 1;

/** Longest line that is read. A longer one is passed over, as one that is torn. Bytes. */
export const maxLineBytes = 8 * 1_024 * 1_024;

const at = z.iso.datetime();
const version = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(253);
const document = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject);

/** First line of a segment. */
const headerSchema = z.object({
  fact: z.literal('header'),
  format: z.int().positive(),
  /** Version of the Muster that wrote it. */
  muster: z.string(),
  /** The first timeline of the database. A journal of another control plane has another one. */
  origin: z.uuid(),
  /** The process that wrote it. */
  instance: z.uuid(),
  at,
});
export type JournalHeader = z.infer<typeof headerSchema>;

/** A spec was rendered for a device. */
const renderedSchema = z.object({
  fact: z.literal('rendered'),
  at,
  device: name,
  timeline: z.uuid(),
  version,
  hash,
  /** The spec itself, the first time that a segment names its hash. */
  spec: document.optional(),
});
export type RenderedFact = z.infer<typeof renderedSchema>;

/** Kinds of documents that people leave. */
export const documentKinds = ['Device', 'Fleet', 'EnrollmentRequest'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** A person left a document, or deleted it. */
const wantedSchema = z.object({
  fact: z.literal('wanted'),
  at,
  kind: z.enum(documentKinds),
  name,
  /** Null where it was deleted. */
  document: document.nullable(),
  /** The originator, as events name it. */
  by: z.string().max(1_000),
  /** Time at which the resource was created: it tells a resource from a later one of the same name. */
  createdAt: at,
  /** Number of the edit: it only grows while the resource exists. */
  resourceVersion: z.int().positive(),
});
export type WantedFact = z.infer<typeof wantedSchema>;

/** A restore was declared. */
const restoreSchema = z.object({
  fact: z.literal('restore'),
  at,
  restore: z.uuid(),
  /** The one before; null for the first. */
  previous: z.uuid().nullable(),
});

/** A rendered spec, in a snapshot, which names each of them once. */
const specSchema = z.object({ fact: z.literal('spec'), at, hash, spec: document });

/** Last line of a snapshot: positions and documents of everything stand before it. Without it the snapshot is not whole. */
const snapshotSchema = z.object({ fact: z.literal('snapshot'), at });

/** Last line of a segment whose process ended as it should, or went on in another segment. */
const endSchema = z.object({ fact: z.literal('end'), at });

const factSchema = z.discriminatedUnion('fact', [
  headerSchema,
  renderedSchema,
  wantedSchema,
  restoreSchema,
  specSchema,
  snapshotSchema,
  endSchema,
]);

/** One line of the journal. */
export type JournalFact = z.infer<typeof factSchema>;

/** Reads a line. @returns undefined for one that is torn, or that says nothing that this program knows */
export function parseFact(line: string): JournalFact | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = factSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** A rendered position of a device, as the journal keeps it. */
export type RenderedPosition = {
  readonly device: string;
  readonly server: ServerPosition;
  readonly spec: JsonObject;
};
