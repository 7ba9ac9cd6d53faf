import pino, { type DestinationStream, type Logger } from 'pino';
import { withoutSecrets } from './secret-mask.js';

export type { Logger };

export interface LoggerOptions {
  readonly level: string;
  readonly service: string;
  readonly secrets?: readonly string[];
  readonly destination?: DestinationStream;
}

/** JSON to stdout, one object a line, written synchronously so that no line is lost when the process ends. */
export function createLogger({ level, service, secrets = [], destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      hooks: { streamWrite: withoutSecrets(secrets) },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/**
 * Pino's own serializer copies every property of an error. A failed query carries its
 * parameters, which are customers' data, so only what identifies the fault is kept.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: error.stack,
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  };
}
