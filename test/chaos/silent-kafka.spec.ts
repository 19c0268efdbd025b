// Kafka says nothing for a minute while many stations charge (`npm run chaos` for hundreds), and later is gone and started again: at the door 503 with Retry-After, who waits
// for an answer is sent away in waves instead of being left in silence, nobody gets an error, and nothing is lost or doubled afterwards.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PartName } from '../../deploy/local/stack.mjs';
import { stack } from '../cluster/support/servers.js';
import { until } from '../cluster/support/until.js';
import { endedTooEarly } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { closingsPerS } from './support/closings.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 40);
const SITES = 8;
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);
const SAMPLE_S = 15;
const OUTAGE_MS = Number(process.env.CHAOS_OUTAGE_S ?? 60) * 1000;
/** Drivers who leave while the log is away. */
const TURNOVER = 8;
/** Closed in a second: 5 % of each edge's sockets and at least one. */
const EDGES = 2;
const CLOSED_PER_S = EDGES * Math.max(1, (0.05 * STATIONS) / EDGES);

/** Of one broker after the other nothing would be noticed where there are three. */
const all = async (work: (broker: PartName) => Promise<void> | void): Promise<void> => {
  await Promise.all(stack().brokers.map(work));
};

describe('a log that is away', () => {
  let charging: ChargingNetwork;
  let round = 0;

  beforeAll(async () => {
    charging = await ChargingNetwork.open({
      stations: STATIONS,
      sites: SITES,
      partitions: 8,
      limitA: LIMIT_A,
      sampleIntervalS: SAMPLE_S,
      seed: 20_262,
    });
    charging.arrive(charging.stationIds);
    await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
  });
  afterAll(async () => {
    await all((broker) => stack().start(broker));
    await charging?.close();
  });

  async function away(goAway: () => Promise<void>, comeBack: () => Promise<void>, forMs: number): Promise<void> {
    const leaving = charging.stationIds.slice(round * TURNOVER, ++round * TURNOVER);
    await charging.until('every station online', () => charging.fleet.stations.every(({ online }) => online));
    const goneAt = Date.now();
    const perS = closingsPerS();
    const reasonsOf = (stationId: string): readonly string[] =>
      charging.downs.filter((down) => down.stationId === stationId && down.at >= goneAt).map(({ reason }) => reason);
    const left = (): readonly string[] => charging.stationIds.filter((stationId) => !reasonsOf(stationId).includes('closed with 1013'));
    await goAway();
    try {
      charging.depart(leaving);
      await until('every station that waits was sent away', () => left().length === 0, {
        withinMs: 90_000,
        tell: () =>
          left()
            .map((stationId) => `${stationId}: ${reasonsOf(stationId).join(', ')}`)
            .join('\n'),
      });
      await charging.until('the outage is over', () => Date.now() - goneAt >= forMs);
    } finally {
      await comeBack();
    }
    const backAt = Date.now();

    const downs = charging.downs.filter(({ at }) => at > goneAt && at < backAt);
    const refused = downs.filter(({ reason }) => !reason.startsWith('closed'));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(({ reason, retryAfterMs = 0 }) => reason !== 'HTTP 503' || retryAfterMs <= 0)).toEqual([]);
    const closed = downs.filter(({ reason }) => reason.startsWith('closed'));
    expect(closed.filter(({ reason }) => reason !== 'closed with 1013')).toEqual([]);
    expect(perS(closed.map(({ at }) => at))).toBeLessThanOrEqual(CLOSED_PER_S);

    await charging.allAnsweredSince(backAt, 120_000);
    charging.arrive(leaving);
    await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
    await charging.network.caughtUp();
    expect(charging.failures).toEqual([]);
    expect(endedTooEarly(await charging.network.records('session-events'), charging.fleet.totals())).toEqual([]);
  }

  it('holds its connections and says nothing', async () => {
    const { signal } = stack();
    await away(
      () => all((broker) => signal(broker, 'SIGSTOP')),
      () => all((broker) => signal(broker, 'SIGCONT')),
      OUTAGE_MS,
    );
  });

  it('is killed and started again', async () => {
    const { stop, start } = stack();
    await away(
      () => all((broker) => stop(broker, 'SIGKILL')),
      () => all(start),
      0,
    );
  });

  it('has all that was answered, once, and every session and bill is whole', async () => {
    await expectWholeBooks(charging, LIMIT_A);
    expect(charging.failures).toEqual([]);
  });

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);
});
