import { Command } from 'commander';
import { connectionOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { CliError } from '../../client/failures.ts';
import { storeCredential, type StoredCredential } from '../login/credentials-file.ts';
import { print, note } from '../../terminal/terminal.ts';

/** `muster logout` */
export function logoutCommand(): Command {
  const command = new Command('logout').description('forget the login that is kept for the server').action(logout);
  return addExamples(command, [{ line: 'muster logout' }]);
}

async function logout(_options: object, command: Command): Promise<void> {
  const { server } = connectionOf(command);
  const credential = await storeCredential(server, undefined);
  if (credential === undefined) {
    print(`Nobody is logged in to ${server}`);
    return;
  }
  await revoke(credential);
  print(`Logged out of ${server}`);
}

/** Here the login is forgotten already: whether the issuer forgets it as well may fail. */
async function revoke(credential: StoredCredential): Promise<void> {
  if (credential.kind === 'static' || credential.refreshToken === undefined) return;
  const { revokeLogin } = await import('../login/oidc-client.ts');
  try {
    await revokeLogin(credential, credential.refreshToken);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    note(`the issuer was not told: ${error.message}`);
  }
}
