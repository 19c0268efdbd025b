// One of three brokers is killed while cars charge, and comes back, or stands still and holds its connections: the log stays open on the other two,
// sessions begin and end meanwhile, nobody gets an error, nothing is lost or doubled. Each broker leads some of the partitions, so each is lost in turn.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PartName } from '../../../deploy/local/stack.mjs';
import { stack } from '../../cluster/support/servers.js';
import { endedTooEarly } from '../support/audit.js';
import { ChargingNetwork } from '../support/charging-network.js';
import { expectRowsOfTheLog, expectWholeBooks } from '../support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 40);
const SITES = 8;
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);
const TURNOVER = 8;

describe('one broker of three is away', () => {
  let charging: ChargingNetwork;
  let round = 0;

  beforeAll(async () => {
    expect(stack().brokers).toHaveLength(3);
    const options = { stations: STATIONS, sites: SITES, partitions: 9, limitA: LIMIT_A, sampleIntervalS: 15, seed: 20_265 };
    charging = await ChargingNetwork.open(options);
    charging.arrive(charging.stationIds);
    await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
  });
  afterAll(async () => {
    await Promise.all(stack().brokers.map((broker) => stack().start(broker)));
    await charging?.close();
  });

  /** Drivers leave and come while the broker is away, and after it is back. */
  async function goesOnWithout(goAway: () => Promise<void> | void, comeBack: () => Promise<void> | void): Promise<void> {
    const leaving = charging.stationIds.slice(round * TURNOVER, ++round * TURNOVER);
    await goAway();
    try {
      const awayAt = Date.now();
      charging.depart(leaving);
      await charging.until('whoever left was heard out', () =>
        charging.fleet.totals().every(({ stationId, queued }) => !leaving.includes(stationId) || queued === 0),
      );
      charging.arrive(leaving);
      await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
      await charging.allAnsweredSince(awayAt, 120_000);
    } finally {
      await comeBack();
    }
    await charging.allAnsweredSince(Date.now(), 120_000);
    await charging.network.caughtUp();
    expect(charging.failures).toEqual([]);
    expect(endedTooEarly(await charging.network.records('session-events'), charging.fleet.totals())).toEqual([]);
  }

  it.each<PartName>(['kafka', 'kafka-2', 'kafka-3'])('%s is killed', async (broker) => {
    const { stop, start } = stack();
    await goesOnWithout(
      () => stop(broker, 'SIGKILL'),
      () => start(broker),
    );
  });

  it.each<PartName>(['kafka', 'kafka-2', 'kafka-3'])('%s stands still', async (broker) => {
    const { signal } = stack();
    await goesOnWithout(
      () => signal(broker, 'SIGSTOP'),
      () => signal(broker, 'SIGCONT'),
    );
  });

  it('has all that was answered, once, and every session and bill is whole', async () => {
    await expectWholeBooks(charging, LIMIT_A);
    expect(charging.failures).toEqual([]);
  });

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);
});
