import { z } from 'zod';
import type { Context } from '../../context.ts';
import { assertPermitted } from '../../domain/access/principal.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import type { DocumentKind } from '../../domain/journal-facts/facts.ts';
import {
  lostDocumentKindSchema,
  lostDocumentListSchema,
  replayRequestSchema,
  replayResultSchema,
} from '../../domain/resources/lost-document.ts';
import { maskedKeys } from '../../domain/secrets/masked-keys.ts';
import { listLost } from '../../usecases/list-lost.ts';
import { replayLost } from '../../usecases/replay-lost.ts';
import { noteAction } from '../action-log.ts';
import { originOf, principalOf } from '../actor.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';
import { pageOf, pageQuery, pageTokens } from '../paging.ts';
import { restoreParams } from './restores.ts';

const tags = ['restore'];

/** Permissions that putting an edit back needs: those of the edit itself. */
const needed: Readonly<Record<DocumentKind, { readonly edit: Permission; readonly delete: Permission }>> = {
  Device: { edit: 'devices.edit', delete: 'devices.delete' },
  Fleet: { edit: 'fleets.edit', delete: 'fleets.edit' },
  EnrollmentRequest: { edit: 'enrollment.decide', delete: 'enrollment.edit' },
};

const lostKeySchema = z.object({ place: z.int(), name: z.string() });

/** Edits that the restored database does not know, as the journal has them. A person decides about them. */
export function lostDocumentRoutes(context: Context) {
  const isMasked = maskedKeys(context.config.maskKeys);
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'GET',
      url: '/restores/:name/lost',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'listLostDocuments',
        tags,
        summary: 'List edits that the restored database does not know, as the journal has them.',
        params: restoreParams,
        querystring: pageQuery.extend({
          kind: lostDocumentKindSchema.optional().describe('Only those of resources of this kind.'),
          diff: z.enum(['true', 'false']).optional().describe('Compare each with the resource as it is.'),
        }),
        response: { 200: lostDocumentListSchema, ...apiErrors },
      },
      async handler({ query, params }) {
        const list = { apiVersion: 'muster/v1', kind: 'LostDocumentList' } as const;
        const tokens = pageTokens(`lost ${query.kind ?? ''}`, lostKeySchema);
        return await pageOf(list, { query, tokens }, (page) =>
          listLost({ ...context, isMasked }, params.name, { ...page, kind: query.kind, diff: query.diff === 'true' }),
        );
      },
    });

    app.route({
      method: 'POST',
      url: '/restores/:name/replay',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'replayLostDocuments',
        tags,
        summary: 'Put lost edits back, as edits of the caller, who needs the permissions of the edits.',
        params: restoreParams,
        body: replayRequestSchema,
        response: { 200: replayResultSchema, ...apiErrors },
      },
      async handler(request) {
        const { body, params } = request;
        const tokens = pageTokens('replay', lostKeySchema);
        const isOfAll = !('items' in body);
        const { items, next } = await replayLost(context, {
          restore: params.name,
          names: isOfAll ? undefined : body.items,
          after: isOfAll ? tokens.read({ continue: body.continue }).after : undefined,
          dryRun: body.dryRun,
          reason: body.reason,
          by: originOf(request),
          assertMay: (kind, change) => assertPermitted(principalOf(request), needed[kind][change]),
        });
        const replayed = items.filter(({ outcome }) => outcome === 'Replayed').length;
        noteAction(request, { restore: params.name, edits: replayed, dryRun: body.dryRun, reason: body.reason });
        return { replayed, items, ...(next !== undefined && { continue: tokens.write(next) }) };
      },
    });
  };
}
