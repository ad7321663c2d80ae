import { z } from 'zod';
import type { TokenExchange, TokenOutcome } from '../../auth/token-exchange.ts';
import { oidcProvider } from '../../domain/resources/auth-config.ts';
import { readTokenRequest, tokenRequestSchema, tokenResponseSchema } from '../../domain/resources/token-request.ts';
import { openErrors } from '../../listener/error-responses.ts';
import { readForm } from '../form-body.ts';
import type { Listener } from '../../listener/listener.ts';
import { addressOf, createRateLimit } from '../../listener/rate-limit.ts';

const maxBodyBytes = 64 * 1024;
/** Requests a second from one address in the long run: anybody may ask, and each is one to the issuer. */
const perSecond = 5;

const noSuchProvider: TokenOutcome = {
  refusal: {
    error: 'invalid_client',
    error_description: 'nobody logs in by this provider here: /api/v1/auth/config lists those that there are',
  },
};

/** Tokens of the issuer, for clients that get them by way of this service: it is open, because its callers have none yet. */
export function authTokenRoutes(exchange: TokenExchange | undefined) {
  const limit = createRateLimit(perSecond, 'address');
  const trade = async (provider: string, body: unknown): Promise<TokenOutcome> => {
    if (exchange === undefined || provider !== oidcProvider) return noSuchProvider;
    const read = readTokenRequest(body, exchange.clientId);
    return 'grant' in read ? await exchange.trade(read.grant) : read;
  };
  return async (app: Listener) => {
    // A parameter that comes twice becomes a list, which is no valid value.
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
      done(null, readForm(String(body)));
    });
    app.route({
      method: 'POST',
      url: '/auth/:provider/token',
      config: { access: 'open' },
      bodyLimit: maxBodyBytes,
      schema: {
        operationId: 'authToken',
        tags: ['authentication'],
        summary: 'Trade a code or a refresh token for tokens of the issuer.',
        consumes: ['application/x-www-form-urlencoded', 'application/json'],
        params: z.object({ provider: z.string().describe('A provider of /auth/config.') }),
        body: tokenRequestSchema,
        response: {
          200: tokenResponseSchema.describe('The tokens.'),
          400: tokenResponseSchema.describe('There are no tokens; `error` says why, as the issuer does.'),
          ...openErrors,
        },
      },
      // What is wrong is said as OAuth clients read it, and not as a Status.
      attachValidation: true,
      async onRequest(request) {
        limit.spend(addressOf(request));
      },
      async handler(request, reply) {
        const outcome = await trade(request.params.provider, request.body);
        return 'tokens' in outcome ? outcome.tokens : reply.code(400).send(outcome.refusal);
      },
    });
  };
}
