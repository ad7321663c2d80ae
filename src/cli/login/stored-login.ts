import { CliError, exitCodes } from '../../client/failures.ts';
import { readCredential, storeCredential, type StoredCredential } from './credentials-file.ts';

/** Time before its expiry at which a token is renewed, in milliseconds: it has to last until the server has read it. */
const renewBeforeMs = 30_000;

/** The login that is kept for a server. A command that goes on for hours asks it again and again. */
export class StoredLogin {
  private readonly server: string;
  private credential: Promise<StoredCredential | undefined> = Promise.resolve(undefined);

  constructor(server: string) {
    this.server = server;
  }

  /**
   * The token to send, renewed if it is about to expire.
   *
   * @returns undefined if nobody has logged in
   * @throws CliError if the login has expired and cannot be renewed
   */
  async bearer(): Promise<string | undefined> {
    // One after the other: a refresh token may be good for one renewal only.
    this.credential = this.credential.catch(() => undefined).then((known) => this.current(known));
    return (await this.credential)?.token;
  }

  private async current(known: StoredCredential | undefined): Promise<StoredCredential | undefined> {
    if (known !== undefined && isGood(known)) return known;
    const kept = await readCredential(this.server);
    if (kept === undefined || isGood(kept)) return kept;
    const renewed = await renew(kept);
    if (renewed === undefined) return await this.renewedElsewhere();
    await storeCredential(this.server, renewed);
    return renewed;
  }

  /** Another command may have been faster, and have used the refresh token up. */
  private async renewedElsewhere(): Promise<StoredCredential> {
    const kept = await readCredential(this.server);
    if (kept !== undefined && isGood(kept)) return kept;
    throw new CliError(`the login to ${this.server} has expired: log in again with muster login`, exitCodes.notAllowed);
  }
}

function isGood(credential: StoredCredential): boolean {
  if (credential.kind === 'static' || credential.expiresAt === undefined) return true;
  return Date.parse(credential.expiresAt) - renewBeforeMs > Date.now();
}

async function renew(credential: StoredCredential): Promise<StoredCredential | undefined> {
  if (credential.kind === 'static' || credential.refreshToken === undefined) return undefined;
  // Loaded here, so that commands whose token is good start without it.
  const { renewLogin } = await import('./oidc-client.ts');
  return await renewLogin(credential, credential.refreshToken);
}
