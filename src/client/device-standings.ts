import { z } from 'zod';
import { annotationKeys } from '../domain/devices/device-document.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';
import { answerOf, type ApiClient } from './api-client.ts';
import { nextPage, pagesOf, type ListQuery } from './pages.ts';

/** Position and summary of a device, as the server believes them. */
type DeviceStanding = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly position: DevicePosition;
  /** As `status.summary.status`: `Online`, `AwaitingReconnect`, `ConflictPaused` and so on. */
  readonly summary: string;
};

const texts = z.record(z.string(), z.string()).default({});
const documentSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: texts, annotations: texts }),
  status: z.looseObject({ summary: z.looseObject({ status: z.string() }) }).optional(),
});

/** Reads the standings of all devices, page by page. */
export async function* standingsOfDevices(api: ApiClient, query: ListQuery = {}): AsyncGenerator<DeviceStanding[]> {
  const list = async (page: ListQuery) => {
    const { items, metadata } = await answerOf(api.GET('/api/v1/devices', { params: { query: page } }));
    return { items, next: nextPage({ metadata }) };
  };
  for await (const { items } of pagesOf(list, query)) yield items.map(readStanding);
}

function readStanding(document: unknown): DeviceStanding {
  const { metadata, status } = documentSchema.parse(document);
  const { name, labels, annotations } = metadata;
  return {
    name,
    labels,
    position: {
      version: Number(annotations[annotationKeys.renderedVersion] ?? 0),
      timeline: annotations[annotationKeys.timeline] ?? null,
      specHash: annotations[annotationKeys.renderedSpecHash] ?? null,
    },
    summary: status?.summary.status ?? 'Unknown',
  };
}
