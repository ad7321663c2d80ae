import { statusSchema } from '../domain/resources/status.ts';
import { answerWith } from './answer-headers.ts';

const answer = (description: string) => statusSchema.describe(description);

/** Error answers that any call of the admin API may give. */
export const apiErrors = {
  400: answer('The request is malformed; nothing was changed.'),
  401: answerWith(statusSchema, 'Who calls is not known.', ['WWW-Authenticate']),
  403: answer('Who calls may not do this.'),
  404: answer('There is no such resource.'),
  409: answer('The resource has changed, or exists already.'),
  429: answerWith(statusSchema, 'Too many requests.', ['Retry-After']),
  431: answer('The headers are too long, or too many.'),
  503: answerWith(statusSchema, 'Try again later: Retry-After says when.', ['Retry-After']),
} as const;

/** Error answers that anybody may get, also where nothing is asked of who calls. */
export const openErrors = { 429: apiErrors[429], 431: apiErrors[431], 503: apiErrors[503] } as const;

/** Error answers that any call with a body may give beside the others. */
export const bodyErrors = {
  413: answer('The body is too large.'),
  415: answer('The body is in a form, or has a content encoding, that is not read here.'),
} as const;

/** Error answers that any call of a device may get. */
export const deviceErrors = apiErrors;

/** Error answers to a poll, which names the restore also to a device that nobody knows. */
export const pollErrors = {
  ...deviceErrors,
  404: answerWith(statusSchema, 'There is no such device.', ['Muster-Restore']),
} as const;
