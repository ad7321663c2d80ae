import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { maskedKeys, type MaskedKeys } from '../domain/secrets/masked-keys.ts';
import { holdsValues, loggableFields, loggableText } from './log-secrets.ts';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** Stack frames and causes of an error that a line shows. */
const maxFrames = 20;
const maxCauses = 5;

type LogOptions = {
  readonly stream?: DestinationStream;
  /** Keys that name secrets; the usual ones by default. */
  readonly isMasked?: MaskedKeys;
};

/**
 * Logs to standard error, one JSON object a line: standard output is for what a command answers. Secrets are hidden, by
 * the name of a field and by how a text looks, and no text of a stranger is written at length.
 */
export function createLog(
  level: string,
  { stream = destination({ dest: 2, sync: false }), isMasked = maskedKeys() }: LogOptions = {},
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => loggableFields(fields, isMasked) },
      serializers: { err: (error: Error) => errorFields(error, isMasked) },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg: unknown) => (typeof arg === 'string' ? loggableText(arg) : arg)) as typeof args,
          );
        },
      },
    },
    stream,
  );
}

/** The log of a service, at its level and with its own words for secrets. */
export function createServiceLog(
  { logLevel, maskKeys }: { logLevel: string; maskKeys: readonly string[] },
  options: Pick<LogOptions, 'stream'> = {},
): Logger {
  return createLog(logLevel, { ...options, isMasked: maskedKeys(maskKeys) });
}

/** An error as a line shows it, without the values that a failed query was run with. */
function errorFields(error: Error, isMasked: MaskedKeys, causes = maxCauses): Record<string, unknown> {
  const { stack, message, name, cause, ...others } = error;
  const told = Object.entries(others).filter(([key]) => !holdsValues(key));
  return {
    type: name,
    ...loggableFields(Object.fromEntries(told), isMasked),
    message: loggableText(message),
    stack: framesOf(stack),
    ...(cause instanceof Error && causes > 0 && { cause: errorFields(cause, isMasked, causes - 1) }),
  };
}

/** The frames of a stack, without the message before them: it may be of any length. */
function framesOf(stack = ''): string {
  const first = stack.indexOf('\n    at ');
  if (first === -1) return '';
  const frames = stack.slice(first + 1, first + 1 + maxFrames * 500).split('\n');
  return frames
    .filter((line) => line.startsWith('    at '))
    .slice(0, maxFrames)
    .join('\n');
}
