import { Command, Option } from 'commander';
import { clientDefaults } from '../client-variables.ts';
import { answerOf, createApiClient, type ApiClient, type Connection } from '../../client/api-client.ts';
import { connectionOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { CliError } from '../../client/failures.ts';
import { storeCredential, type StoredCredential } from '../login/credentials-file.ts';
import type { LoginClient } from '../login/oidc-client.ts';
import { readStandardInput } from '../../terminal/standard-input.ts';
import { print, note } from '../../terminal/terminal.ts';

type Options = { readonly web?: true; readonly token?: string };

/** `muster login` */
export function loginCommand(): Command {
  const command = new Command('login')
    .description('log in to the server, and keep the login for the commands that follow')
    .addOption(new Option('--web', 'with a browser on this machine, instead of a code that any browser can confirm'))
    .action(login);
  command.addHelpText(
    'after',
    '\nThe server says who vouches for people. With --token a static token is kept instead; - reads it from standard input.\nLogins are kept for each server, in muster/credentials.json under $XDG_CONFIG_HOME or ~/.config, readable by you alone.',
  );
  return addExamples(command, [
    { line: 'muster login --server https://muster.example.com:3443' },
    { line: 'muster login --web' },
    { line: 'muster login --token - < restore-tool.token' },
  ]);
}

async function login({ web }: Options, command: Command): Promise<void> {
  const { token } = command.optsWithGlobals<Options>();
  const connection = connectionOf(command);
  const credential = token === undefined ? await askIssuer(connection, web) : await givenToken(token);
  if (credential === undefined) {
    print(`${connection.server} asks nobody to log in`);
    return;
  }
  // Only a login that the server accepts is worth keeping.
  const api = createApiClient({ ...connection, token: credential.token });
  const { name, roles } = await answerOf(api.GET('/api/v1/auth/whoami'));
  await storeCredential(connection.server, credential);
  const having = roles.length === 0 ? 'without any role' : `as ${roles.join(', ')}`;
  print(`Logged in to ${connection.server}: ${name}, ${having}`);
  if (clientDefaults().token) note('MUSTER_TOKEN is set, and is used instead of this login');
}

async function givenToken(token: string): Promise<StoredCredential> {
  const text = token === '-' ? (await readStandardInput()).toString('utf8').trim() : token;
  if (text === '') throw new CliError('--token: expected a token, found nothing');
  return { kind: 'static', token: text };
}

/** @returns undefined if the server wants nobody to log in */
async function askIssuer(connection: Connection, web: true | undefined): Promise<StoredCredential | undefined> {
  const found = await loginClientOf(
    createApiClient({ server: connection.server, token: undefined, ca: connection.ca }),
  );
  if (found === undefined) return undefined;
  // Loaded here, so that other commands start without it.
  const { credentialOf, discoverIssuer } = await import('../login/oidc-client.ts');
  const { logInByBrowser, logInByDeviceCode, wishFor } = await import('../login/log-in.ts');
  const { client, scopes } = found;
  const configuration = await discoverIssuer(client);
  const logIn = web === true ? logInByBrowser : logInByDeviceCode;
  return credentialOf(client, await logIn(configuration, client, wishFor(configuration, scopes)));
}

async function loginClientOf(api: ApiClient): Promise<{ client: LoginClient; scopes: readonly string[] } | undefined> {
  const { providers, authenticationRequired } = await answerOf(api.GET('/api/v1/auth/config'));
  if (!authenticationRequired) return undefined;
  const spec = providers.map((provider) => provider.spec).find(({ providerType }) => providerType === 'oidc');
  if (spec?.providerType !== 'oidc') {
    throw new CliError('the server accepts tokens that it is given, and nobody to log in with: use --token');
  }
  const { issuer, clientId, audience = clientId, scopes = ['openid'] } = spec;
  return { client: { issuer, clientId, audience }, scopes };
}
