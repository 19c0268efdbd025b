// What is lost and comes back: all of PostgreSQL, all of Redis, the directory of a network in one process. Each by the commands of docs/runbooks, while
// stations charge, with what came back compared. `npm run drill -- --only restore` runs this, and the loss of Redis and of brokers beside it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { AppName } from '../cluster/support/process-network.js';
import { databaseUrl, redisUrl, stack } from '../cluster/support/servers.js';
import { until } from '../cluster/support/until.js';
import { endedTooEarly } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 24);
const SITES = 4;
const LIMIT_A = Math.ceil((16 * STATIONS) / SITES);
const SERVICES: readonly AppName[] = ['session', 'load-balancing', 'metering', 'stations', 'billing', 'grid', 'api'];
const say = (line: string): boolean => process.stdout.write(`restore: ${line}\n`);

/** Rows that never change once they are written. */
const FINISHED = ['cdrs', 'meter_samples', 'power_samples', 'limit_commands'];

describe('a cluster', () => {
  let charging: ChargingNetwork;
  const free = (): readonly string[] => charging.stationIds.slice(0, 4);
  const staying = (): readonly string[] => charging.stationIds.slice(4, 8);
  const leaving = (): readonly string[] => charging.stationIds.slice(8);

  beforeAll(async () => {
    charging = await ChargingNetwork.open({
      stations: STATIONS,
      sites: SITES,
      apps: [...SERVICES, 'edge'],
      limitA: LIMIT_A,
      sampleIntervalS: 5,
      seed: 20_279,
    });
    charging.arrive([...staying(), ...leaving()]);
    await charging.until('every car charges', () => [...staying(), ...leaving()].every((id) => charging.isCharging(id)));
    charging.depart(leaving());
    await charging.until('who leaves was heard out', () => charging.fleet.totals().every(({ queued }) => queued === 0));
    await charging.network.settled();
  });
  afterAll(() => charging?.close());

  it('gets all its rows back from the log and the backup of its keys, while its edges go on', async () => {
    const { network } = charging;
    const { DATABASE_URL = '' } = network.environment;
    const name = new URL(DATABASE_URL).pathname.slice(1);
    const keys = execFileSync('pg_dump', ['--dbname', DATABASE_URL, '--schema', 'joulestream_keys'], { encoding: 'utf8' });
    for (const app of SERVICES) for (const replica of [0, 1]) expect(await network.end(`${app}-${replica}`, 'SIGTERM')).toBe(0);
    const before = await network.rows();

    const server = new pg.Client(databaseUrl());
    await server.connect();
    // Not by force: a vacuum of the server's own may be at work in it, and is not ours to end.
    await server.query(`alter database ${name} allow_connections false`);
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user', [name]);
    await server.query(`drop database ${name}`);
    const lostAt = Date.now();
    say(`database ${name} is gone; the edges go on`);
    await charging.allAnsweredSince(lostAt);
    await server.query(`create database ${name}`);
    await server.end();
    execFileSync('psql', ['--quiet', '--set', 'ON_ERROR_STOP=1', DATABASE_URL], { input: keys });
    for (const program of ['migrate', 'replay']) {
      const { status, output } = await network.program(`standalone/${program}.js`, []);
      expect({ status, output: output.match(/DIFFER|parked|Error/) ?? output }).toEqual({ status: 0, output: expect.any(String) });
    }
    const after = await network.rows();
    for (const table of FINISHED) {
      const found = new Set(after.get(table)?.split('\n'));
      const rows =
        before
          .get(table)
          ?.split('\n')
          .filter((row) => row !== '') ?? [];
      expect({ table, isEmpty: rows.length === 0, lost: rows.filter((row) => !found.has(row)) }).toEqual({
        table,
        isEmpty: false,
        lost: [],
      });
      say(`${table}: all ${rows.length} rows are back`);
    }
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const app of SERVICES) {
      for (const replica of [0, 1]) network.start(`${app}-${replica}`);
      for (const replica of [0, 1]) await network.ready(`${app}-${replica}`);
    }
    await charging.allAnsweredSince(Date.now());
    await network.caughtUp();
    // Passwords and cards are judged by the keys that came back.
    for (const stationId of free()) charging.fleet.station(stationId).loseLink();
    await charging.until('who lost the link is back', () => free().every((id) => charging.fleet.station(id).online));
    charging.arrive(free());
    await charging.until('newcomers charge', () => free().every((id) => charging.isCharging(id)));
    expect(charging.failures).toEqual([]);
    expect(charging.downs.filter(({ reason }) => /^HTTP 4/.test(reason))).toEqual([]);
    expect(endedTooEarly(await network.records('session-events'), charging.fleet.totals())).toEqual([]);
  });

  it('has everything in Redis again that was in it', async () => {
    const redis = new Redis(redisUrl());
    const prefix = `joulestream:${charging.network.environment.CLUSTER_PREFIX}`;
    /**
     * What is looked up in Redis: the book and who holds which station, without the places in the log that say which of two entries is newer. Streams to edges
     * and what expires by itself are on their way only.
     */
    const kept = async (): Promise<Readonly<Record<string, string>>> => {
      const found: Record<string, string> = {};
      for (const key of (await redis.keys(`${prefix}*`)).sort())
        if ((await redis.type(key)) === 'hash' && (await redis.ttl(key)) === -1) {
          const { seq, offset, ...content } = await redis.hgetall(key);
          if (Object.keys(content).length > 0) found[key.slice(prefix.length)] = JSON.stringify(Object.entries(content).sort());
        }
      return found;
    };
    try {
      await charging.network.settled();
      const before = await kept();
      expect(Object.keys(before).filter((key) => key.startsWith('book:station:'))).toHaveLength(STATIONS);
      const flushedAt = Date.now();
      await stack().flushRedis();
      await charging.allAnsweredSince(flushedAt);
      let missing: readonly string[] = [];
      await until(
        'Redis has what it had',
        async () => {
          const now = await kept();
          missing = Object.entries(before).flatMap(([key, content]) =>
            now[key] === content ? [] : [`${key}: ${content}, now ${now[key]}`],
          );
          return missing.length === 0;
        },
        { tell: () => missing.join('\n') },
      );
      say(`Redis: all ${Object.keys(before).length} entries are back`);
    } finally {
      redis.disconnect();
    }
  });

  it('leaves whole books behind, and rows that are only a view of the log', async () => {
    await expectWholeBooks(charging, LIMIT_A);
    expect(charging.failures).toEqual([]);
    await expectRowsOfTheLog(charging);
  });
});

