import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isToBeDelivered, type DeliverablePosition } from '../../domain/recovery/delivery.ts';
import type { Gate } from '../../domain/recovery/gate.ts';
import { parsePosition, type DevicePosition } from '../../domain/recovery/position.ts';
import { deviceSchema } from '../../domain/resources/device.ts';
import { limits } from '../../domain/resources/limits.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { answerWith, standingHeaderNames } from '../../listener/answer-headers.ts';
import { pollErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import type { ReportOutcome } from '../../usecases/accept-reports.ts';
import { standingHeaders, unknownDevice } from '../device-answers.ts';
import type { Gateway } from '../gateway.ts';
import { renderedDocument } from '../rendered-document.ts';

const queryNames = { version: 'knownRenderedVersion', timeline: 'timeline', specHash: 'specHash' } as const;
const positionText = z.string().max(limits.positionTextLength).optional();

type KnownOutcome = Extract<ReportOutcome, { kind: 'known' }>;
/** End of a poll: with a spec, or with how the device stands by now. A restore leaves nothing of what the device said. */
type PollEnd =
  | { readonly kind: 'spec'; readonly server: DeliverablePosition; readonly restore: string }
  | { readonly kind: 'nothing'; readonly gate: Gate; readonly restore: string };

/**
 * `GET /devices/{name}/rendered`: a device's report and its wait for a new spec, in one. Without a spec to apply the answer
 * has no document: an agent that has restarted applies any document of its own version, and removes what is not in it.
 */
export function renderedRoute(gateway: Gateway) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/devices/:name/rendered',
      // A poll is a report, and a HEAD request must change nothing.
      exposeHeadRoute: false,
      schema: {
        operationId: 'getRenderedDevice',
        tags: ['agent'],
        summary: 'Report where the device is, and wait for a spec to apply.',
        params: z.object({ name: resourceNameSchema }),
        querystring: z.object({
          knownRenderedVersion: positionText.describe('The rendered version that the device has received.'),
          timeline: positionText.describe('The timeline of that version.'),
          specHash: positionText.describe('The SHA-256 of the spec that the device runs.'),
        }),
        response: {
          200: answerWith(
            deviceSchema,
            'A spec to apply: newer than what the device runs, and written by somebody.',
            standingHeaderNames,
          ),
          204: answerWith(
            z.null(),
            'Nothing to apply. While the gate is not open, the headers say why.',
            standingHeaderNames,
          ),
          ...pollErrors,
        },
      },
      async handler(request, reply) {
        const { name } = request.params;
        const { knownRenderedVersion, timeline, specHash } = request.query;
        const position = parsePosition({ version: knownRenderedVersion, timeline, specHash }, queryNames);
        const outcome = await gateway.reports.submit({ device: name, position });
        standingHeaders(reply, outcome);
        if (outcome.kind === 'unknown') throw unknownDevice(name);
        const { gate, server, restore } = outcome;
        if (isToBeDelivered(gate, server, position)) return await deliver(reply, name, server, restore);
        if (outcome.justJudged) return await reply.code(204).send(null);
        const end = await waitForNews(request, name, position, outcome);
        if (end.kind === 'spec') return await deliver(reply, name, end.server, end.restore);
        void reply.header('Muster-Gate', end.gate).header('Muster-Restore', end.restore);
        return await reply.code(204).send(null);
      },
    });
  };

  async function deliver(
    reply: FastifyReply,
    name: string,
    server: DeliverablePosition,
    restore: string,
  ): Promise<FastifyReply> {
    const text = await gateway.specs.text(server.specHash);
    // Nothing is delivered to a device that is anything else; a poll may have waited for that.
    void reply.header('Muster-Verdict', 'Behind').header('Muster-Gate', 'Open').header('Muster-Restore', restore);
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
      let { gate } = outcome;
      const end = (how: PollEnd) => {
        clearTimeout(timer);
        leave();
        request.socket.off('close', nothing);
        resolve(how);
      };
      const nothing = () => end({ kind: 'nothing', gate, restore: outcome.restore });
      const timer = setTimeout(nothing, gateway.context.config.pollTimeoutMs);
      const leave = gateway.waiting.add({
        device: name,
        kind: 'poll',
        restore: outcome.restore,
        onStanding(standing, restore) {
          const { server } = standing;
          ({ gate } = standing);
          if (isToBeDelivered(gate, server, position)) end({ kind: 'spec', server, restore });
        },
        onRestore: (restore) => end({ kind: 'nothing', gate: 'AwaitingReconnect', restore }),
        onStopping: nothing,
      });
      request.socket.once('close', nothing);
      // What was rendered between the report's commit and this moment told nobody.
      if (outcome.renderPending) gateway.waiting.lookAt([name]);
    });
  }
}
