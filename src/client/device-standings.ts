import { z } from 'zod';
import { annotationKeys } from '../domain/devices/device-document.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';
import type { ApiClient } from './api-client.ts';
import { deviceKind } from '../cli/resources/device-kind.ts';
import { pagesOf, type ListQuery } from '../cli/resources/resource-kind.ts';

/** Where the server believes a device is. */
export type DeviceStanding = {
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

/** Where the server believes each of its devices is, page by page. */
export async function* standingsOfDevices(api: ApiClient, query: ListQuery = {}): AsyncGenerator<DeviceStanding[]> {
  for await (const { items } of pagesOf(deviceKind, api, query)) {
    yield items.map(({ document }) => readStanding(document));
  }
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
