import * as fc from 'fast-check';
import { outcomeOf } from '../../../src/auth/token-exchange.ts';
import { readTokenRequest } from '../../../src/domain/resources/token-request.ts';
import { readForm } from '../../../src/api/form-body.ts';
import { fuzzTarget, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const clientId = 'muster-cli';
const parameters = ['code', 'code_verifier', 'redirect_uri', 'refresh_token', 'scope'];
const form = fc.constantFrom(
  `grant_type=authorization_code&client_id=${clientId}&code=c&code_verifier=v&redirect_uri=http%3A%2F%2Flocalhost&client_secret=`,
  `grant_type=refresh_token&client_id=${clientId}&refresh_token=r&scope=openid`,
);

/** Whoever asks for tokens: what is handed on to the issuer is what OAuth has, each once and as text. */
export const tokenRequests = fuzzTarget('requests for tokens', {
  runs: 300,
  input: mutated(form),
  check(text) {
    const read = readTokenRequest(readForm(text), clientId);
    if ('refusal' in read) {
      require(read.refusal.error_description.length < 2_000, 'a refusal is short');
      return;
    }
    const { grant_type: grantType, ...others } = read.grant;
    require(['authorization_code', 'refresh_token'].includes(grantType), 'no other grant is handed on');
    for (const [name, value] of Object.entries(others)) {
      require(parameters.includes(name) && typeof value === 'string' && value !== '', `${name} may be handed on`);
    }
  },
});

const answerKeys = ['access_token', 'id_token', 'refresh_token', 'expires_in', 'error', 'error_description'];

/** Any answer of an issuer becomes tokens or a refusal, and never both. */
export const tokenAnswers = fuzzTarget('answers for tokens', {
  input: fc.tuple(
    fc.constantFrom(200, 400, 401, 502),
    jsonText(answerKeys, fc.constantFrom('a', 'invalid_grant', '300', '')),
  ),
  check([status, text]) {
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      answer = undefined;
    }
    const outcome = outcomeOf(status, answer);
    if ('tokens' in outcome) {
      require(status === 200 && outcome.tokens.access_token !== '', 'tokens come with success');
      require(outcome.tokens.expires_in === undefined ||
        Number.isSafeInteger(outcome.tokens.expires_in), 'a time is a number');
    } else {
      require(outcome.refusal.error_description.length <= 1_000, 'a description is short');
    }
  },
});
