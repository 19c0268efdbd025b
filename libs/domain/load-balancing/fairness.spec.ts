// How far the split is from the fairest one, measured in milliamps against references that share nothing with it.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AllocationClaim } from './allocate.js';
import { maxMinByLinearPrograms } from './by-linear-program.fixture.js';
import type { Claim } from './claim.js';
import { at, boundsOf, problemOf, rowsOf, VOLTAGE_V } from './fairness.fixture.js';
import { emptyLoad, exceeds } from './load.js';
import { exactMaxMin, maxMinWhere } from './max-min.fixture.js';
import { compileNetwork } from './network.js';
import { routeOf } from './routes.js';
import { LINE_PAIRS, type NodeConfig, PHASES, type PhaseSet, type Transformer } from './site-model.js';
import { transformerSite, wyeSite } from './sites.fixture.js';
import { fairShares, split } from './split.js';
import { phaseList } from './units.js';

describe('the split of a tree of lines to the neutral', () => {
  it('is within 1 mA of the exact weighted max-min, with a full node and phase for everyone below the own maximum', () => {
    let deviation = 0;
    fc.assert(
      fc.property(wyeSite, (site) => {
        const { network, claims, capacity } = problemOf(site);
        const shares = fairShares(capacity, claims, emptyLoad(network));
        const { admitted } = shares;
        const [current, tight] = [admitted.map((index) => at(shares.current, index)), admitted.map((index) => at(shares.tight, index))];
        const chosen = Array.from(admitted, (index) => at(claims, index));
        const wirings = Array.from(admitted, (index) => at(site.evses, index));
        const rows = rowsOf(site.root, wirings, network);
        const bounds = chosen.map(boundsOf);
        const exact = exactMaxMin(
          { min: bounds.map(([low]) => low), max: bounds.map(([, high]) => high), weight: chosen.map(({ weight }) => weight) },
          rows,
        );
        current.forEach((value, index) => {
          deviation = Math.max(deviation, Math.abs(value - at(exact, index).toNumber()));
        });
        expect(deviation).toBeLessThanOrEqual(1);
        tight.forEach((column, index) => {
          if (column < 0) {
            expect(at(current, index)).toBe(at(bounds, index)[1]);
            return;
          }
          const { node, phase } = at(network.columns, column);
          const row = rows.find((each) => each.node === node && each.phase === phase);
          const members = [...(row?.shares ?? [])];
          // Full, but for the parts of a milliamp that everybody in it is rounded down by …
          const load = members.reduce((sum, [member, share]) => sum + at(current, member) * share, 0);
          const isFull = (row?.capacity ?? 0) - load <= members.reduce((sum, [, share]) => sum + share, 0);
          // … and nobody in it has more for its weight, unless it is what it needs at least.
          const own = at(exact, index).toNumber() / at(chosen, index).weight;
          const isFair = members.every(([member]) => {
            const value = at(exact, member).toNumber();
            return value <= at(bounds, member)[0] + 1e-3 || value / at(chosen, member).weight <= own + 1e-3;
          });
          expect({ isFull, isFair }).toEqual({ isFull: true, isFair: true });
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('is within 1 mA of what a solver of linear programs finds', async () => {
    const byLinearPrograms = await maxMinByLinearPrograms();
    fc.assert(
      fc.property(wyeSite, (site) => {
        const { network, claims, capacity } = problemOf(site);
        const { admitted, current } = fairShares(capacity, claims, emptyLoad(network));
        const chosen = Array.from(admitted, (index) => at(claims, index));
        const bounds = chosen.map(boundsOf);
        const best = byLinearPrograms(
          { min: bounds.map(([low]) => low), max: bounds.map(([, high]) => high), weight: chosen.map(({ weight }) => weight) },
          rowsOf(
            site.root,
            Array.from(admitted, (index) => at(site.evses, index)),
            network,
          ),
        );
        best.forEach((value, place) => {
          expect(Math.abs(at(current, at(admitted, place)) - value)).toBeLessThanOrEqual(1.01);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('admits by priority, then id, whoever still fits with what it needs at least', () => {
    fc.assert(
      fc.property(wyeSite, (site) => {
        const { network, claims, capacity } = problemOf(site);
        const { admitted } = fairShares(capacity, claims, emptyLoad(network));
        const rows = rowsOf(site.root, site.evses, network);
        const order = claims.map((_, index) => index).sort((a, b) => at(claims, b).priority - at(claims, a).priority || a - b);
        const expected: number[] = [];
        for (const index of order) {
          const [low, high] = boundsOf(at(claims, index));
          const fits = rows.every(({ capacity: room, shares }) => {
            const load = [...expected, index].reduce((sum, member) => sum + (shares.get(member) ?? 0) * boundsOf(at(claims, member))[0], 0);
            return !shares.has(index) || load <= room;
          });
          if (Number.isFinite(low) && high > 0 && high >= low && fits) expected.push(index);
        }
        expect(Array.from(admitted)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same when all weights are multiplied', () => {
    fc.assert(
      fc.property(wyeSite, fc.constantFrom(0.1, 0.7, 1 / 3, 1.3), (site, factor) => {
        const { network, claims, capacity } = problemOf(site);
        const { current } = fairShares(capacity, claims, emptyLoad(network));
        const weighted = claims.map((claim) => ({ ...claim, weight: claim.weight * factor }));
        fairShares(capacity, weighted, emptyLoad(network)).current.forEach((value, index) => {
          expect(Math.abs(value - at(current, index))).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is the same whatever was split in that network before', () => {
    const change = fc.record({ claim: fc.nat(), other: fc.nat(), isLeaving: fc.boolean(), waitingSinceMs: fc.nat({ max: 3 }) });
    fc.assert(
      fc.property(wyeSite, fc.array(change, { maxLength: 8 }), (site, changes) => {
        const { network, claims, capacity } = problemOf(site);
        const current = [...claims];
        for (const { claim, other, isLeaving, waitingSinceMs } of changes) {
          const [index, from] = [claim % current.length, other % claims.length];
          if (isLeaving && current.length > 1) current.splice(index, 1);
          else current[index] = { ...at(claims, from), id: at(current, index).id, waitingSinceMs };
          const fresh = compileNetwork(site.root, VOLTAGE_V);
          const moved = current.map((each) => ({ ...each, route: routeOf(fresh, ...placeOf(each, claims, site)) }));
          expect(split(capacity, current, emptyLoad(network))).toEqual(split(capacity, moved, emptyLoad(fresh)));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Where the claim with the same route is connected. */
function placeOf({ route }: Claim, claims: readonly Claim[], { evses }: { readonly evses: readonly AllocationClaim[] }) {
  const { nodeId, phases } = at(
    evses,
    claims.findIndex((each) => each.route === route),
  );
  return [nodeId, phases] as const;
}

// Delta: line currents straight from voltages and windings, in the angles of the grid.

type Complex = readonly [number, number];
const polar = (size: number, degrees: number): Complex => [
  size * Math.cos((degrees * Math.PI) / 180),
  size * Math.sin((degrees * Math.PI) / 180),
];
const minus = (a: Complex, b: Complex): Complex => [a[0] - b[0], a[1] - b[1]];
const plus = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];
const scaled = (a: Complex, factor: number): Complex => [a[0] * factor, a[1] * factor];
const angle = ([re, im]: Complex): number => (Math.atan2(im, re) * 180) / Math.PI;

/** How far the secondary is ahead of the primary. */
const SHIFT = { Dy1: -30, Dy11: 30, Yd1: -30, Yd11: 30, Yy0: 0, Dd0: 0 } as const;

/** What an EVSE draws from each line where line L1 has the angle `shift`. */
function drawn(phases: PhaseSet, ampere: number, shift: number): readonly Complex[] {
  const voltage = [0, -120, 120].map((degrees) => polar(1, degrees + shift));
  const currents: Complex[] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  if (typeof phases === 'string') {
    const [from, to] = at(
      [
        [0, 1],
        [1, 2],
        [2, 0],
      ] as const,
      LINE_PAIRS.indexOf(phases),
    );
    const current = polar(ampere, angle(minus(at(voltage, from), at(voltage, to))));
    currents[from] = current;
    currents[to] = scaled(current, -1);
  } else for (const phase of phaseList(phases)) currents[PHASES.indexOf(phase)] = polar(ampere, angle(at(voltage, PHASES.indexOf(phase))));
  return currents;
}

/** Windings: a delta primary winding lies between two lines, a delta secondary winding carries a third of the difference of its lines. */
function primaryOf({ vectorGroup, turnsRatio }: Transformer, [a, b, c]: readonly [Complex, Complex, Complex]): readonly Complex[] {
  switch (vectorGroup) {
    case 'Dy11':
      return [minus(a, c), minus(b, a), minus(c, b)].map((each) => scaled(each, 1 / turnsRatio));
    case 'Dy1':
      return [minus(a, b), minus(b, c), minus(c, a)].map((each) => scaled(each, 1 / turnsRatio));
    case 'Yd1':
      return [minus(a, b), minus(b, c), minus(c, a)].map((each) => scaled(each, 1 / 3 / turnsRatio));
    case 'Yd11':
      return [minus(a, c), minus(b, a), minus(c, b)].map((each) => scaled(each, 1 / 3 / turnsRatio));
    default:
      return [a, b, c].map((each) => scaled(each, 1 / turnsRatio));
  }
}

type Place = (node: NodeConfig, line: number) => boolean;
const EVERYWHERE: Place = () => true;

/** The largest share of its limit that any line of these places carries [mA above the limit; negative = free]. */
function worstExcess(root: NodeConfig, evses: readonly AllocationClaim[], current: readonly number[], isMeant = EVERYWHERE): number {
  const excess = (node: NodeConfig, shift: number): readonly [number, readonly Complex[]] => {
    let worst = Number.NEGATIVE_INFINITY;
    let lines: readonly Complex[] = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    const add = (more: readonly Complex[]): void => {
      lines = lines.map((line, index) => plus(line, at(more, index)));
    };
    evses.forEach(({ nodeId, phases }, index) => {
      if (nodeId === node.nodeId) add(drawn(phases, at(current, index), shift));
    });
    for (const child of node.children ?? []) {
      const [below, currents] = excess(child, shift + (child.transformer ? SHIFT[child.transformer.vectorGroup] : 0));
      worst = Math.max(worst, below);
      add(child.transformer ? primaryOf(child.transformer, currents as [Complex, Complex, Complex]) : currents);
    }
    lines.forEach((line, index) => {
      if (isMeant(node, index))
        worst = Math.max(worst, Math.hypot(...line) - 1000 * (typeof node.limitA === 'number' ? node.limitA : at(node.limitA, index)));
    });
    return [worst, lines];
  };
  return excess(root, 0)[0];
}

/** Cars may draw all they are allowed, or nothing: a line current is convex, so it is largest in one of these corners. */
function isSafe(
  root: NodeConfig,
  evses: readonly AllocationClaim[],
  current: readonly number[],
  toleranceMa: number,
  isMeant = EVERYWHERE,
): boolean {
  const counted = current.flatMap((value, index) => (value > 0 ? [index] : []));
  for (let subset = 0; subset < 2 ** counted.length; subset++) {
    const part = current.map((value, index) => (((subset >> counted.indexOf(index)) & 1) === 1 && counted.includes(index) ? value : 0));
    if (worstExcess(root, evses, part, isMeant) > toleranceMa) return false;
  }
  return true;
}

/** One line of the delta is exactly full with what the third EVSE needs at least; what the second draws flows against it there. */
const relievable: { readonly root: NodeConfig; readonly evses: readonly AllocationClaim[] } = {
  root: {
    nodeId: 'grid',
    limitA: [4.1, 2.1, 2],
    children: [{ nodeId: 'secondary', limitA: 8.1, transformer: { vectorGroup: 'Dy11', turnsRatio: 4 } }],
  },
  evses: [
    { evseId: 0, nodeId: 'secondary', minA: 0, maxA: 0.1, phases: 'L2-L3' },
    { evseId: 1, nodeId: 'secondary', minA: 0, maxA: 0.1, phases: 'L1-L2' },
    { evseId: 2, nodeId: 'secondary', minA: 8, maxA: 8, phases: 'L3-L1' },
  ],
};

describe('the split of a site with EVSEs between lines, below transformers of every kind', () => {
  it('never loads a line above its limit, whatever part of it the cars draw', () => {
    fc.assert(
      fc.property(transformerSite, (site) => {
        const { network, claims, capacity } = problemOf(site);
        const { limitMa, load } = split(capacity, claims, emptyLoad(network));
        expect(isSafe(site.root, site.evses, limitMa, 1e-6)).toBe(true);
        expect(exceeds(load, capacity)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is within 1 mA of the fairest that is safe', () => {
    fc.assert(
      fc.property(transformerSite, (site) => {
        const { network, claims, capacity } = problemOf(site);
        const shares = fairShares(capacity, claims, emptyLoad(network));
        const { admitted } = shares;
        const current = admitted.map((index) => at(shares.current, index));
        const chosen = Array.from(admitted, (index) => at(claims, index));
        const evses = Array.from(admitted, (index) => at(site.evses, index));
        const bounds = chosen.map(boundsOf);
        const best = maxMinWhere((currents) => isSafe(site.root, evses, currents, 1e-7), {
          min: bounds.map(([low]) => low),
          max: bounds.map(([, high]) => high),
          weight: chosen.map(({ weight }) => weight),
        });
        current.forEach((value, index) => {
          expect(Math.abs(value - at(best, index))).toBeLessThanOrEqual(1.01);
        });
      }),
      { numRuns: 200, examples: [[relievable]] },
    );
  });

  it('names a line that has no room for an EVSE below its maximum to have more, by the currents of the cars alone', () => {
    let named = 0;
    fc.assert(
      fc.property(transformerSite, (site) => {
        const { network, claims, capacity } = problemOf(site);
        const { admitted, current, tight } = fairShares(capacity, claims, emptyLoad(network));
        const shares = claims.map((_, index) => (admitted.includes(index) ? at(current, index) : 0));
        admitted.forEach((index) => {
          const column = at(tight, index);
          if (column < 0) {
            expect(at(shares, index)).toBe(at(boundsOf(at(claims, index)), 1));
            return;
          }
          named++;
          const { node, phase } = at(network.columns, column);
          const isNamed: Place = ({ nodeId }, line) => network.indexOf.get(nodeId) === node && at(PHASES, line) === phase;
          // It and all others are rounded down by less than a milliamp each: with that given back, one more is too much, there and for it.
          const more = shares.map((share, other) => (other === index ? share + 2 : share > 0 ? share + 1 : 0));
          expect(isSafe(site.root, site.evses, more, 1e-6, isNamed)).toBe(false);
          expect(isSafe(site.root, site.evses, shares, 1e-6, isNamed)).toBe(true);
        });
      }),
      { numRuns: 300, examples: [[relievable]] },
    );
    expect(named).toBeGreaterThan(100);
  });
});
