/** The one organization that everything belongs to, under the id that Flight Control gives its default. */
export const organizationId = '00000000-0000-0000-0000-000000000000';
