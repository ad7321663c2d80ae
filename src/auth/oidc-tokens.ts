import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../time/clock.ts';
import { claimPath, claimTexts } from '../domain/access/claims.ts';
import type { Principal } from '../domain/access/principal.ts';
import { mappedRoles, type RoleMapping } from '../domain/access/role-mapping.ts';
import { wrongToken, type MusterError } from '../domain/errors.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

/** Signatures that only the issuer can make: a public key never becomes a shared secret (RFC 8725, section 3.1). */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export type OidcRules = {
  readonly issuer: OidcIssuer;
  /** Audiences; a token must name one of them. */
  readonly audiences: readonly string[];
  readonly usernameClaim: string;
  readonly rolesClaim: string;
  readonly roles: RoleMapping;
  readonly clockToleranceMs: number;
};

/** Tells if a text has the form of a token of an OIDC issuer: three parts of base64url. */
export function looksLikeJwt(text: string): boolean {
  return /^[\w-]+\.[\w-]*\.[\w-]*$/.test(text);
}

/**
 * Verifies a token of the issuer. @returns its owner, with the roles that it gives
 *
 * @throws MusterError 401 saying what is wrong with it; 503 if the issuer's keys cannot be had
 */
export async function verifyOidcToken(token: string, rules: OidcRules, clock: Clock): Promise<Principal> {
  const payload = await verifiedClaims(token, rules, clock);
  const [username, ...others] = claimTexts(payload, claimPath(payload, rules.usernameClaim));
  if (username === undefined || others.length > 0 || !isName(username)) {
    throw wrongToken(`the token does not name its user: expected a name in its claim ${rules.usernameClaim}`);
  }
  const values = claimTexts(payload, claimPath(payload, rules.rolesClaim));
  return { name: `user:${username}`, roles: mappedRoles(rules.roles, values) };
}

async function verifiedClaims(token: string, rules: OidcRules, clock: Clock): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, rules.issuer.findKey, {
      algorithms,
      issuer: rules.issuer.url,
      audience: [...rules.audiences],
      requiredClaims: ['exp'],
      clockTolerance: rules.clockToleranceMs / 1_000,
      currentDate: clock.now(),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refusalOf(error, rules);
    throw error;
  }
}

/** Fault of a token, as far as its holder may know. */
function refusalOf(error: errors.JOSEError, { issuer, audiences }: OidcRules): MusterError {
  if (error instanceof errors.JWTExpired) return wrongToken('the token has expired: log in again');
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'aud':
        return wrongToken(`the token is for another audience: expected ${audiences.join(' or ')}`);
      case 'iss':
        return wrongToken(`the token is of another issuer: expected ${issuer.url}`);
      case 'nbf':
        return wrongToken('the token is not valid yet');
      default:
        return wrongToken(`the token lacks the claim ${error.claim}, or it is not as it should be`);
    }
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return wrongToken(`the token is signed in a way that is not accepted: expected one of ${algorithms.join(', ')}`);
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return wrongToken('the token is signed with a key that the issuer does not have');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return wrongToken('the signature of the token is wrong');
  return wrongToken('the token is malformed');
}

/** Names stand in events and logs, line by line. */
function isName(text: string): boolean {
  return text.length > 0 && text.length <= 256 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) && text.trim() === text;
}
