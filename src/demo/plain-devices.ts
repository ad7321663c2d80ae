import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { annotationKeys } from '../domain/devices/device-document.ts';
import type { DeviceBody } from '../client/api-client.ts';
import type { Stage } from './stage.ts';

/** Devices with unmodified agents: they state the number of their version and nothing else, and never send their spec. */
export const plainDevices = {
  /** Registered after the backup. */
  registered: ['plain-1', 'plain-2', 'plain-3'],
  /** In the backup, and edited after it. */
  edited: ['plain-4', 'plain-5'],
  /** In the backup, and deleted after it. */
  deleted: 'plain-6',
} as const;

/** Those that the backup knows. */
export const plainInBackup: readonly string[] = [...plainDevices.edited, plainDevices.deleted];

/** Those that come back after the restore. */
export const plainReturning: readonly string[] = [...plainDevices.registered, ...plainDevices.edited];

export function plainImage(tag: number): string {
  return `quay.io/acme/plain-os:${tag}`;
}

/** A plain device as a person writes it. */
export function plainRequest(name: string, tag: number): DeviceBody {
  const spec = { os: { image: plainImage(tag) } };
  return { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name }, spec };
}

const renderedSchema = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()) }) });

/** Polls as an unmodified agent does. @returns the version that it is given; undefined if it is given none now */
export async function pollPlain({ service, signal }: Stage, name: string, runs: number): Promise<number | undefined> {
  const url = `${service.agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${runs}`;
  const response = await fetch(url, { signal });
  const text = await response.text();
  if (response.status !== 200) return undefined;
  const { metadata } = renderedSchema.parse(JSON.parse(text));
  return Number(metadata.annotations[annotationKeys.renderedVersion]);
}

/** Polls until the device is given a version. */
export async function bringPlainTo(stage: Stage, name: string, version: number): Promise<void> {
  for (let runs = version - 1; runs < version; await sleep(20)) runs = (await pollPlain(stage, name, runs)) ?? runs;
  await tellPlain(stage, name, version);
}

/** Says which version a plain device runs, without waiting for another one. */
export async function tellPlain({ service, signal }: Stage, name: string, runs: number): Promise<void> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(tellingMs)]);
  const url = `${service.agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${runs}`;
  // The report is taken before the poll waits for news.
  await fetch(url, { signal: ended }).catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
}

/** A poll that waits for news is ended after this time. */
const tellingMs = 300;
