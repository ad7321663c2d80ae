import { z } from 'zod';
import type { Context } from '../../context.ts';
import { badRequest } from '../../domain/errors.ts';
import { restoreReportSchema } from '../../domain/resources/restore-report.ts';
import { restoreListSchema, restoreRequestSchema, restoreSchema } from '../../domain/resources/restore.ts';
import { restoreReportMarkdown } from '../../domain/recovery/restore-report-markdown.ts';
import { declareRestore } from '../../usecases/declare-restore.ts';
import { readRestore, readRestores, reportRestore } from '../../usecases/read-restores.ts';
import { watchRestore } from '../../usecases/watch-restore.ts';
import { noteAction } from '../action-log.ts';
import { originOf } from '../actor.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, pageTokens } from '../paging.ts';
import { EventStream } from '../event-stream.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';

/** Names a restore in a path. */
export const restoreParams = z.object({
  name: z.union([z.literal('current'), z.uuid()], { error: 'expected the id of a restore, or current' }),
});
const tags = ['restore'];
/** A declaration: a reason, and which backup. */
const maxDeclarationBytes = 64 * 1024;
/** Interval at which a watched restore is read; changes are sent at most as often. */
const watchEveryMs = 1_000;

/** The bulk reset that a restore tool calls, and how the muster goes on. */
export function restoreRoutes(context: Context) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);
    const streams = new Set<EventStream>();
    app.addHook('preClose', async () => {
      for (const stream of streams) stream.end();
    });

    app.route({
      method: 'POST',
      url: '/restores',
      bodyLimit: maxDeclarationBytes,
      config: { access: 'restores.declare' },
      schema: {
        operationId: 'declareRestore',
        tags,
        summary: 'Declare that the database now holds a backup: every device must answer before anything changes.',
        headers: z.object({
          'idempotency-key': z.string().min(1).max(256).optional().describe('The same key answers the same restore.'),
        }),
        body: restoreRequestSchema.nullish(),
        response: {
          200: restoreSchema.describe('The key was used before, for this restore.'),
          201: restoreSchema.describe('Declared.'),
          ...apiErrors,
        },
      },
      async handler(request, reply) {
        const { restore, created } = await declareRestore(context, {
          ...request.body,
          idempotencyKey: request.headers['idempotency-key'],
          by: originOf(request),
        });
        noteAction(request, { restore: restore.id, reason: request.body?.reason });
        return await reply.code(created ? 201 : 200).send(await readRestore(context, restore.id));
      },
    });

    app.route({
      method: 'GET',
      url: '/restores',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'listRestores',
        tags,
        summary: 'List restores, newest first.',
        querystring: pageQuery,
        response: { 200: restoreListSchema, ...apiErrors },
      },
      async handler({ query }) {
        const list = { apiVersion: 'muster/v1', kind: 'RestoreList' } as const;
        const tokens = pageTokens('restores', restoreKeySchema);
        return await pageOf(list, { query, tokens }, (page) => readRestores(context, page));
      },
    });

    app.route({
      method: 'GET',
      url: '/restores/:name',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'getRestore',
        tags,
        summary: 'Get a restore, or the current one.',
        params: restoreParams,
        response: { 200: restoreSchema, ...apiErrors },
      },
      handler: (request) => readRestore(context, request.params.name),
    });

    app.route({
      method: 'GET',
      url: '/restores/:name/watch',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'watchRestore',
        tags,
        summary:
          'Follow a restore as server-sent events: the Restore on each change, until it is settled or superseded.',
        params: restoreParams,
        response: {
          200: {
            description: 'A stream of events named `restore`.',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...apiErrors,
        },
      },
      async handler(request, reply) {
        // Whatever is wrong with the request is said before the stream begins.
        const first = await readRestore(context, request.params.name);
        const stream = new EventStream(request, reply);
        streams.add(stream);
        try {
          await watchRestore(context, first, {
            everyMs: watchEveryMs,
            closed: stream.closed,
            onChange: (restore) => stream.send('restore', restore),
          });
        } catch (error) {
          context.log.warn(
            { error: String(error) },
            'a restore can be followed no longer; its client has to come again',
          );
        } finally {
          stream.end();
          streams.delete(stream);
        }
      },
    });

    app.route({
      method: 'GET',
      url: '/restores/:name/report',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'reportRestore',
        tags,
        summary: 'The record of a recovery, as JSON or, by Accept, as Markdown.',
        params: restoreParams,
        response: {
          200: {
            description: 'The record.',
            content: { 'application/json': { schema: restoreReportSchema }, 'text/markdown': { schema: z.string() } },
          },
          ...apiErrors,
        },
      },
      async handler(request, reply) {
        const report = await reportRestore(context, request.params.name);
        if (!prefersMarkdown(request.headers.accept)) return report;
        void reply.type('text/markdown; charset=utf-8').serializer(String);
        return await reply.send(restoreReportMarkdown(report) as never);
      },
    });
  };
}

const restoreKeySchema = z.object({ sequence: z.int().positive() });

/** Tells if the caller asks for Markdown before JSON. @throws MusterError 400 for an Accept that is not a list of types */
function prefersMarkdown(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  if (accept.length > 1_000) throw badRequest('Accept: expected at most 1,000 characters');
  const types = accept.split(',').map((part) => part.split(';')[0]?.trim());
  const markdown = types.indexOf('text/markdown');
  const json = types.findIndex((type) => type === 'application/json' || type === '*/*' || type === 'application/*');
  return markdown !== -1 && (json === -1 || markdown < json);
}
