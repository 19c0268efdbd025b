// kill -9 of one process of each kind while many stations charge (`npm run chaos` for hundreds) and drivers come and go: what was answered is in the log once,
// no session ends but by its driver, every end is billed over the station's own register, and no site ever draws more than it may.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppName } from '../cluster/support/process-network.js';
import { answeredButNotOnce, billsThatDiffer, endedTooEarly, sessionsThatDiffer } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { expectCommandsEnded, expectRowsOfTheLog } from './support/whole-books.js';

const KINDS: readonly AppName[] = ['edge', 'session', 'metering', 'stations', 'billing', 'load-balancing', 'api'];
/** Drivers who leave, and drivers who come, in the moment of each kill. */
const TURNOVER = 8;
/** So few that each has one turn. */
const STATIONS = Number(process.env.CHAOS_STATIONS ?? KINDS.length * TURNOVER);
const SITES = 8;
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);
/** Every station has to be answered again after each kill: as often as a site may ask for. */
const SAMPLE_S = 10;

describe('kill -9 of any one process', () => {
  let charging: ChargingNetwork;

  beforeAll(async () => {
    charging = await ChargingNetwork.open({
      stations: STATIONS,
      sites: SITES,
      partitions: 8,
      limitA: LIMIT_A,
      sampleIntervalS: SAMPLE_S,
      seed: 20_261,
    });
    charging.arrive(charging.stationIds);
    await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
  });
  afterAll(() => charging?.close());

  for (const [round, kind] of KINDS.entries())
    it(`${kind}: the others take over, and it comes back`, async () => {
      const { network } = charging;
      const leaving = Array.from({ length: TURNOVER }, (_, index) => charging.stationIds[(round * TURNOVER + index) % STATIONS] ?? '');
      charging.depart(leaving);
      const killedAt = Date.now();
      await network.end(`${kind}-0`, 'SIGKILL');
      charging.arrive(leaving);
      await charging.allAnsweredSince(killedAt);
      await network.caughtUp();
      network.start(`${kind}-0`);
      await network.ready(`${kind}-0`);
      await charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)));
      expect(endedTooEarly(await network.records('session-events'), charging.fleet.totals())).toEqual([]);
    });

  it('leaves a log that has all that was answered, once', async () => {
    await charging.allDepart();
    expect(answeredButNotOnce(await charging.network.records('site-events'), charging.fleet.totals())).toEqual([]);
    expect(charging.failures).toEqual([]);
    expect(charging.network.deaths).toEqual([]);
  });

  it('ends and bills every session once, over the register of its station', async () => {
    const { network, fleet } = charging;
    await network.settled();
    const [sessions, bills] = [await network.records('session-events'), await network.records('billing-events')];
    const totals = fleet.totals();
    expect(totals.flatMap(({ transactions }) => transactions)).toHaveLength(STATIONS + KINDS.length * TURNOVER);
    expect(sessionsThatDiffer(sessions, totals)).toEqual([]);
    expect(billsThatDiffer(bills, sessions, totals)).toEqual([]);
  });

  it('has one end of every command, told as its station said it', () => expectCommandsEnded(charging));

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);

  it('wrote no key and no address with a password into its output', () => {
    expect([...charging.network.leaks]).toEqual([]);
  });

  it('never let a site draw more than its limit', () => {
    expect(charging.draws.highestMa()).toBeGreaterThan(0.8 * LIMIT_A * 1000);
    expect(charging.draws.above(LIMIT_A * 1000)).toEqual([]);
  });
});
