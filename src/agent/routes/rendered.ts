import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isToBeDelivered } from '../../domain/delivery.ts';
import { parseRenderedVersion, parseSpecHash, parseTimeline, type DevicePosition } from '../../domain/position.ts';
import { deviceSchema } from '../../domain/resources/device.ts';
import { limits } from '../../domain/resources/limits.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { withheldDocument } from '../../domain/withheld-document.ts';
import { deviceErrors } from '../../http/error-responses.ts';
import type { Listener } from '../../http/listener.ts';
import type { ReportOutcome } from '../../usecases/accept-reports.ts';
import type { Standing } from '../../usecases/find-standings.ts';
import { readDevice } from '../../usecases/read-device.ts';
import { standingHeaders, unknownDevice } from '../device-answers.ts';
import type { Gateway } from '../gateway.ts';
import { renderedDocument } from '../rendered-document.ts';
import { ToldPauses } from '../told-pauses.ts';

const positionText = z.string().max(limits.positionTextLength).optional();

type KnownOutcome = Extract<ReportOutcome, { kind: 'known' }>;
/** How a poll ends: with a spec, with nothing new, or with a restore by which what the device said counts no more. */
type PollEnd =
  | { readonly kind: 'spec'; readonly standing: Standing; readonly restore: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'restore'; readonly restore: string };

/** `GET /devices/{name}/rendered`: a device's report and its wait for a new spec, in one. */
export function renderedRoute(gateway: Gateway) {
  const told = new ToldPauses();
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/devices/:name/rendered',
      schema: {
        operationId: 'getRenderedDevice',
        tags: ['agent'],
        summary: 'Report where the device is, and wait for a spec to apply.',
        params: z.object({ name: resourceNameSchema }),
        querystring: z.object({
          knownRenderedVersion: positionText.describe('The rendered version that the device runs.'),
          timeline: positionText.describe('The timeline of that version.'),
          specHash: positionText.describe('The SHA-256 of the spec that the device runs.'),
        }),
        response: { 200: deviceSchema, 204: z.null().describe('Nothing new.'), ...deviceErrors },
      },
      async handler(request, reply) {
        const { name } = request.params;
        const position: DevicePosition = {
          version: parseRenderedVersion(request.query.knownRenderedVersion, 'knownRenderedVersion'),
          timeline: parseTimeline(request.query.timeline, 'timeline'),
          specHash: parseSpecHash(request.query.specHash, 'specHash'),
        };
        const outcome = await gateway.reports.submit({ device: name, position });
        standingHeaders(reply, outcome);
        if (outcome.kind === 'unknown') throw unknownDevice(name);
        if (isToBeDelivered(outcome.gate, outcome.server, position))
          return await deliver(reply, name, outcome, outcome.restore);
        if (told.isNews(name, outcome)) {
          const document = await readDevice(gateway.context, name);
          return await reply.code(200).send(withheldDocument(document, position.version));
        }
        if (outcome.justJudged) return await reply.code(204).send(null);
        const end = await waitForNews(request, name, position, outcome);
        if (end.kind === 'spec') return await deliver(reply, name, end.standing, end.restore);
        if (end.kind === 'restore') {
          void reply.header('Muster-Gate', 'AwaitingReconnect').header('Muster-Restore', end.restore);
        }
        return await reply.code(204).send(null);
      },
    });
  };

  async function deliver(
    reply: FastifyReply,
    name: string,
    { server, gate }: Standing,
    restore: string,
  ): Promise<FastifyReply> {
    const text = await gateway.specs.text(server.specHash ?? '');
    void reply.header('Muster-Verdict', 'Behind').header('Muster-Gate', gate).header('Muster-Restore', restore);
    void reply.code(200).type('application/json; charset=utf-8').serializer(String);
    return await reply.send(renderedDocument(name, server, restore, text));
  }

  async function waitForNews(
    request: FastifyRequest,
    name: string,
    position: DevicePosition,
    outcome: KnownOutcome,
  ): Promise<PollEnd> {
    return await new Promise((resolve) => {
      const end = (how: PollEnd) => {
        clearTimeout(timer);
        leave();
        request.socket.off('close', nothing);
        resolve(how);
      };
      const nothing = () => end({ kind: 'nothing' });
      const timer = setTimeout(nothing, gateway.context.config.pollTimeoutMs);
      const leave = gateway.waiting.add({
        device: name,
        kind: 'poll',
        restore: outcome.restore,
        onStanding(standing, restore) {
          if (isToBeDelivered(standing.gate, standing.server, position)) end({ kind: 'spec', standing, restore });
        },
        onRestore: (restore) => end({ kind: 'restore', restore }),
        onStopping: nothing,
      });
      request.socket.once('close', nothing);
      // What was rendered between the report's commit and this moment told nobody.
      if (outcome.renderPending) gateway.waiting.lookAt([name]);
    });
  }
}
