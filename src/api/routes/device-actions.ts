import { z } from 'zod';
import type { Context } from '../../context.ts';
import {
  deviceAdoptRequestSchema,
  deviceAdoptResponseSchema,
  deviceResumeRequestSchema,
  deviceResumeResponseSchema,
} from '../../domain/resources/device-actions.ts';
import { deviceConflictSchema } from '../../domain/resources/device-conflict.ts';
import type { SomeDevices } from '../../db/resume-store.ts';
import { limits } from '../../domain/resources/limits.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { maskedKeys } from '../../domain/secrets/masked-keys.ts';
import { explainConflict } from '../../usecases/explain-conflict.ts';
import { adoptDevices, resumeDevices } from '../../usecases/resume-devices.ts';
import { noteAction, type ActionFacts } from '../action-log.ts';
import { originOf } from '../actor.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';

/** Both selectors at their longest, with every character escaped. */
const maxActionBytes = 1024 * 1024;

const listed = (names: readonly string[]): string[] => names.slice(0, limits.listedDeviceCount);

/** Devices to which nothing would be sent; no fields at all if there are none. */
function toldOf({ count, names }: SomeDevices) {
  return count === 0 ? {} : { devicesWithNothingToSend: count, nothingToSend: [...names] };
}

/** Decisions of a person about conflicted devices, and the facts to decide by. */
export function deviceActionRoutes(context: Context) {
  const explaining = { ...context, isMasked: maskedKeys(context.config.maskKeys) };
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'POST',
      url: '/deviceactions/resume',
      bodyLimit: maxActionBytes,
      config: { access: 'devices.decide' },
      schema: {
        operationId: 'resumeDevices',
        tags: ['deviceactions'],
        summary: 'Let the restored spec win over conflicted devices.',
        body: deviceResumeRequestSchema,
        response: { 200: deviceResumeResponseSchema, ...apiErrors },
      },
      async handler(request) {
        noteAction(request, optionsOf(request.body));
        const { count, names, nothingToSend } = await resumeDevices(context, {
          ...request.body,
          by: originOf(request),
        });
        noteAction(request, { devices: count });
        return { resumedDevices: count, devices: [...names], ...toldOf(nothingToSend) };
      },
    });

    app.route({
      method: 'POST',
      url: '/deviceactions/adopt',
      bodyLimit: maxActionBytes,
      config: { access: 'devices.decide' },
      schema: {
        operationId: 'adoptDevices',
        tags: ['deviceactions'],
        summary: 'Let the spec that conflicted devices run become the desired one.',
        body: deviceAdoptRequestSchema,
        response: { 200: deviceAdoptResponseSchema, ...apiErrors },
      },
      async handler(request) {
        noteAction(request, optionsOf(request.body));
        const { names, nothingToSend, withoutSpec } = await adoptDevices(context, {
          ...request.body,
          by: originOf(request),
        });
        noteAction(request, { devices: names.length });
        return {
          adoptedDevices: names.length,
          devices: listed(names),
          withoutSpec: listed(withoutSpec),
          ...toldOf({ count: nothingToSend.length, names: listed(nothingToSend) }),
        };
      },
    });

    app.route({
      method: 'GET',
      url: '/devices/:name/conflict',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'getDeviceConflict',
        tags: ['deviceactions'],
        summary: 'Why a device is paused, and what resuming it would change.',
        params: z.object({ name: resourceNameSchema }),
        response: { 200: deviceConflictSchema, ...apiErrors },
      },
      handler: (request) => explainConflict(explaining, request.params.name),
    });
  };
}

/** Options of an action, for its line of the log. */
function optionsOf({ labelSelector, fieldSelector, dryRun, reason }: ActionFacts): ActionFacts {
  return { labelSelector, fieldSelector, dryRun, reason };
}
