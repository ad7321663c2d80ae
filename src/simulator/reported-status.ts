import { createHash } from 'node:crypto';
import { z } from 'zod';
import { annotationKeys } from '../domain/device-document.ts';
import type { JsonObject } from '../domain/json.ts';
import type { DevicePosition } from '../domain/position.ts';

const knownParts = z.looseObject({
  os: z.looseObject({ image: z.string() }).optional().catch(undefined),
  applications: z
    .array(z.looseObject({ name: z.string() }))
    .optional()
    .catch(undefined),
});

/** A small status such as an agent reports: of a healthy device that runs what its spec says. */
export function reportedStatus(name: string, { version }: DevicePosition, spec: JsonObject): JsonObject {
  const { os, applications = [] } = knownParts.parse(spec);
  const image = os?.image ?? '';
  const started = createHash('sha256').update(name).digest('hex');
  return {
    systemInfo: {
      architecture: 'amd64',
      bootID: started.slice(0, 32),
      operatingSystem: 'linux',
      agentVersion: 'simulated',
    },
    applications: applications.map((application) => ({
      name: application.name,
      ready: '1/1',
      restarts: 0,
      status: 'Running',
      appType: 'container',
      embedded: false,
    })),
    applicationsSummary: { status: applications.length === 0 ? 'NoApplications' : 'Healthy' },
    resources: { cpu: 'Healthy', memory: 'Healthy', disk: 'Healthy' },
    integrity: { status: 'Verified' },
    config: { renderedVersion: String(version) },
    os: { image, imageDigest: image === '' ? '' : `sha256:${createHash('sha256').update(image).digest('hex')}` },
    updated: { status: 'UpToDate' },
    summary: { status: 'Online' },
    lifecycle: { status: 'Enrolled' },
  };
}

/** The body of a status update over HTTP: where the device is goes into annotations, the spec along if it is owed. */
export function statusUpdate(
  name: string,
  position: DevicePosition,
  spec: JsonObject,
  { withSpec }: { withSpec: boolean },
): JsonObject {
  const { timeline, specHash } = position;
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: {
      name,
      annotations: {
        ...(timeline === null ? {} : { [annotationKeys.timeline]: timeline }),
        ...(specHash === null ? {} : { [annotationKeys.renderedSpecHash]: specHash }),
      },
    },
    ...(withSpec ? { spec } : {}),
    status: reportedStatus(name, position, spec),
  };
}
