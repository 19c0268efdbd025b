// Logger of a process: JSON lines on standard output, with the trace they belong to.
// What is logged, and at which level, is decided where it happens.
import { type Logger, pino } from 'pino';
import { activeTrace } from './tracing.js';

export type { Logger } from 'pino';

/** Anything that could be a token or a password is redacted. */
export const createLogger = (app: string, level: string): Logger =>
  pino({
    name: app,
    level,
    base: { app },
    mixin: activeTrace,
    redact: {
      paths: ['idToken', 'idTag', 'password', 'authorization', '*.idToken', '*.idTag', '*.password', '*.authorization'],
      censor: '[redacted]',
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
