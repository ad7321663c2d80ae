import { statusSchema } from '../domain/resources/status.ts';

const answer = (description: string) => statusSchema.describe(description);

/** Error answers that any call of the admin API may give. */
export const apiErrors = {
  400: answer('The request is malformed; nothing was changed.'),
  401: answer('Who calls is not known.'),
  403: answer('Who calls may not do this.'),
  404: answer('There is no such resource.'),
  409: answer('The resource has changed, or exists already.'),
  429: answer('Too many requests.'),
  503: answer('Try again later: Retry-After says when.'),
} as const;

/** Error answers that any call of a device may get. */
export const deviceErrors = apiErrors;
