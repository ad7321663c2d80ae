import { Command } from 'commander';
import {
  ConfigError,
  inheritedEnvironment,
  readConfig,
  settings,
  type Config,
  type Environment,
} from '../../config.ts';
import { CliError, rootCause, UsageError } from '../failures.ts';
import { print } from '../terminal.ts';

/** `muster serve`: the service itself. */
export function serveCommand(): Command {
  const command = new Command('serve').description('run the service').addHelpText(
    'after',
    `
Every flag is also an environment variable; a flag wins. The whole table is in the README.
When ready to serve, one line of JSON with both addresses is written to standard output.

Examples:
  $ muster serve
      with a private PostgreSQL under .muster, on 127.0.0.1:3443 (admin) and 127.0.0.1:7443 (devices)
  $ DATABASE_URL=postgres://muster@db/muster DB_PASSWORD=… REDIS_URL=redis://kv:6379 KV_PASSWORD=… muster serve
  $ muster serve --api-listen 127.0.0.1:0 --agent-listen 127.0.0.1:0
      on free ports`,
  );
  const flags = Object.values(settings).flatMap((setting) => ('flag' in setting ? [setting] : []));
  for (const { flag, about, env } of flags) command.option(flag, `${about.replaceAll('`', '')} [${env}]`);
  return command.action(async (options: Record<string, string>) => {
    const given = flags.flatMap(({ flag, env }) => {
      const value = options[attributeName(flag)];
      return value === undefined ? [] : [[env, value] as const];
    });
    await serve({ ...inheritedEnvironment(), ...Object.fromEntries(given) });
  });
}

/** How commander names an option: `--api-listen <host:port>` is `apiListen`. */
function attributeName(flag: string): string {
  const [name = ''] = flag.replace(/^--/, '').split(' ');
  return name.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

async function serve(environment: Environment): Promise<void> {
  const config = configOf(environment);
  // Loaded here, so that commands that only talk to a server start without it.
  const { startService } = await import('../../main.ts');
  const service = await startService(config).catch((error: unknown) => {
    throw new CliError(`the service cannot start: ${rootCause(error)}`);
  });
  print(JSON.stringify({ event: 'listening', api: service.api, agent: service.agent }));
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  // A second signal, or too long a farewell, ends it at once.
  process.once('SIGINT', () => process.exit(130));
  setTimeout(() => process.exit(1), config.shutdownTimeoutMs).unref();
  await service.stop();
}

function configOf(environment: Environment): Config {
  try {
    return readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`the configuration cannot be used:\n${error.message.replaceAll(/^/gm, '  ')}`);
  }
}
