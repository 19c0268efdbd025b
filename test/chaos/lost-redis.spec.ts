// Redis comes back empty, flushed under everybody's feet or killed and started again: nobody's charging is interrupted, what was in it is
// written anew by those who know it, and commands reach every station again.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stack } from '../cluster/support/servers.js';
import { endedTooEarly } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 40);
const SITES = 4;
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);

describe('Redis that comes back empty', () => {
  let charging: ChargingNetwork;

  beforeAll(async () => {
    charging = await ChargingNetwork.open({ stations: STATIONS, sites: SITES, limitA: LIMIT_A, sampleIntervalS: 5, seed: 20_263 });
    charging.arrive(charging.stationIds.slice(0, STATIONS - 4));
    await charging.until('every car charges', () => charging.stationIds.slice(0, STATIONS - 4).every((id) => charging.isCharging(id)));
  });
  afterAll(async () => {
    await stack().start('redis');
    await charging?.close();
  });

  /** Through the api that the station is not asked by: who holds it is in Redis alone. */
  const obeys = async (stationId: string): Promise<boolean> => {
    const body = { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' }, timeoutMs: 5_000 };
    const outcome = charging.network.call<{ readonly state: string }>('POST', `/v1/stations/${stationId}/commands?wait=true`, body, 1);
    return outcome.then(
      ({ state }) => state === 'accepted',
      () => false,
    );
  };

  async function everythingWorks(newcomers: readonly string[]): Promise<void> {
    for (const stationId of charging.stationIds) await charging.until(`${stationId} obeys a command`, () => obeys(stationId), 30_000);
    // Who comes to the door is known again, and so is who shows a token.
    for (const stationId of newcomers) charging.fleet.station(stationId).loseLink();
    await charging.until(
      'who lost the link is back',
      () => newcomers.every((stationId) => charging.fleet.station(stationId).online),
      30_000,
    );
    charging.arrive(newcomers);
    await charging.until('newcomers charge', () => newcomers.every((stationId) => charging.isCharging(stationId)), 30_000);
    expect(charging.downs.filter(({ reason }) => /^HTTP 4/.test(reason))).toEqual([]);
    expect(endedTooEarly(await charging.network.records('session-events'), charging.fleet.totals())).toEqual([]);
  }

  it('flushed: no session ends, every station obeys and is known again', async () => {
    const flushedAt = Date.now();
    await stack().flushRedis();
    await charging.allAnsweredSince(flushedAt);
    await everythingWorks(charging.stationIds.slice(STATIONS - 4, STATIONS - 2));
  });

  it('killed: who charges is answered meanwhile, who leaves ends; then as before', async () => {
    await stack().stop('redis', 'SIGKILL');
    const goneAt = Date.now();
    charging.depart(charging.stationIds.slice(0, 4));
    await charging.allAnsweredSince(goneAt);
    await stack().start('redis');
    await everythingWorks(charging.stationIds.slice(STATIONS - 2));
  });

  it('leaves whole books behind', async () => {
    await expectWholeBooks(charging, LIMIT_A);
    expect(charging.failures).toEqual([]);
  });

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);
});
