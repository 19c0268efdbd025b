// The network between every process and Redis and PostgreSQL is cut: nothing is refused and nothing closed, packets just go nowhere. Stations that are
// connected notice nothing, and afterwards everything is as if it had not been: commands reach every station, books are whole.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseUrl, redisUrl } from '../cluster/support/servers.js';
import { endedTooEarly } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { CuttableNetwork } from './support/cuttable.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 24);
const SITES = 4;
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);
const CUT_MS = Number(process.env.CHAOS_OUTAGE_S ?? 20) * 1000;

describe('a network that is cut', () => {
  let charging: ChargingNetwork;
  let ways: readonly CuttableNetwork[] = [];

  beforeAll(async () => {
    const [toRedis, toPostgres] = [await CuttableNetwork.before(redisUrl()), await CuttableNetwork.before(databaseUrl())];
    ways = [toRedis, toPostgres];
    charging = await ChargingNetwork.open({
      stations: STATIONS,
      sites: SITES,
      limitA: LIMIT_A,
      sampleIntervalS: 5,
      seed: 20_265,
      settings: { REDIS_URL: toRedis.url },
      postgresUrl: toPostgres.url,
    });
    charging.arrive(charging.stationIds);
    await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
    // Who is starting has a token to be looked up: without Redis there is no answer to that, and the station is sent away.
    await charging.allAnsweredSince(Date.now());
  });
  afterAll(async () => {
    for (const way of ways) way.heal();
    await charging?.close();
    for (const way of ways) way.close();
  });

  it('keeps nobody waiting who is connected, and no car loses its session', async () => {
    const leaving = charging.stationIds.slice(0, 4);
    for (const way of ways) way.cut();
    const cutAt = Date.now();
    try {
      charging.depart(leaving);
      await charging.allAnsweredSince(cutAt + CUT_MS, CUT_MS + 60_000);
    } finally {
      for (const way of ways) way.heal();
    }
    await charging.until('who leaves has left', () => leaving.every((stationId) => charging.isFree(stationId)));
    await charging.network.caughtUp();
    charging.arrive(leaving);
    await charging.until('who comes charges', () => leaving.every((stationId) => charging.isCharging(stationId)), 60_000);
    expect(charging.downs).toEqual([]);
    expect(charging.failures).toEqual([]);
    expect(endedTooEarly(await charging.network.records('session-events'), charging.fleet.totals())).toEqual([]);
  });

  it('leaves every station within reach', async () => {
    const obeys = async (stationId: string): Promise<boolean> => {
      const body = { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' }, timeoutMs: 5_000 };
      const { state } = await charging.network.call<{ readonly state: string }>(
        'POST',
        `/v1/stations/${stationId}/commands?wait=true`,
        body,
      );
      return state === 'accepted';
    };
    for (const stationId of charging.stationIds) await charging.until(`${stationId} obeys a command`, () => obeys(stationId), 30_000);
  });

  it('leaves whole books behind', async () => {
    await expectWholeBooks(charging, LIMIT_A);
  });

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);
});
