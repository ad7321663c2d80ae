import type { Command } from 'commander';
import { clientDefaults } from './client-variables.ts';
import { readAuthorities } from './authorities.ts';
import { createApiClient, type ApiClient, type Connection } from '../client/api-client.ts';
import { UsageError } from '../client/failures.ts';
import { StoredLogin } from './login/stored-login.ts';

/** Adds the options that every client command takes. */
export function addConnectionOptions(program: Command): Command {
  return program
    .option('--server <url>', 'base URL of the admin API (MUSTER_SERVER; default http://127.0.0.1:3443)')
    .option('--ca <file>', 'PEM file with the authorities that its certificate may be from (MUSTER_CA)')
    .option(
      '--token <token>',
      'bearer token for the admin API (MUSTER_TOKEN; default the login that is kept for the server)',
    );
}

/** Finds the server of a command: by its options, else by the environment. @throws UsageError for a text that is no URL */
export function connectionOf(command: Command): Connection {
  const options = command.optsWithGlobals<{ server?: string; token?: string; ca?: string }>();
  const defaults = clientDefaults();
  const server = options.server ?? defaults.server;
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--server: expected a URL such as http://127.0.0.1:3443, found ${JSON.stringify(server)}`);
  }
  const ca = readAuthorities('--ca', options.ca ?? defaults.ca);
  const base = server.replace(/\/+$/, '');
  // A token that is given wins over a login that is kept.
  const token = options.token ?? (defaults.token || undefined);
  return { server: base, token, login: new StoredLogin(base), ca };
}

/** The server that the command line names, if it does. */
export function serverOption(command: Command): string | undefined {
  return command.optsWithGlobals<{ server?: string }>().server;
}

export function apiOf(command: Command): ApiClient {
  return createApiClient(connectionOf(command));
}
