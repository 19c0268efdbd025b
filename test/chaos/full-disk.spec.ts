// The disk of the one-process network runs full while stations charge: refused before a write fails, who waits is sent away in waves,
// at the door 503 with Retry-After, nobody gets an error, and with room again everything goes on, whole.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Fleet, Station } from '#apps/simulator';
import { until } from '../cluster/support/until.js';
import { NetworkWorld } from '../scenario/support/network-world.js';
import { answeredButNotOnce, billsThatDiffer, sessionsThatDiffer } from './support/audit.js';
import { closingsPerS } from './support/closings.js';
import { FLAT_TARIFF } from './support/flat-tariff.js';
import { expectReplayEquals } from './support/whole-books.js';

// Against hanging only: what is waited for has limits of its own.
jest.setTimeout(900_000);
const STATIONS = Number(process.env.CHAOS_STATIONS ?? 40);
const SAMPLE_S = 5;
const ROOM = 100_000_000_000;
const CAR = { batteryWh: 80_000, soc: 0.1, maxA: 32, phases: 3 } as const;
/** Largest share of the sockets closed in a second. */
const CLOSED_PER_S = 0.05;

interface Down {
  readonly stationId: string;
  readonly at: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

describe('a disk that runs full', () => {
  const stationIds = Array.from({ length: STATIONS }, (_, index) => `CP-${index}`);
  const downs: Down[] = [];
  const failures: string[] = [];
  const lastAnswered = new Map<string, number>();
  let free = ROOM;
  let world: NetworkWorld;
  let fleet: Fleet;

  const arrive = (stationId: string): void => {
    const idToken = { idToken: fleet.idTokens[0] ?? '', type: 'ISO14443' } as const;
    expect(fleet.station(stationId).charging.arrive(1, CAR, idToken)).toBe(true);
  };
  /** Waits for as long as something moves. */
  const moved = (what: string, look: () => Promise<boolean> | boolean): Promise<boolean> =>
    until(what, look, {
      withinMs: 90_000,
      tell: () =>
        fleet
          .totals()
          .map(({ online, queued, answeredCount }) => `${online} ${queued} ${answeredCount}`)
          .join('; '),
    });
  const charges = ({ charging }: Station): boolean => charging.running().length > 0;

  beforeAll(async () => {
    world = await NetworkWorld.open(undefined, {}, { log: { freeBytes: () => free } });
    await world.must('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
    await world.must('PUT', '/v1/sites/s', {
      name: 'S',
      timeZone: 'UTC',
      voltageV: 230,
      root: { nodeId: 'grid', limitA: 8 * STATIONS, unmanagedMaxA: 0, phases: 3 },
    });
    await world.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
    for (const stationId of stationIds)
      await world.must('PUT', `/v1/stations/${stationId}`, {
        siteId: 's',
        nodeId: 'grid',
        securityProfile: 1,
        password: `password-of-${stationId}`,
        evses,
      });
    fleet = await world.fleet({
      stations: stationIds.map((stationId, index) => ({
        stationId,
        ocppVersion: index % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1',
        password: `password-of-${stationId}`,
        evses: [{ evseId: 1, maxA: 32 }],
      })),
      arrivals: 'none',
      sampleIntervalS: SAMPLE_S,
    });
    await world.must('PUT', `/v1/tokens/ISO14443/${fleet.idTokens[0]}`, { status: 'Accepted' });
    for (const station of fleet.stations)
      station.listen((event) => {
        if (event.type === 'Answered') lastAnswered.set(station.stationId, Date.now());
        if (event.type === 'Disconnected') downs.push({ ...event, stationId: station.stationId, at: Date.now() });
        if (event.type === 'Failed') failures.push(`${station.stationId} ${event.action}: ${event.reason}`);
      });
    await moved('every station online', () => fleet.stations.every(({ online, registration }) => online && registration === 'Accepted'));
    for (const stationId of stationIds) arrive(stationId);
    await moved('every car charges', () => fleet.stations.every(charges));
  });
  afterAll(async () => {
    free = ROOM;
    await world?.close();
  });

  it('sends away who waits, in waves, and refuses with 503 and Retry-After until there is room', async () => {
    const fullAt = Date.now();
    const perS = closingsPerS();
    free = 1_000_000;
    for (const stationId of stationIds.slice(0, 4)) fleet.station(stationId).charging.depart(1);
    const isSentAway = (stationId: string): boolean =>
      downs.some((down) => down.stationId === stationId && down.reason === 'closed with 1013');
    await moved('every station that waits was sent away', () => stationIds.every(isSentAway));
    await moved('somebody asked in vain at the door', () => downs.some(({ reason }) => reason === 'HTTP 503'));
    free = ROOM;
    const closed = downs.filter(({ reason }) => reason.startsWith('closed'));
    expect(closed.filter(({ reason }) => reason !== 'closed with 1013')).toEqual([]);
    expect(perS(closed.map(({ at }) => at))).toBeLessThanOrEqual(CLOSED_PER_S * STATIONS);
    const refused = downs.filter(({ reason, at }) => at > fullAt && !reason.startsWith('closed'));
    expect(refused.filter(({ reason, retryAfterMs = 0 }) => reason !== 'HTTP 503' || retryAfterMs <= 0)).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('goes on with room again, and every answer, session and bill is whole', async () => {
    // At no moment has nobody anything to say: each is to be heard once.
    const roomAt = Date.now();
    await moved('every station answered again', () =>
      fleet.stations.every(({ stationId, online }) => online && (lastAnswered.get(stationId) ?? 0) > roomAt),
    );
    for (const stationId of stationIds.slice(0, 4)) arrive(stationId);
    await moved('every car charges', () => fleet.stations.every(charges));
    for (const stationId of stationIds) fleet.station(stationId).charging.depart(1);
    await moved('every station said all it had to say', () => fleet.stations.every(({ queued }) => queued === 0));
    const transactions = STATIONS + 4;
    await moved(
      'every session billed',
      async () => (await world.must<{ items: object[] }>('GET', '/v1/cdrs?limit=1000')).items.length === transactions,
    );
    // Rows are committed before the facts they came with are published.
    await moved(
      'every bill in the log',
      async () => (await world.records('billing-events')).filter(({ type }) => type === 'CdrIssued').length === transactions,
    );
    const totals = fleet.totals();
    const sessions = await world.records('session-events');
    expect(answeredButNotOnce(await world.records('site-events'), totals)).toEqual([]);
    expect(sessionsThatDiffer(sessions, totals)).toEqual([]);
    expect(billsThatDiffer(await world.records('billing-events'), sessions, totals)).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('has rows that are only a view of the log', async () => {
    await world.close({ keep: true });
    const { KAFKA_BROKERS, REDIS_URL, DATABASE_URL, ...env } = process.env; // of the cluster suites beside this one
    const replay = [join(process.cwd(), 'dist/apps/standalone/replay.js'), '--verify'];
    const { status, stdout, stderr } = spawnSync(process.execPath, replay, {
      env: { ...env, DATA_DIR: world.directory },
      encoding: 'utf8',
    });
    expectReplayEquals({ status, output: stdout + stderr });
  });
});
