// Where trouble goes that nobody asked to be told of: a warning of the process.
import { inspect } from 'node:util';

/** As text: another realm's Error (a test runner's, a thread's) is none to `emitWarning`, which would throw instead. */
export const warnProcess = (error: unknown, about?: string): void =>
  process.emitWarning([...(about === undefined ? [] : [about]), inspect(error)].join(': '));
