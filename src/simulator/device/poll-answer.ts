/** Conclusion that an agent draws from an answer to a poll. */
type PollAnswer =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'nothing new' }
  /** It waits longer and longer, and keeps certificate and configuration. */
  | { readonly kind: 'error'; readonly message: string }
  /** It wipes its certificate and enrolls anew. */
  | { readonly kind: 'not there' };

export function readPollAnswer(status: number, body: string): PollAnswer {
  switch (status) {
    case 200:
      return readBody(body);
    case 204:
    case 409:
      return { kind: 'nothing new' };
    case 404:
      if (body.includes('Device of name') && body.includes('not found')) return { kind: 'not there' };
      return { kind: 'error', message: 'device not known' };
    default:
      return { kind: 'error', message: `HTTP ${status}` };
  }
}

function readBody(body: string): PollAnswer {
  try {
    return { kind: 'document', document: JSON.parse(body) };
  } catch {
    return { kind: 'error', message: 'an answer that is no JSON' };
  }
}
