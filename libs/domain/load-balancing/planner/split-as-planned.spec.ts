// The split under a plan: told in examples on one node, and for every target whatsoever.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Claim } from '../claim.js';
import { emptyLoad } from '../load.js';
import { compileNetwork, installedCapacity } from '../network.js';
import { routeOf } from '../routes.js';
import { split } from '../split.js';
import { splitAsPlanned, type Target } from './split-as-planned.js';

const network = compileNetwork({ nodeId: 'grid', limitA: 32 }, 230);
const capacity = installedCapacity(network);
const route = routeOf(network, 'grid', ['L1']);
const claim = (id: number, more: Partial<Claim> = {}): Claim => ({
  id,
  route,
  minMa: 6_000,
  maxMa: 32_000,
  weight: 1,
  priority: 0,
  waitingSinceMs: id,
  ...more,
});
const target = (wantMa: number, more: Partial<Target> = {}): Target => ({ wantMa, keep: false, isCapped: false, ...more });
const shares = (claims: readonly Claim[], targets: readonly (Target | undefined)[]) =>
  splitAsPlanned(capacity, claims, emptyLoad(network), targets).limitMa;

describe('splitAsPlanned', () => {
  it('is the fair split where there is no plan', () => {
    const claims = [claim(1), claim(2), claim(3)];
    expect(shares(claims, [undefined, undefined, undefined])).toEqual(split(capacity, claims, emptyLoad(network)).limitMa);
  });

  it('shares as planned, and lets wait who is to wait', () => {
    expect(shares([claim(1), claim(2), claim(3)], [target(0), target(24_000), target(8_000)])).toEqual([0, 24_000, 8_000]);
  });

  it('scales a plan that no longer fits', () => {
    expect(shares([claim(1), claim(2)], [target(32_000), target(32_000)])).toEqual([16_000, 16_000]);
  });

  it('gives what planned cars leave to the others, also to one the plan does not know', () => {
    const small = claim(1, { maxMa: 10_000 });
    expect(shares([small, claim(2), claim(3)], [target(10_000), target(0), undefined])).toEqual([10_000, 11_000, 11_000]);
  });

  it('leaves room unused where using it costs', () => {
    const capped = { isCapped: true };
    expect(shares([claim(1), claim(2)], [target(10_000, capped), target(0, capped)])).toEqual([10_000, 0]);
  });

  it('serves a car that was interrupted often enough before any other', () => {
    const tight = [claim(1), claim(2, { minMa: 30_000 })];
    expect(shares(tight, [target(0, { keep: true }), target(30_000)])).toEqual([32_000, 0]);
  });

  it('chooses the level closest to its target, where more costs', () => {
    const levels = claim(1, { levelsMa: [8_000, 16_000, 24_000, 32_000], minMa: 8_000 });
    expect(shares([levels], [target(11_000, { isCapped: true })])).toEqual([8_000]);
    expect(shares([levels], [target(13_000, { isCapped: true })])).toEqual([16_000]);
  });

  const anyTarget = fc.option(
    fc.record({
      wantMa: fc.integer({ min: 0, max: 60_000 }),
      keep: fc.boolean(),
      isCapped: fc.boolean(),
      worth: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { nil: undefined },
  );
  it('never exceeds the limit and gives only what each can take, whatever the targets are', () => {
    fc.assert(
      fc.property(fc.array(anyTarget, { minLength: 1, maxLength: 8 }), (targets) => {
        const claims = targets.map((_, index) => claim(index, index % 2 === 0 ? {} : { levelsMa: [8_000, 16_000, 24_000, 32_000] }));
        const given = shares(claims, targets);
        expect(given.reduce((sum, ma) => sum + ma, 0)).toBeLessThanOrEqual(32_000);
        given.forEach((ma, index) => {
          if (index % 2 === 0) expect(ma === 0 || (ma >= 6_000 && ma <= 32_000)).toBe(true);
          else expect([0, 8_000, 16_000, 24_000, 32_000]).toContain(ma);
        });
      }),
    );
  });
});
