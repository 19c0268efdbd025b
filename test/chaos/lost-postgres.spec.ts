// PostgreSQL is killed, and later started again, while cars charge: stations are answered all the while, since the log is the
// truth and rows only follow it; afterwards the services go on where their positions are, and nothing is missing or told twice.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProcessName } from '../cluster/support/process-network.js';
import { stack } from '../cluster/support/servers.js';
import { endedTooEarly } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 40);
const SITES = 4;
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);
const AWAY_MS = 15_000;

describe('PostgreSQL that is away', () => {
  let charging: ChargingNetwork;

  beforeAll(async () => {
    charging = await ChargingNetwork.open({ stations: STATIONS, sites: SITES, limitA: LIMIT_A, sampleIntervalS: 5, seed: 20_264 });
    charging.arrive(charging.stationIds);
    await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
  });
  afterAll(async () => {
    await stack().start('postgres');
    await charging?.close();
  });

  it('keeps nobody waiting: who leaves ends, who comes charges, the others are answered', async () => {
    const movers = charging.stationIds.slice(0, 4);
    await stack().stop('postgres', 'SIGKILL');
    const goneAt = Date.now();
    try {
      charging.depart(movers);
      await charging.until('who leaves has left', () => movers.every((stationId) => charging.isFree(stationId)));
      charging.arrive(movers);
      await charging.until('who comes charges', () => movers.every((stationId) => charging.isCharging(stationId)));
      await charging.allAnsweredSince(goneAt + AWAY_MS, AWAY_MS + 60_000);
      const ready = (name: ProcessName): Promise<number | undefined> => charging.network.healthOf(name, '/readyz');
      expect(await Promise.all((['edge-0', 'edge-1', 'session-0'] as const).map(ready))).toEqual([200, 200, 503]);
    } finally {
      await stack().start('postgres');
    }
    await charging.network.caughtUp();
    expect(charging.downs).toEqual([]);
    expect(charging.failures).toEqual([]);
    expect(endedTooEarly(await charging.network.records('session-events'), charging.fleet.totals())).toEqual([]);
  });

  it('leaves whole books behind', async () => {
    await expectWholeBooks(charging, LIMIT_A);
  });

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);
});
