// What may flow back, by the same rules as what may be drawn: told grant by grant at one EVSE. Under every fault: apps/load-balancing.
import { describe, expect, it } from '@jest/globals';
import { dischargeableMa } from './discharge.js';
import type { Grant } from './grant.js';
import * as ledger from './ledger.js';
import { exportCapacityAt } from './limits.js';
import { compileNetwork, exportCapacity } from './network.js';
import type { StationConfig } from './site-model.js';

const NOW = 10_000_000;
const MINUTE = 60_000;
const SETTLE = 5_000;
const config: StationConfig = {
  stationId: 'A',
  siteId: 's',
  nodeId: 'grid',
  securityProfile: 1,
  evses: [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0, maxDischargeA: 16 }],
};
const steady = { sinceMs: NOW - 30 * MINUTE, untilMs: NOW, lowestMs: 0, highestMs: 9_000, lastMs: 0 };
const online = { ...ledger.connected(ledger.newStationLedger(config), 1), skew: steady };
const SKEW = 10_000;

/** Feeds back `dischargeMa` for ten minutes. */
const grant = (commandId: string, grantSeq: number, dischargeMa: number, at = NOW): Grant => ({
  ownerEpoch: 1,
  grantSeq,
  commandId,
  slot: 'plan',
  evseId: 1,
  transactionId: 't',
  steps: [
    { fromMs: at, limitMa: 0, dischargeMa },
    { fromMs: at + 10 * MINUTE, limitMa: 0 },
  ],
  requestedMs: at,
  notAfterMs: at + 10_000,
  state: 'requested',
});
const mayFlow = (station: ledger.StationLedger, t: number): number => dischargeableMa(station, station.evses[0] as ledger.EvseLedger, t);
const running = ledger.transactionStarted(online, 1, 't');
const told = ledger.granted(running, grant('a', 1, 9_000));

describe('what may flow back', () => {
  it('is nothing before anything of the kind was granted, whatever is known of the station', () => {
    expect([running, ledger.presumedOffline(running), ledger.booted(running)].map((station) => mayFlow(station, NOW))).toEqual([0, 0, 0]);
  });

  it('counts from the request on, until its end by any clock the station may have and the time the car takes', () => {
    const end = NOW + 10 * MINUTE + SKEW + SETTLE;
    expect([NOW, end - 1, end].map((t) => mayFlow(told, t))).toEqual([9_000, 9_000, 0]);
  });

  it('never was when it is refused, and may be when nothing is heard of it', () => {
    expect(mayFlow(ledger.refused(told, 'a'), NOW)).toBe(0);
    expect(mayFlow(ledger.unanswered(told, 'a', NOW), NOW)).toBe(9_000);
    expect(mayFlow(ledger.ownerChanged(told), NOW)).toBe(9_000);
  });

  it('goes on at a station that is lost, off line or restarts, until its lease ends', () => {
    const accepted = ledger.accepted(ledger.sent(told, 'a', 1, NOW), 'a', 1, NOW);
    const states = [ledger.disconnected(accepted, 1), ledger.presumedOffline(accepted), ledger.booted(accepted)];
    expect(states.map((station) => mayFlow(station, NOW + 5 * MINUTE))).toEqual([9_000, 9_000, 9_000]);
  });

  it('falls once less is confirmed and the car has followed, not before', () => {
    const accepted = ledger.accepted(ledger.sent(told, 'a', 1, NOW), 'a', 1, NOW);
    const lower = ledger.sent(ledger.granted(accepted, grant('b', 2, 2_000, NOW + MINUTE)), 'b', 1, NOW + MINUTE);
    expect(mayFlow(lower, NOW + MINUTE)).toBe(9_000);
    const confirmed = ledger.accepted(lower, 'b', 1, NOW + 2 * MINUTE);
    expect([2 * MINUTE, 2 * MINUTE + SETTLE].map((ms) => mayFlow(confirmed, NOW + ms))).toEqual([9_000, 2_000]);
  });

  it('has no end while its clock is unknown', () => {
    const { skew: _unknown, ...unbounded } = told;
    expect(mayFlow(unbounded, NOW + 1_000 * MINUTE)).toBe(9_000);
  });

  it('ends with the transaction', () => expect(mayFlow(ledger.transactionEnded(told, 't'), NOW)).toBe(0));

  it('is all an EVSE can do once it is found not to obey, and never less than it was granted', () => {
    expect(mayFlow(ledger.setDisobedient(running, 1, true), NOW)).toBe(16_000);
    const weaker = ledger.reconfigured(told, { ...config, evses: [{ ...config.evses[0], maxDischargeA: 4 } as never] });
    expect(mayFlow(ledger.setDisobedient(weaker, 1, true), NOW)).toBe(9_000);
    expect(mayFlow(ledger.setDisobedient(weaker, 1, true), NOW + 20 * MINUTE)).toBe(4_000);
  });

  it('adds nothing to what may be drawn', () => {
    expect(ledger.committedMa(told, told.evses[0] as ledger.EvseLedger, NOW, true)).toBe(
      ledger.committedMa(running, running.evses[0] as ledger.EvseLedger, NOW, true),
    );
  });
});

it('fuses bind in both directions, and nothing flows back through a node that does not say so', () => {
  const children = [{ nodeId: 'roof', limitA: 16, exportLimitA: 40, marginA: 1, limitW: 253 * 30 }];
  const network = compileNetwork({ nodeId: 'grid', limitA: [63, 63, 20], exportLimitA: [10, 0, 32], children }, 230, [
    { stationId: 'A', nodeId: 'roof', maxA: 8 },
    { stationId: 'B', nodeId: 'grid' },
  ]);
  const any = Number.POSITIVE_INFINITY;
  expect([...exportCapacity(network)]).toEqual([10_000, 0, 20_000, any, 15_000, 15_000, 15_000, 26_999, 8_000, 8_000, 8_000, any]);
  expect([...exportCapacity(compileNetwork({ nodeId: 'grid', limitA: 63 }, 230))]).toEqual([0, 0, 0, any]);
});

it('the grid takes away from what a node takes back, for its time and in its direction, and adds nothing', () => {
  const network = compileNetwork({ nodeId: 'grid', limitA: 63, exportLimitA: 10, marginA: 1 }, 230);
  const limit = (ma: number, more: object = {}) => ({
    ...{ source: 'dso', nodeId: 'grid', direction: 'export' as const, expiresMs: 300 },
    steps: [{ fromMs: 100, limitMa: [ma, ma, ma] as const, totalMa: 12_000 }],
    ...more,
  });
  const lineMa = (limits: readonly Parameters<typeof exportCapacityAt>[1][number][], t: number) => [
    ...exportCapacityAt(network, limits, t).slice(0, 4),
  ];
  const any = Number.POSITIVE_INFINITY;
  expect([99, 100, 300].map((t) => lineMa([limit(4_000)], t))).toEqual([
    [9_000, 9_000, 9_000, any],
    [3_000, 3_000, 3_000, 9_000],
    [9_000, 9_000, 9_000, any],
  ]);
  expect(lineMa([limit(0)], 200)).toEqual([0, 0, 0, 9_000]);
  expect(lineMa([limit(50_000)], 200)).toEqual([9_000, 9_000, 9_000, 9_000]);
  expect(lineMa([limit(0, { direction: 'import' }), limit(0, { nodeId: 'elsewhere' })], 200)).toEqual([9_000, 9_000, 9_000, any]);
  expect(lineMa([limit(4_000, { fallback: { limitMa: [2_000, 2_000, 2_000] } })], 300)).toEqual([1_000, 1_000, 1_000, any]);
});
