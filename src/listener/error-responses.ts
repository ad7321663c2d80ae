import { statusSchema } from '../domain/resources/status.ts';

const answer = (description: string) => statusSchema.describe(description);

/** What any call of the admin API may answer instead of what it was asked for. */
export const apiErrors = {
  400: answer('The request is malformed; nothing was changed.'),
  401: answer('Who calls is not known.'),
  403: answer('Who calls may not do this.'),
  404: answer('There is no such resource.'),
  409: answer('The resource has changed, or exists already.'),
  429: answer('Too many requests.'),
  503: answer('Try again later: Retry-After says when.'),
} as const;

/** What any call of a device may be answered instead. */
export const deviceErrors = apiErrors;
