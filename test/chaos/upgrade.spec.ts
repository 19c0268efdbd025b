// An upgrade under load: every process is told to end, drains, and a new one takes its place, one after the other, while stations charge and drivers come
// and go. Nothing answered is lost or there twice, no session is doubled, no line is down for longer than its station's back-off, no limit lapses.
// `npm run drill` does it with thousands of stations, and from an older version to this one (DRILL_FROM: the root of a build of it); `npm test` with few, and
// with one process of each kind.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { report } from '../bench/support/report.mjs';
import type { AppName, ProcessName } from '../cluster/support/process-network.js';
import { ChargingNetwork } from './support/charging-network.js';
import { StationWatch } from './support/station-watch.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const DRILLED = process.env.DRILL_STATIONS;
const { DRILL_FROM: FROM, DRILL_FROM_COMMIT: FROM_COMMIT } = process.env;
/** So few that edges close one in a second, as slowly as they ever do. */
const STATIONS = Number(DRILLED ?? 12);
const SITES = Math.max(4, Math.ceil(STATIONS / 50));
const LIMIT_A = Math.ceil((8 * STATIONS) / SITES);
/** Renewed 140 s before its end, as leases of the usual length are: the time there is for another owner and for commands that nobody answers (ADR 0084). */
const LEASE_S = 300;
/** Drilled, as in the field: it is about replacing, not about throughput. */
const SAMPLE_S = DRILLED === undefined ? 2 : 60;
/** Drivers who leave, and others who come, while each process is away. */
const TURNOVER = Math.min(8, Math.floor(STATIONS / 6));
/** In the order in which they are replaced; those that the older version has. */
const APPS = (['session', 'load-balancing', 'metering', 'stations', 'billing', 'grid', 'api', 'edge'] as const satisfies AppName[]).filter(
  (app) => FROM === undefined || existsSync(join(FROM, `dist/apps/${app}/main.js`)),
);
const ROLLED = APPS.flatMap((app): ProcessName[] => (DRILLED === undefined && app !== 'edge' ? [`${app}-0`] : [`${app}-0`, `${app}-1`]));
const UNDISTURBED = 'undisturbed';

