// Attack 8: a whole fleet comes back at once after a blackout, with what it queued. Who has to wait is told for how long; nothing is lost or doubled.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived } from '#contracts';
import { EdgeWorld } from '../scenario/support/edge-world.js';
import { HeldClock } from '../scenario/support/held-clock.js';
import { RawStation } from '../scenario/support/raw-station.js';

const FLEET = Array.from({ length: 40 }, (_, n) => `CP${n}`);

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  edge = await system.edge({ pingIntervalS: 3600, attemptsPerAddress: { burst: 10, perS: 10 } });
  for (const stationId of FLEET) await system.station(stationId);
});
afterEach(() => system.close());

it('lets in what it can, tells the others when to come back, and takes their queues then', async () => {
  const stations = new Map<string, RawStation>();
  for (let round = 0; stations.size < FLEET.length && round < 10; round++) {
    const waiting = FLEET.filter((stationId) => !stations.has(stationId));
    const outcomes = await Promise.all(waiting.map(async (stationId) => [stationId, await system.attempt(edge, stationId)] as const));
    for (const [stationId, outcome] of outcomes) {
      if (outcome instanceof RawStation) stations.set(stationId, outcome);
      else expect(outcome).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    }
    expect(stations.size).toBe(Math.min(FLEET.length, (round + 1) * 10));
    clock.advance(1_000);
  }
  const queue = [1, 2, 3].map((n) => ({
    connectorId: 1,
    meterValue: [{ timestamp: '2026-11-01T11:00:00Z', sampledValue: [{ value: String(n) }] }],
  }));
  await Promise.all(
    [...stations.values()].map(async (station) => {
      for (const [n, values] of queue.entries()) expect((await station.call('MeterValues', values, `q${n}`))[0]).toBe(3);
    }),
  );
  const calls = await system.records('CallReceived');
  expect(calls).toHaveLength(FLEET.length * queue.length);
  for (const stationId of FLEET)
    expect(calls.filter((call) => call.stationId === stationId).map(({ data }) => (data as CallReceived).messageId)).toEqual([
      'q0',
      'q1',
      'q2',
    ]);
});

it('is told to wait while the log is away, all but one a second', async () => {
  const calm = await system.edge({ edgeId: 'calm', pingIntervalS: 3600 });
  const [probe] = FLEET as [string];
  const station = await system.connect(calm, probe);
  system.log.mode = 'fail';
  station.send([2, 'hb', 'Heartbeat', {}]);
  await station.closed;
  clock.advance(6_000);
  const outcomes = await Promise.all(FLEET.map((stationId) => system.attempt(calm, stationId)));
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
});
