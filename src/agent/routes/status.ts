import { z } from 'zod';
import { annotationKeys } from '../../domain/devices/device-document.ts';
import type { JsonObject } from '../../domain/json.ts';
import { parsePosition, parseRenderedVersion, type DevicePosition } from '../../domain/recovery/position.ts';
import { deviceSchema, deviceStatusRequestSchema } from '../../domain/resources/device.ts';
import type { ReportedDeviceStatus } from '../../domain/resources/device-status.ts';
import { limits } from '../../domain/resources/limits.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { patchRequestSchema } from '../../domain/resources/patch-request.ts';
import { storableObject } from '../../domain/resources/storable.ts';
import { statusAnswer } from '../../domain/devices/status-answer.ts';
import { answerWith, standingHeaderNames } from '../../listener/answer-headers.ts';
import { deviceErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { patchedStatus, saysPosition } from '../../usecases/patch-reported-status.ts';
import { standingHeaders, unknownDevice } from '../device-answers.ts';
import type { Gateway } from '../gateway.ts';
import type { Report } from '../../usecases/steps/report-batch.ts';

const versionPlace = 'status.config.renderedVersion';
const params = z.object({ name: resourceNameSchema });
const answered = answerWith(
  deviceSchema,
  'The device by its name, with annotations that say how it stands: no spec, so nothing to apply, and no status.',
  standingHeaderNames,
);

/**
 * `PUT` and `PATCH /devices/{name}/status`: what a device says of itself, the position that it has applied included. That
 * pauses a device in conflict. It opens no gate: only a poll says what the device has received.
 */
export function statusRoutes(gateway: Gateway) {
  return async (app: Listener) => {
    app.route({
      method: 'PUT',
      url: '/devices/:name/status',
      bodyLimit: limits.statusBytes,
      schema: {
        operationId: 'replaceDeviceStatus',
        tags: ['agent'],
        summary: 'Report the status of the device.',
        params,
        body: deviceStatusRequestSchema,
        response: { 200: answered, ...deviceErrors },
      },
      async handler(request, reply) {
        const { name } = request.params;
        const { status, metadata, spec } = request.body;
        const annotations = metadata.annotations ?? {};
        const position = positionOf(status, annotations);
        const applied = appliedIn(status);
        const { outcome, document } = await accept({
          device: name,
          position,
          applied,
          status: storableObject(status),
          ...ownSpec(spec),
        });
        standingHeaders(reply, outcome);
        return document;
      },
    });

    app.route({
      method: 'PATCH',
      url: '/devices/:name/status',
      bodyLimit: limits.statusBytes,
      schema: {
        operationId: 'patchDeviceStatus',
        tags: ['agent'],
        summary: 'Report a change of the status of the device.',
        consumes: ['application/json-patch+json'],
        params,
        body: patchRequestSchema,
        response: { 200: answered, ...deviceErrors },
      },
      async handler(request, reply) {
        const { name } = request.params;
        const status = await patchedStatus(gateway.context, name, request.body);
        if (status === undefined) throw await unknown(name);
        const said = saysPosition(request.body);
        const position = said ? positionOf(status, {}) : null;
        const applied = said ? appliedIn(status) : null;
        const { outcome, document } = await accept({ device: name, position, applied, status: storableObject(status) });
        standingHeaders(reply, outcome);
        return document;
      },
    });
  };

  async function accept(report: Report) {
    const outcome = await gateway.reports.submit({ ...report, appliedOnly: true });
    if (outcome.kind === 'unknown') throw unknownDevice(report.device);
    return { outcome, document: statusAnswer(report.device, outcome) };
  }

  /** A device that nobody knows is noted although its patch cannot be applied to anything. */
  async function unknown(name: string) {
    await gateway.reports.submit({ device: name, position: null });
    return unknownDevice(name);
  }
}

function positionOf(status: ReportedDeviceStatus, annotations: Readonly<Record<string, string>>): DevicePosition {
  const said = {
    version: status.config?.renderedVersion,
    timeline: annotations[annotationKeys.timeline],
    specHash: annotations[annotationKeys.renderedSpecHash],
  };
  return parsePosition(said, {
    version: versionPlace,
    timeline: `metadata.annotations["${annotationKeys.timeline}"]`,
    specHash: `metadata.annotations["${annotationKeys.renderedSpecHash}"]`,
  });
}

/** The applied version of a status; null where it states none. */
function appliedIn({ config }: ReportedDeviceStatus): number | null {
  const version = config?.renderedVersion;
  return version === undefined ? null : parseRenderedVersion(version, versionPlace);
}

const anyObject = z.record(z.string(), z.unknown());

/** A device may tell which spec it runs beside its status. */
function ownSpec(spec: unknown): { spec: JsonObject } | Record<string, never> {
  const parsed = anyObject.safeParse(spec);
  return parsed.success && Object.keys(parsed.data).length > 0 ? { spec: storableObject(parsed.data) } : {};
}
