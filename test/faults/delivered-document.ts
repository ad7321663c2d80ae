import { z } from 'zod';
import { contentHash } from './content-hash.ts';
import type { Delivered } from './history.ts';

/** A document as far as it matters here. */
const documentSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.record(z.string(), z.unknown()).optional(),
});

/** Reads what was delivered with a document, without the code of the simulator; null if it is none. */
export function deliveredIn(document: unknown): Delivered | null {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return null;
  const { metadata, spec = {} } = parsed.data;
  const annotations = metadata.annotations ?? {};
  return {
    version: Number(annotations['device-controller/renderedVersion'] ?? Number.NaN),
    timeline: annotations['muster/timeline'] ?? null,
    hash: annotations['device-controller/renderedSpecHash'] ?? null,
    contentHash: contentHash(spec),
    restore: annotations['muster/restore'] ?? null,
  };
}

/** The same of the text of an answer. */
export function deliveredInText(text: string): Delivered | null {
  try {
    return deliveredIn(JSON.parse(text));
  } catch {
    return null;
  }
}