describe('a network in one process', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'restore-'));
  const [lost, copy] = [join(scratch, 'data'), join(scratch, 'copy')];
  const running: ChildProcess[] = [];
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(scratch, { recursive: true });
  });
  const entry = (name: string): string => join(process.cwd(), 'dist/apps/standalone', name);
  const environment = (directory: string): NodeJS.ProcessEnv => {
    const { KAFKA_BROKERS, REDIS_URL, DATABASE_URL, ...env } = process.env;
    return { ...env, DATA_DIR: directory, HTTP_PORT: '0', OCPP_PORT: '0', ADMIN_API_KEY: 'a-key-for-tests-only' };
  };
  async function start(directory: string, stations: number): Promise<{ readonly child: ChildProcess; readonly url: string }> {
    const child = spawn(process.execPath, [entry('main.js'), '--stations', String(stations)], { env: environment(directory) });
    running.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = await until('it listens', () => /console: (http:\/\/\S+?)\/ /.exec(output)?.[1], { tell: () => output });
    return { child, url };
  }
  const read = async <T>(url: string, path: string): Promise<readonly T[]> => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: 'Bearer a-key-for-tests-only', connection: 'close' } });
    return ((await response.json()) as { readonly items: readonly T[] }).items;
  };
  const program = (name: string, directory: string, ...args: string[]): string =>
    execFileSync(process.execPath, [entry(name), ...args], { env: environment(directory), encoding: 'utf8' });

  it('comes back from a backup that was taken while it ran', async () => {
    const first = await start(lost, 4);
    const sessionIds = async (url: string): Promise<readonly string[]> =>
      (await read<{ readonly sessionId: string }>(url, '/v1/sessions?limit=1000')).map(({ sessionId }) => sessionId).sort();
    const known = await until('cars charge', async () => {
      const found = await sessionIds(first.url);
      return found.length >= 2 && found;
    });
    expect(program('backup.js', lost, '--to', copy)).toMatch(/log and keys of .* are in/);
    const ended = new Promise((resolve) => first.child.once('exit', resolve));
    first.child.kill('SIGKILL');
    await ended;
    rmSync(lost, { recursive: true });
    say('the directory is gone; its copy is started');

    const second = await start(copy, 0);
    const found = await until('the sessions are back', async () => {
      const now = await sessionIds(second.url);
      return known.every((sessionId) => now.includes(sessionId)) && now;
    });
    expect(await read(second.url, '/v1/stations')).toHaveLength(4);
    say(`all ${known.length} sessions of the backup are back, of ${found.length}`);
    const stopped = new Promise((resolve) => second.child.once('exit', resolve));
    second.child.kill('SIGTERM');
    expect(await stopped).toBe(0);
    expect(program('replay.js', copy, '--verify')).toMatch(/the rows equal a replay of the log/);
  }, 300_000);
});
