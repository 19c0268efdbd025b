// What a start that fails says: a line for whoever can mend it. And which parts of its world a process is ready without.
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#config';
import { PortError, type World } from '#ports';
import { endInTime, startProblem, worldHealth } from './run-app.js';

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
    expect(startProblem(failure('EACCES', { syscall: 'mkdir', path: '/data/log' }), {}, '/data')).toBe(
      'EACCES; DATA_DIR has to be where this user may write',
    );
  });

  it('leaves faults of ours to their stack', () => expect(startProblem(new TypeError('x is not a function'), ports)).toBeUndefined());
});

describe('readiness', () => {
  const away = async (): Promise<never> => Promise.reject(new Error('away'));
  const world = { log: { head: async () => 0 }, database: { query: away }, router: { check: async () => undefined } } as unknown as World;
  const failing = async (checks: ReturnType<typeof worldHealth>): Promise<readonly string[]> => {
    const outcomes = await Promise.all(
      Object.entries(checks).map(([name, check]) =>
        check().then(
          () => [],
          () => [name],
        ),
      ),
    );
    return outcomes.flat();
  };

  it('asks every part of the world', async () => {
    expect(Object.keys(worldHealth(world))).toEqual(['log', 'database', 'router']);
    expect(await failing(worldHealth(world))).toEqual(['database']);
  });

  it('is there without a part that serves nobody here', async () => expect(await failing(worldHealth(world, ['database']))).toEqual([]));
});

describe('an end', () => {
  const told: object[] = [];
  const logger = { error: (fields: object) => void told.push(fields) };

  it('waits for a part so long and no longer, and names the one that did not end', async () => {
    expect(await endInTime('quick', async () => undefined, logger, 1)).toBe(true);
    expect(told).toEqual([]);
    expect(await endInTime('stuck', () => new Promise<never>(() => undefined), logger, 1)).toBe(false);
    expect(told).toEqual([{ part: 'stuck', patienceMs: 1 }]);
  });

  it('fails where a part does', () =>
    expect(endInTime('broken', async () => Promise.reject(new Error('broken')), logger)).rejects.toThrow('broken'));
});
