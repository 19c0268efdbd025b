// Logger of a process: JSON lines on standard output, with the trace they belong to.
// What is logged, and at which level, is decided where it happens.
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { activeTrace } from './tracing.js';

export type { Logger } from 'pino';

/** Anything that could be a token or a password is redacted. Standard output unless told otherwise. */
export const createLogger = (app: string, level: string, to?: DestinationStream): Logger => {
  const options: LoggerOptions = {
    name: app,
    level,
    base: { app },
    // pino writes a line's fields into what this gives it.
    mixin: () => ({ ...activeTrace() }),
    redact: {
      paths: ['idToken', 'idTag', 'password', 'authorization', '*.idToken', '*.idTag', '*.password', '*.authorization'],
      censor: '[redacted]',
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return to === undefined ? pino(options) : pino(options, to);
};
