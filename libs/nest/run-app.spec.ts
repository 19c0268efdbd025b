// What a start that fails says: a line for whoever can mend it.
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#config';
import { PortError } from '#ports';
import { startProblem } from './run-app.js';

const ports = { HTTP_PORT: 8080, OCPP_PORT: 9220, OCPP_TLS_PORT: undefined };
const failure = (message: string, more: object): Error => Object.assign(new Error(message), { syscall: 'listen', ...more });

describe('a start that fails', () => {
  it('names the setting of a port that is taken', () =>
    expect(startProblem(failure('listen EADDRINUSE: address already in use 127.0.0.1:9220', { port: 9220 }), ports)).toBe(
      'listen EADDRINUSE: address already in use 127.0.0.1:9220; another OCPP_PORT may be free',
    ));

  it('says in a line what settings, directories and servers are about', () => {
    expect(startProblem(new ConfigError('REDIS_URL missing'), {})).toBe('REDIS_URL missing');
    expect(startProblem(new PortError('DirectoryInUse', 'data/log is in use by process 7', false), ports)).toBe(
      'data/log is in use by process 7',
    );
    expect(startProblem(failure("EACCES: permission denied, mkdir '/x'", { syscall: 'mkdir' }), ports)).toBe(
      "EACCES: permission denied, mkdir '/x'",
    );
  });

  it('leaves faults of ours to their stack', () => expect(startProblem(new TypeError('x is not a function'), ports)).toBeUndefined());
});
