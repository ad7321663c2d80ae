import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { inheritedEnvironment, type Environment } from '../config/config.ts';

const serverFallback = 'http://127.0.0.1:3443';
const agentServerFallback = 'http://127.0.0.1:7443';

/** Variables that the commands that talk to a server read, where no option says otherwise. */
export const clientVariables = [
  { env: 'MUSTER_SERVER', fallback: serverFallback, about: 'Base URL of the admin API.' },
  { env: 'MUSTER_CA', about: 'PEM file with the authorities that the certificate of the server may be from.' },
  {
    env: 'MUSTER_TOKEN',
    about: 'Bearer token for the admin API. Without it, the login that `muster login` keeps for the server.',
  },
  {
    env: 'MUSTER_AGENT_SERVER',
    fallback: agentServerFallback,
    about: 'Base URL of the listener for devices, for `muster simulate`.',
  },
  { env: 'MUSTER_BACKUPS', about: 'Directory of backups, for `muster backup` and `muster forecast`.' },
  {
    env: 'XDG_CONFIG_HOME',
    fallback: '~/.config',
    about: 'Directory of the logins, which are in `muster/credentials.json`.',
  },
] as const satisfies readonly { env: string; fallback?: string; about: string }[];

/** The server that the command line talks to, and its credentials, where no option says otherwise. */
export function clientDefaults(env: Environment = inheritedEnvironment()): {
  server: string;
  token: string | undefined;
  /** File with the authorities that the server's certificate may be from. */
  ca: string | undefined;
} {
  return { server: env['MUSTER_SERVER'] ?? serverFallback, token: env['MUSTER_TOKEN'], ca: env['MUSTER_CA'] };
}

/** The directory for settings of this user's programs (XDG Base Directory Specification 0.8: a relative path is ignored). */
export function userConfigDirectory(env: Environment = inheritedEnvironment()): string {
  const given = env['XDG_CONFIG_HOME'];
  return given !== undefined && isAbsolute(given) ? given : join(homedir(), '.config');
}

/** Tells if the environment holds what reaches a database. */
export function namesDatabase(env: Environment = inheritedEnvironment()): boolean {
  return Boolean(env['DATABASE_URL']) || Boolean(env['DB_PASSWORD']);
}

/** Tells if the environment names a database and no server: then what can be done without a server is done on it. */
export function namesDatabaseOnly(env: Environment = inheritedEnvironment()): boolean {
  return Boolean(env['DATABASE_URL']) && !env['MUSTER_SERVER'];
}

/** The listener that simulated devices talk to. */
export function agentServerDefault(env: Environment = inheritedEnvironment()): string {
  return env['MUSTER_AGENT_SERVER'] ?? agentServerFallback;
}
