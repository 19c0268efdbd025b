// Stations that tell nothing but their energy register: found where they ignore their limit, and never accused where they follow it.
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import { committedMa } from './ledger.fixture.js';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

interface Register {
  /** Counts in steps of so many Wh. */
  readonly stepWh?: number;
  /** Is itself read every so many ms. */
  readonly readEveryMs?: number;
  readonly everyMs?: number;
  readonly voltageV?: number;
}

/** Cars of three lines at A, which draws what `drawnA` says of what it is allowed, and B; the register of A alone is told for `ms`. */
function counting(it: Site, ms: number, drawnA: (allowedA: number) => number, register: Register = {}, fromWh = 1_234_000): number {
  const { stepWh = 1, readEveryMs = 1_000, everyMs = 20_000, voltageV = 230 } = register;
  let [wh, shownWh] = [fromWh, fromWh];
  for (const end = it.nowMs + ms; it.nowMs < end; ) {
    for (const next = it.nowMs + everyMs; it.nowMs < next; ) {
      it.pass(1_000);
      wh += (drawnA(it.plan('A')?.limitA ?? 0) * 3 * voltageV) / 3_600;
      if (it.nowMs % readEveryMs === 0) shownWh = Math.floor(wh / stepWh) * stepWh;
    }
    const sampledValue = [{ value: String(shownWh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' }];
    const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
    it.call('A', 'MeterValues', { connectorId: 1, transactionId: 1, meterValue });
  }
  return wh;
}

/** A and B share 40 A; A had all of it alone. */
function shared(register: Register = {}): { it: Site; wh: number } {
  const it = site(['A', 'B'], 40);
  it.start('A', 1);
  const wh = counting(it, 120_000, (allowedA) => allowedA, register);
  it.start('B', 2);
  it.pass(1_000);
  expect(it.plan('A')?.limitA).toBe(20);
  return { it, wh };
}
const found = (it: Site): readonly unknown[] => it.told.filter(({ type }) => type === 'StationDisobeyed').map(({ data }) => data);

describe('a station that tells only its energy register', () => {
  it('is found a minute after it should have followed, counts with its rating, and is believed again', () => {
    const { it, wh: before } = shared();
    const wh = counting(it, 100_000, () => 32, {}, before);
    expect(found(it)).toMatchObject([{ stationId: 'A', evseId: 1, reason: 'samples', allowedMa: 20_000 }]);
    expect(committedMa(it, 'A')).toBe(32_000);
    expect(it.plan('B')?.limitA).toBe(8);
    counting(it, 600_000, (allowedA) => allowedA, {}, wh);
    expect(stationIn(it.state, 'A')?.ledger.evses[0]?.disobedient).toBe(false);
  });

  it.each<Register>([
    {},
    { stepWh: 10 },
    { stepWh: 100 },
    { stepWh: 1_000 },
    { readEveryMs: 12_000 },
    { readEveryMs: 19_000 },
    { readEveryMs: 25_000 },
    { readEveryMs: 60_000 },
    { everyMs: 60_000, stepWh: 100 },
    { everyMs: 7_000, stepWh: 10 },
    { stepWh: 100, voltageV: 250 },
    { readEveryMs: 25_000, voltageV: 250 },
  ])('is not accused where it follows, however it counts: %j', (register) => {
    const { it, wh: before } = shared(register);
    const wh = counting(it, 300_000, (allowedA) => allowedA, register, before);
    // Another limit, and a register that begins anew.
    it.put('GridLimitReceived', {
      limitId: 'g',
      source: 'dso',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 16 }],
      expiresAt: new Date(it.nowMs + 3_600_000).toISOString(),
    });
    counting(it, 300_000, (allowedA) => allowedA, register, wh);
    counting(it, 300_000, (allowedA) => allowedA, register, 0);
    expect(found(it)).toEqual([]);
  });
});
