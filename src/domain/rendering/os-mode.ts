import { z } from 'zod';
import type { JsonObject } from '../json.ts';

const reportedMode = z.object({ capabilities: z.object({ osMode: z.string() }) });

/** The OS mode that a device reported: `image` or `package`; undefined if it reported none. */
export function reportedOsMode(status: JsonObject | null): string | undefined {
  return reportedMode.safeParse(status).data?.capabilities.osMode;
}

const osTarget = z.object({ image: z.string().min(1) }).or(z.object({ catalogItemRef: z.looseObject({}) }));

/** The part of a spec that names an OS to boot; undefined if it names none. */
export function osTargetOf(spec: JsonObject): JsonObject | undefined {
  const { os } = spec;
  return osTarget.safeParse(os).success ? (os as JsonObject) : undefined;
}

/** Says why a device in package mode is sent no OS image: it would mark that version as failed for good. */
export function osNeedsImageMode(device: string): string {
  return `device ${device} reports osMode package, so it cannot boot an OS image`;
}
