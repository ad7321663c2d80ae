import type { Clock } from '../time/clock.ts';
import type { Config } from '../config/config.ts';
import { anonymous, type Principal } from '../domain/access/principal.ts';
import { missingToken, wrongToken } from '../domain/errors.ts';
import { isApiAuthenticated } from '../config/listen-rules.ts';
import type { Log } from '../logging/log.ts';
import type { CredentialFiles, Kept } from './credential-files.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { looksLikeJwt, verifyOidcToken, type OidcRules } from './oidc-tokens.ts';
import { findStaticToken, isReadableByAll, readStaticTokens, type StaticToken } from './static-tokens.ts';

/** Longer than any token that is issued, in characters. */
const maxTokenLength = 16_384;

type Sources = {
  readonly staticTokens: Kept<readonly StaticToken[]> | undefined;
  readonly oidc: OidcRules | undefined;
};

type Deps = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly credentialFiles: CredentialFiles;
  readonly oidcIssuer: OidcIssuer | undefined;
};

/** Tells who administrators are: by static tokens, and by tokens of an OIDC issuer. */
export class AdminAuthenticator {
  private readonly sources: Sources;
  private readonly clock: Clock;

  private constructor(clock: Clock, sources: Sources) {
    this.clock = clock;
    this.sources = sources;
  }

  /** Undefined if everybody may do anything. @throws Error if the file of static tokens cannot be used */
  static async open(deps: Deps): Promise<AdminAuthenticator | undefined> {
    const { config, clock, log, credentialFiles } = deps;
    if (!isApiAuthenticated(config)) return undefined;
    const staticTokens =
      config.tokensFile === undefined ? undefined : await keepStaticTokens(credentialFiles, config.tokensFile, log);
    return new AdminAuthenticator(clock, { staticTokens, oidc: oidcRules(deps) });
  }

  /**
   * Identifies the caller of a request.
   *
   * @param authorization the header of that name
   * @throws MusterError 401 saying what is missing, or wrong; 503 if it cannot be told now
   */
  async identify(authorization: string | undefined): Promise<Principal> {
    if (authorization === undefined || authorization === '') {
      throw missingToken(`nobody is logged in: ${expectedHeader}`);
    }
    const token = /^Bearer +([\w~+/.-]+=*)$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > maxTokenLength) {
      throw missingToken(`the Authorization header cannot be read: ${expectedHeader}`);
    }
    return this.staticPrincipal(token) ?? (await this.oidcPrincipal(token));
  }

  private staticPrincipal(text: string): Principal | undefined {
    const token = findStaticToken(this.sources.staticTokens?.current ?? [], text);
    if (token === undefined) return undefined;
    if (token.expiresAt !== undefined && this.clock.now() >= token.expiresAt) {
      throw wrongToken(`the token ${token.name} has expired`);
    }
    return { name: `token:${token.name}`, roles: token.roles };
  }

  private async oidcPrincipal(token: string): Promise<Principal> {
    const { oidc } = this.sources;
    if (oidc === undefined || !looksLikeJwt(token)) throw wrongToken('the token is not known here');
    return await verifyOidcToken(token, oidc, this.clock);
  }
}

const expectedHeader = 'expected Authorization: Bearer TOKEN';

/** Identifies the caller of a request; anonymous where no authentication is configured. */
export async function identifyAdmin(
  authenticator: AdminAuthenticator | undefined,
  authorization: string | undefined,
): Promise<Principal> {
  return authenticator === undefined ? anonymous : await authenticator.identify(authorization);
}

function oidcRules({ config, oidcIssuer: issuer }: Deps): OidcRules | undefined {
  if (issuer === undefined) return undefined;
  return {
    issuer,
    // With the client of the command lines people log in here and nowhere else, so its ID tokens will do as well.
    audiences: [config.oidcAudience, config.oidcClientId].filter((audience) => audience !== undefined),
    usernameClaim: config.oidcUsernameClaim,
    rolesClaim: config.oidcRolesClaim,
    roles: config.oidcRoles,
    clockToleranceMs: config.oidcClockToleranceMs,
  };
}

async function keepStaticTokens(files: CredentialFiles, path: string, log: Log): Promise<Kept<readonly StaticToken[]>> {
  return await files.keep({
    what: 'static tokens',
    paths: [path],
    async read() {
      const tokens = await readStaticTokens({ setting: 'MUSTER_TOKENS_FILE', path });
      if (await isReadableByAll(path)) {
        log.warn({ path }, 'MUSTER_TOKENS_FILE: everybody on this machine may read it: chmod 600 it, or at least o-r');
      }
      return tokens;
    },
  });
}