const say = (line: string): void => {
  if (DRILLED !== undefined) process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

describe(`${STATIONS} stations charge while every process is replaced`, () => {
  let charging: ChargingNetwork;
  let watch: StationWatch;
  const rolled: ProcessName[] = [];
  const away = new Map<ProcessName, { readonly drainMs: number; readonly startMs: number }>();
  const everybodyAnsweredSince = (since: number): Promise<void> => charging.allAnsweredSince(since, 60_000 + SAMPLE_S * 1000);
  const everybodyCharges = (): Promise<boolean> =>
    charging.until('every car charges', () => charging.stationIds.every((stationId) => charging.isCharging(stationId)), 300_000);

  beforeAll(async () => {
    charging = await ChargingNetwork.open({
      stations: STATIONS,
      sites: SITES,
      apps: APPS,
      ...(FROM !== undefined && { root: FROM }),
      partitions: 8,
      limitA: LIMIT_A,
      leaseSeconds: LEASE_S,
      sampleIntervalS: SAMPLE_S,
      seed: 20_278,
    });
    say(`${STATIONS} stations at ${SITES} sites are connected`);
    await charging.allArrive(DRILLED === undefined ? 0 : SAMPLE_S * 1000);
    await everybodyCharges();
    watch = new StationWatch(charging.fleet);
    watch.begin(UNDISTURBED);
    for (let round = 0; round < 2; round++) await everybodyAnsweredSince(Date.now());
    const { count, p99Ms } = watch.answers(UNDISTURBED);
    say(`undisturbed: ${count} answers, 99 of 100 within ${Math.round(p99Ms)} ms`);
  }, 1_200_000);
  afterAll(() => charging?.close(), 60_000);

  if (FROM !== undefined)
    it('brings the tables to the new version while the old one serves', async () => {
      charging.network.root = process.cwd();
      watch.begin('migrate');
      const { status, output } = await charging.network.program('standalone/migrate.js', []);
      expect({ status, output }).toEqual({ status: 0, output: expect.stringMatching(/the tables are as this version needs them/) });
      await everybodyAnsweredSince(Date.now());
      await charging.network.caughtUp();
    }, 300_000);

  for (const [turn, name] of ROLLED.entries())
    it(`${name}: drains, and a new one takes its place`, async () => {
      const { network, resting } = charging;
      const port = name.startsWith('edge-') ? network.edgePorts[Number(name.slice(-1))] : undefined;
      const movers = Array.from({ length: TURNOVER }, (_, index) => charging.stationIds[(turn * TURNOVER + index) % STATIONS] ?? '');
      watch.begin(name);
      const [beganAt, lossesBefore] = [Date.now(), watch.losses];
      if (port !== undefined) {
        resting.add(port); // out of the load balancer before its SIGTERM (docs/runbooks/upgrade.md)
        await charging.until('nobody dials it any more', () => charging.fleet.stations.every(({ online }) => online));
      }
      const ended = network.end(name, 'SIGTERM');
      charging.depart(movers);
      if (port !== undefined) {
        await charging.until('it says that it drains', async () => (await network.healthOf(name, '/readyz')) === 503);
        expect(await network.healthOf(name, '/healthz')).toBe(200);
      }
      expect(await ended).toBe(0);
      const endedAt = Date.now();
      charging.arrive(movers);
      network.start(name);
      await network.ready(name);
      if (port !== undefined) resting.delete(port);
      away.set(name, { drainMs: endedAt - beganAt, startMs: Date.now() - endedAt });
      rolled.push(name);
      if (DRILLED !== undefined) await everybodyAnsweredSince(endedAt); // an interval of samples
      await everybodyCharges();
      const { count, p99Ms, slowestMs } = watch.answers(name);
      const seconds = (ms: number): string => (ms / 1000).toFixed(1);
      say(
        `${name.padEnd(17)} drained in ${seconds(endedAt - beganAt)} s, ready after ${seconds(away.get(name)?.startMs ?? 0)} s, everybody heard after ${seconds(Date.now() - endedAt)} s; ${watch.losses - lossesBefore} lines closed; ` +
          `${count} answers, 99 of 100 within ${Math.round(p99Ms)} ms, slowest ${Math.round(slowestMs)} ms`,
      );
    }, 600_000);

  it('kept no station waiting for more than its own back-off, and no car without its limit', async () => {
    watch.begin('afterwards');
    await everybodyAnsweredSince(Date.now());
    expect(rolled).toEqual(ROLLED);
    expect(watch.vainDials.length === 0 ? [] : [...watch.vainDials, ...charging.refusedUpgrades()]).toEqual([]);
    expect(watch.pauses).toEqual([]);
    expect(charging.failures).toEqual([]);
    expect(charging.draws.highestMa()).toBeGreaterThan(0.8 * LIMIT_A * 1000);
  });

  it('leaves whole books behind', async () => {
    await expectWholeBooks(charging, LIMIT_A);
    say('everything answered is in the log once, every session is there once and billed over its register');
    if (DRILLED === undefined) return;
    const [before, during] = [watch.answers(UNDISTURBED), watch.answers(...rolled)];
    const longest = (of: 'drainMs' | 'startMs'): string => {
      const [name, times] = [...away].toSorted(([, a], [, b]) => b[of] - a[of])[0] ?? [];
      return `${((times?.[of] ?? 0) / 1000).toFixed(1)} s (${name})`;
    };
    report(
      'drill',
      `Upgrade drill, ${STATIONS} stations charging at ${SITES} sites${FROM_COMMIT === undefined ? '' : `, from ${FROM_COMMIT}`}`,
      [
        `${rolled.length} processes replaced one by one; ${watch.losses} lines closed; longest drain ${longest('drainMs')}, longest start ${longest('startMs')}`,
        `answers: 99 of 100 within ${Math.round(during.p99Ms)} ms of ${during.count}, slowest ${Math.round(during.slowestMs)} ms; undisturbed ${Math.round(before.p99Ms)} ms of ${before.count}`,
        `nothing answered lost or twice, no session doubled, every bill over the station's register, never above a site's limit; lines down for more than one back-off: ${watch.vainDials.length}; cars left without current by a limit that lapsed: ${watch.pauses.length}`,
      ],
      `npm run drill -- --only upgrade --stations ${STATIONS}${FROM_COMMIT === undefined ? '' : ` --from ${FROM_COMMIT}`}`,
    );
  }, 600_000);

  // What an older version decided, or had no column for, this one may see otherwise: a replay tells of versions then, not of their change.
  if (FROM === undefined) it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 600_000);
});
