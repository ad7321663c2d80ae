import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { hideSecrets, hideSecretsInText, holdsValues } from './log-secrets.ts';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/**
 * Logs to standard error, one JSON object a line: standard output is for what a command answers. Secrets are hidden, by
 * the name of a field and by what a text looks like.
 */
export function createLog(level: string, stream: DestinationStream = destination({ dest: 2, sync: false })): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => hideSecrets(fields) },
      serializers: { err: errorFields },
      hooks: { streamWrite: hideSecretsInText },
    },
    stream,
  );
}

/** What an error says of itself, without the values that a failed query was run with: they are specs and reports. */
function errorFields(error: Error): Record<string, unknown> {
  return Object.fromEntries(Object.entries(pino.stdSerializers.err(error)).filter(([name]) => !holdsValues(name)));
}
