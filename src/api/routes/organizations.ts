import { z } from 'zod';
import { apiVersionSchema } from '../../domain/resources/api-version.ts';
import { organizationId } from '../../domain/organization.ts';
import { listMetaSchema } from '../../domain/resources/list-meta.ts';
import { objectMetaSchema } from '../../domain/resources/object-meta.ts';
import type { FieldCatalogue } from '../../domain/selectors/field-catalogue.ts';
import { parseFieldSelector } from '../../domain/selectors/field-selector.ts';
import { matchesFields } from '../../domain/selectors/matches-fields.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { selectorQuery } from '../query.ts';

const organizationSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('Organization'),
    metadata: objectMetaSchema,
    spec: z.looseObject({ displayName: z.string().optional(), externalId: z.string().optional() }).optional(),
  })
  .meta({ id: 'Organization', description: 'An organization that resources belong to.' });

const organizationListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('OrganizationList'),
    metadata: listMetaSchema,
    items: z.array(organizationSchema),
  })
  .meta({ id: 'OrganizationList', description: 'Organizations.' });

const organizationFields = { 'metadata.name': { type: 'text' } } as const satisfies FieldCatalogue;

const defaultOrganization = {
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Organization',
  metadata: { name: organizationId },
  spec: { displayName: 'Default', externalId: 'default' },
} as const;

/** Organizations: one, for clients that ask. */
export function organizationRoutes() {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/organizations',
      config: { access: 'known' },
      schema: {
        operationId: 'listOrganizations',
        tags: ['organization'],
        summary: 'List organizations.',
        querystring: selectorQuery.pick({ fieldSelector: true }),
        response: { 200: organizationListSchema, ...apiErrors },
      },
      async handler({ query }) {
        const selector = parseFieldSelector(query.fieldSelector ?? '', organizationFields);
        const values = { 'metadata.name': defaultOrganization.metadata.name };
        const matches = matchesFields(selector, values, organizationFields);
        const list = { apiVersion: 'flightctl.io/v1beta1', kind: 'OrganizationList', metadata: {} } as const;
        return { ...list, items: matches ? [defaultOrganization] : [] };
      },
    });
  };
}
