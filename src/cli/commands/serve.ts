import { Command } from 'commander';
import { ConfigError, readConfig, type Config, type Environment } from '../../config/config.ts';
import { CliError, exitCodes, rootCause, UsageError } from '../../client/failures.ts';
import { addSettingFlags, environmentWith, type SettingFlags } from '../setting-flags.ts';
import { print } from '../../terminal/terminal.ts';

/** `muster serve`: the service itself. */
export function serveCommand(): Command {
  const command = new Command('serve').description('run the service').addHelpText(
    'after',
    `
Every flag is also an environment variable; a flag wins. docs/configuration.md has them all.
When ready to serve, one line of JSON with both addresses is written to standard output.

Examples:
  $ muster serve
      with a private PostgreSQL under .muster, on 127.0.0.1:3443 (admin) and 127.0.0.1:7443 (devices)
  $ DATABASE_URL=postgres://muster@db/muster DB_PASSWORD=… REDIS_URL=redis://kv:6379 KV_PASSWORD=… muster serve
  $ muster serve --api-listen 127.0.0.1:0 --agent-listen 127.0.0.1:0
      on free ports
  $ REDIS_URL=redis://kv:6379 muster serve --processes 4
      with four processes for devices, and one for people and for rendering`,
  );
  return addSettingFlags(command).action(async (options: SettingFlags) => {
    await serve(environmentWith(options));
  });
}

/** Time to say why the service ends by itself. */
const farewellMs = 500;

async function serve(environment: Environment): Promise<void> {
  const config = configOf(environment);
  const askedToStop = untilAskedToStop(config.shutdownTimeoutMs);
  // Loaded here, so that commands that only talk to a server start without it.
  const { startService } = await import('../../service/service.ts');
  const service = await startService(config, { environment }).catch((error: unknown) => {
    throw new CliError(`the service cannot start: ${rootCause(error)}`);
  });
  print(JSON.stringify({ event: 'listening', api: service.api, agent: service.agent }));
  // As for other services: read again what may have been renewed.
  process.on('SIGHUP', () => void service.reload());
  const lost = await Promise.race([askedToStop, service.lost]);
  await service.stop();
  // What did not end in time may still hold on to connections; nothing is lost with them.
  if (lost === undefined) process.exit(exitCodes.done);
  setTimeout(() => process.exit(exitCodes.error), farewellMs).unref();
  throw new CliError(`the service cannot go on: ${lost.message}`);
}

/** Resolves at the first signal to stop, which may come before the service has started. */
async function untilAskedToStop(timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  // A second signal, or too long a farewell, ends it at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(exitCodes.error));
  setTimeout(() => process.exit(exitCodes.error), timeoutMs).unref();
}

function configOf(environment: Environment): Config {
  try {
    return readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`the configuration cannot be used:\n${error.message.replaceAll(/^/gm, '  ')}`);
  }
}
