// Trading levels: told in examples on one line, and for every mix of cars that it never exceeds a limit nor is worth less than before.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Claim } from '../claim.js';
import { emptyLoad, exceeds } from '../load.js';
import { compileNetwork, installedCapacity } from '../network.js';
import { routeOf } from '../routes.js';
import { split } from '../split.js';
import { type Trader, tradeLevels } from './trade-levels.js';

const network = compileNetwork({ nodeId: 'grid', limitA: 40 }, 230);
const capacity = installedCapacity(network);
const COARSE = [8_000, 16_000, 24_000, 32_000];
const FINE = Array.from({ length: 27 }, (_, index) => (index + 6) * 1000);

const trader = (id: number, wantMa: number, more: Partial<Trader> & { readonly levelsMa?: readonly number[] } = {}): Trader => {
  const { levelsMa = FINE, ...rest } = more;
  const route = routeOf(network, 'grid', ['L1']);
  const minMa = levelsMa[0] ?? 0;
  const claim: Claim = { id, route, minMa, maxMa: 32_000, levelsMa, weight: Math.max(1, wantMa), priority: 0, waitingSinceMs: id };
  return { claim, wantMa, worth: 1, keep: false, priority: 0, ...rest };
};
const roundedSplit = (traders: readonly Trader[]) =>
  split(
    capacity,
    traders.map(({ claim }) => claim),
    emptyLoad(network),
  );
const tradedMa = (traders: readonly Trader[]) => {
  const { load, limitMa } = roundedSplit(traders);
  return tradeLevels(capacity, traders, load, limitMa).limitMa;
};

describe('tradeLevels', () => {
  it('raises a car that leaves without its energy at the cost of one that can have it later', () => {
    const traders = [trader(1, 22_000, { levelsMa: COARSE }), trader(2, 18_000, { worth: 0 })];
    expect(roundedSplit(traders).limitMa).toEqual([16_000, 24_000]);
    expect(tradedMa(traders)).toEqual([32_000, 8_000]);
  });

  it('lets the one that can wait wait, where levels cannot be shared otherwise', () => {
    const traders = [trader(1, 32_000), trader(2, 2_000, { levelsMa: COARSE, worth: 0 })];
    expect(tradedMa(traders)).toEqual([32_000, 8_000]);
    const three = tradedMa([trader(1, 32_000), trader(2, 32_000), trader(3, 2_000, { worth: 0 })]);
    expect([three[2], three.reduce((sum, ma) => sum + ma, 0)]).toEqual([0, 40_000]);
  });

  it('stops nobody that is to be kept', () => {
    expect(tradedMa([trader(1, 32_000), trader(2, 32_000), trader(3, 2_000, { worth: 0, keep: true })])).toEqual([17_000, 17_000, 6_000]);
  });

  it('takes nothing from a car of higher priority', () => {
    const traders = [trader(1, 22_000, { levelsMa: COARSE }), trader(2, 18_000, { worth: 0, priority: 1 })];
    expect(tradedMa(traders)).toEqual(roundedSplit(traders).limitMa);
  });

  const anyTrader = fc.record({
    wantMa: fc.integer({ min: 0, max: 32_000 }),
    worth: fc.double({ min: 0, max: 1, noNaN: true }),
    keep: fc.boolean(),
    priority: fc.integer({ min: 0, max: 1 }),
    levelsMa: fc.constantFrom(FINE, COARSE),
  });
  it('never exceeds a limit, gives only levels and keeps what is to be kept', () => {
    fc.assert(
      fc.property(fc.array(anyTrader, { minLength: 1, maxLength: 8 }), (list) => {
        const traders = list.map(({ wantMa, ...more }, index) => trader(index, wantMa, more));
        const { load, limitMa } = roundedSplit(traders);
        const traded = tradeLevels(capacity, traders, load, limitMa);
        expect(exceeds(traded.load, capacity)).toBe(false);
        expect(traded.load.re[0]).toBe(traded.limitMa.reduce((sum, ma) => sum + ma, 0));
        traders.forEach(({ claim, keep }, index) => {
          expect([0, ...(claim.levelsMa ?? [])]).toContain(traded.limitMa[index]);
          if (keep && (limitMa[index] as number) > 0) expect(traded.limitMa[index]).toBeGreaterThan(0);
        });
      }),
    );
  });
});
