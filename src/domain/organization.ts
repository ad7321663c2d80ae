import { badRequest, forbidden } from './errors.ts';

/** Id of the one organization that everything belongs to; the same as Flight Control's default. */
export const organizationId = '00000000-0000-0000-0000-000000000000';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Checks that a request names our organization or none.
 *
 * @param asked the organization that it names; blank if it names none
 * @throws MusterError 400 if that is not an id; 403 if it is the id of another organization
 */
export function assertOurOrganization(asked: string): void {
  if (asked === '' || asked === organizationId) return;
  if (!uuid.test(asked)) throw badRequest(`org_id: expected the id of an organization, such as ${organizationId}`);
  throw forbidden(`there is one organization here: expected org_id ${organizationId}, or none; found ${asked}`);
}
