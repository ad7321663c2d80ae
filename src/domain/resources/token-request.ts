import { z } from 'zod';
import { describeProblems } from './zod-problem.ts';

/** Characters; longer than any code, token or address in such a request. */
const maxTextLength = 16_384;

/** Parameters that a client without a secret may send empty. */
const optionalText = z
  .string()
  .max(maxTextLength)
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text));
const text = z.string().min(1).max(maxTextLength);

export const tokenRequestSchema = z
  .object({
    grant_type: z.string().meta({ description: 'authorization_code or refresh_token.' }),
    client_id: text.meta({ description: 'The client of the provider, as /auth/config has it.' }),
    code: optionalText.meta({ description: 'For authorization_code: the code that the issuer sent.' }),
    code_verifier: optionalText.meta({
      description: 'For authorization_code: the proof of the client that asked for the code (PKCE).',
    }),
    redirect_uri: optionalText.meta({
      description: 'For authorization_code: the address to which the issuer sent the code.',
    }),
    refresh_token: optionalText.meta({ description: 'For refresh_token: the token to trade.' }),
    scope: optionalText.meta({ description: 'For refresh_token: a subset of the scopes granted before.' }),
  })
  .meta({ id: 'TokenRequest', description: 'A request for tokens (RFC 6749, sections 4.1.3 and 6).' });

export const tokenResponseSchema = z
  .object({
    access_token: z.string().optional(),
    token_type: z.literal('Bearer').optional(),
    id_token: z.string().optional(),
    refresh_token: z.string().optional(),
    expires_in: z.number().int().optional().meta({ description: 'Validity of the access token, in seconds.' }),
    error: z.string().optional().meta({ description: 'The reason why there are no tokens (RFC 6749, section 5.2).' }),
    error_description: z.string().optional().meta({ description: 'The same in words.' }),
  })
  .meta({ id: 'TokenResponse', description: 'Tokens, or the reason why there are none.' });
export type TokenResponse = z.infer<typeof tokenResponseSchema>;

/** Parameters for the token endpoint of the issuer, without those about the client. */
export type TokenGrant = Readonly<Record<string, string>> & { readonly grant_type: string };

/** The reason why there are no tokens, as OAuth clients read it. */
export type TokenRefusal = { readonly error: string; readonly error_description: string };

/**
 * Reads a request for tokens, which may be the form of OAuth or the same as JSON.
 *
 * @param clientId the only client for which tokens may be requested
 */
export function readTokenRequest(
  body: unknown,
  clientId: string,
): { readonly grant: TokenGrant } | { readonly refusal: TokenRefusal } {
  const parsed = tokenRequestSchema.safeParse(body);
  if (!parsed.success) return refused('invalid_request', describeProblems(parsed.error, 'the request'));
  const { grant_type, client_id, code, code_verifier, redirect_uri, refresh_token, scope } = parsed.data;
  if (client_id !== clientId) return refused('invalid_client', `client_id: expected ${clientId}`);
  switch (grant_type) {
    case 'authorization_code':
      if (code === undefined) return refused('invalid_request', 'code: expected the code that the issuer sent');
      if (code_verifier === undefined) return refused('invalid_request', 'code_verifier: expected one (PKCE)');
      return { grant: { grant_type, code, code_verifier, ...(redirect_uri !== undefined && { redirect_uri }) } };
    case 'refresh_token':
      if (refresh_token === undefined) return refused('invalid_request', 'refresh_token: expected one');
      return { grant: { grant_type, refresh_token, ...(scope !== undefined && { scope }) } };
    default:
      return refused('unsupported_grant_type', 'grant_type: expected authorization_code or refresh_token');
  }
}

function refused(error: string, error_description: string): { readonly refusal: TokenRefusal } {
  return { refusal: { error, error_description } };
}
