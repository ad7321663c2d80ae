import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { hideSecrets, hideSecretsInText } from './log-secrets.ts';

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
      hooks: { streamWrite: hideSecretsInText },
    },
    stream,
  );
}
