// The split against an independent, slow reference and against what it promises for every tree.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AllocationClaim, allocate } from './allocate.js';
import { type FillProblem, fill } from './fill.js';
import { type NodeConfig, PHASES, type Phase } from './site-model.js';
import { phaseList } from './units.js';

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}
const at = <T>(list: ArrayLike<T>, index: number): T => known(list[index]);

const evse = (evseId: string, nodeId: string, extra: Partial<AllocationClaim> = {}): AllocationClaim => ({
  evseId,
  nodeId,
  phases: 3,
  minA: 6,
  maxA: 32,
  ...extra,
});
const amps = (root: NodeConfig, evses: readonly AllocationClaim[]) => allocate({ root, evses }).evses.map(({ limitA }) => limitA);

describe('allocate', () => {
  it('splits a full node evenly and names it as the reason', () => {
    const result = allocate({ root: { nodeId: 'site', limitA: 48 }, evses: [evse('a', 'site'), evse('b', 'site'), evse('c', 'site')] });
    expect(result.evses.map(({ limitA }) => limitA)).toEqual([16, 16, 16]);
    expect(result.evses[0]?.reason).toEqual({ nodeId: 'site', phase: 'L1' });
    expect(result.nodes).toEqual([{ nodeId: 'site', loadA: [48, 48, 48] }]);
  });

  it('gives what a tight branch leaves to the others', () => {
    const root = {
      nodeId: 'site',
      limitA: 60,
      children: [
        { nodeId: 'north', limitA: 16 },
        { nodeId: 'south', limitA: 63 },
      ],
    };
    expect(amps(root, [evse('a', 'north'), evse('b', 'north'), evse('c', 'south'), evse('d', 'south')])).toEqual([8, 8, 22, 22]);
  });

  it('counts only the lines a car is wired to', () => {
    const root = { nodeId: 'site', limitA: [40, 20, 20] as const };
    expect(amps(root, [evse('one', 'site', { phases: ['L1'] }), evse('three', 'site')])).toEqual([20, 20]);
    expect(amps(root, [evse('turned', 'site', { phases: ['L2'] }), evse('three', 'site')])).toEqual([10, 10]);
  });

  it('lets a car wait rather than give it less than its minimum, by priority, then waiting time, then id', () => {
    const root = { nodeId: 'site', limitA: 13 };
    expect(amps(root, [evse('c', 'site'), evse('a', 'site'), evse('b', 'site')])).toEqual([0, 6.5, 6.5]);
    const waits = (waitingSince: string) => ({ waitingSince });
    expect(
      amps(root, [
        evse('a', 'site', waits('2026-01-01T12:00:00Z')),
        evse('b', 'site', waits('2026-01-01T10:00:00Z')),
        evse('c', 'site', waits('2026-01-01T11:00:00Z')),
      ]),
    ).toEqual([0, 6.5, 6.5]);
    expect(amps(root, [evse('a', 'site'), evse('b', 'site'), evse('c', 'site', { priority: 5 })])).toEqual([6.5, 0, 6.5]);
  });

  it('honours weights and levels, and offers what rounding left', () => {
    expect(amps({ nodeId: 'site', limitA: 30 }, [evse('a', 'site', { weight: 2 }), evse('b', 'site')])).toEqual([20, 10]);
    const levels = { levelsA: [8, 16, 24, 32] };
    expect(amps({ nodeId: 'site', limitA: 31.8 }, [evse('a', 'site', levels), evse('b', 'site', levels), evse('c', 'site')])).toEqual([
      8, 8, 15.8,
    ]);
    expect(amps({ nodeId: 'site', limitA: 20 }, [evse('a', 'site'), evse('b', 'site'), evse('c', 'site')])).toEqual([6.7, 6.7, 6.6]);
  });

  it('keeps unmanaged load, margin and a limit in watts free', () => {
    const root = { nodeId: 'site', limitA: 32, unmanagedMaxA: 10, marginA: 2 };
    expect(amps(root, [evse('a', 'site')])).toEqual([20]);
    const watts = { nodeId: 'site', limitA: 100, limitW: 11_000 };
    const [limit = 0] = amps(watts, [evse('a', 'site')]);
    expect(limit * 3 * 230 * 1.1).toBeLessThanOrEqual(11_000);
    expect((limit + 0.1) * 3 * 230 * 1.1).toBeGreaterThan(11_000);
  });
});

const phases: fc.Arbitrary<readonly Phase[]> = fc.subarray([...PHASES], { minLength: 1 });
const tenths = (min: number, max: number) => fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10);

/** Trees of up to 12 nodes with up to 24 EVSEs; parents have a lower number than their children. */
const site = fc
  .record({
    nodes: fc.array(fc.record({ parent: fc.nat(), limitA: fc.tuple(tenths(0, 150), tenths(0, 150), tenths(0, 150)) }), {
      minLength: 1,
      maxLength: 12,
    }),
    evses: fc.array(
      fc.record({
        node: fc.nat(),
        phases,
        minA: fc.constantFrom(0, 6, 6, 8),
        extra: tenths(0, 40),
        weight: fc.constantFrom(1, 1, 1, 2, 3.7, 0.5),
        priority: fc.constantFrom(0, 0, 1),
      }),
      { minLength: 1, maxLength: 24 },
    ),
  })
  .map(({ nodes, evses }) => {
    const build = (index: number): NodeConfig => ({
      nodeId: `n${index}`,
      limitA: nodes[index]?.limitA ?? 0,
      children: nodes.flatMap(({ parent }, child) => (child > 0 && parent % child === index ? [build(child)] : [])),
    });
    const claims = evses.map(({ node, minA, extra, ...rest }, index) => ({
      evseId: index,
      nodeId: `n${node % nodes.length}`,
      minA,
      maxA: minA + extra,
      ...rest,
    }));
    return { root: build(0), evses: claims };
  });

const flatten = (node: NodeConfig): readonly NodeConfig[] => [node, ...(node.children ?? []).flatMap(flatten)];
const isBelow = (node: NodeConfig, nodeId: string): boolean => flatten(node).some((inner) => inner.nodeId === nodeId);

/** Plain restatement of the problem: every node × phase with the EVSEs that load it, in mA. */
const constraintsOf = (root: NodeConfig, evses: readonly AllocationClaim[]) =>
  flatten(root).flatMap((node) =>
    PHASES.map((phase, column) => ({
      node,
      phase,
      capacity: Math.round(at(node.limitA as readonly number[], column) * 1000),
      members: evses.flatMap((claim, index) => (phaseList(claim.phases).includes(phase) && isBelow(node, claim.nodeId) ? [index] : [])),
    })),
  );

/** Max-min by bisection on the level, freezing whoever cannot rise; nothing shared with the code under test. */
function reference(
  floors: readonly number[],
  ceilings: readonly number[],
  weights: readonly number[],
  rows: readonly { capacity: number; members: readonly number[] }[],
) {
  const frozen = new Map<number, number>();
  const value = (i: number, level: number) => frozen.get(i) ?? Math.min(at(ceilings, i), Math.max(at(floors, i), level * at(weights, i)));
  const feasible = (level: number) =>
    rows.every(({ capacity, members }) => members.reduce((sum, i) => sum + value(i, level), 0) <= capacity + 1e-7);
  while (frozen.size < floors.length) {
    let low = 0;
    let high = 1e6;
    for (let step = 0; step < 80; step++) {
      const middle = (low + high) / 2;
      if (feasible(middle)) low = middle;
      else high = middle;
    }
    const before = frozen.size;
    const level = low;
    const now = floors.map((_, i) => value(i, level));
    for (const i of floors.keys()) {
      const stuck = rows.some(
        ({ capacity, members }) => members.includes(i) && members.reduce((sum, j) => sum + at(now, j), 0) >= capacity - 1e-3,
      );
      if (!frozen.has(i) && (stuck || at(now, i) >= at(ceilings, i) - 1e-6)) frozen.set(i, at(now, i));
    }
    if (frozen.size === before) throw new Error('the reference makes no progress');
  }
  return floors.map((_, i) => known(frozen.get(i)));
}

describe('allocate, for every site', () => {
  it('never exceeds a node on any phase and gives each EVSE 0 or a value it can take', () => {
    fc.assert(
      fc.property(site, ({ root, evses }) => {
        const { evses: given, nodes } = allocate({ root, evses });
        const ma = given.map(({ limitA }) => Math.round(limitA * 1000));
        for (const { capacity, members, node, phase } of constraintsOf(root, evses)) {
          const load = members.reduce((sum, index) => sum + at(ma, index), 0);
          expect(load).toBeLessThanOrEqual(capacity);
          expect(Math.round(at(known(nodes.find(({ nodeId }) => nodeId === node.nodeId)).loadA, PHASES.indexOf(phase)) * 1000)).toBe(load);
        }
        evses.forEach(({ minA, maxA }, index) => {
          if (ma[index] !== 0) expect(ma[index]).toBeGreaterThanOrEqual(minA * 1000);
          expect(ma[index]).toBeLessThanOrEqual(Math.round(maxA * 1000));
        });
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nobody below a fairer share: within a step of the reference among those it admits', () => {
    fc.assert(
      fc.property(site, ({ root, evses }) => {
        const { evses: given } = allocate({ root, evses });
        const admitted = evses
          .map((_, index) => index)
          .filter((index) => at(given, index).limitA > 0 || (at(evses, index).minA === 0 && at(evses, index).maxA > 0));
        const chosen = admitted.map((index) => at(evses, index));
        const best = reference(
          chosen.map(({ minA }) => minA * 1000),
          chosen.map(({ maxA }) => Math.round(maxA * 1000)),
          chosen.map(({ weight = 1 }) => weight),
          constraintsOf(root, chosen),
        );
        chosen.forEach((_, position) => {
          expect(at(given, at(admitted, position)).limitA * 1000).toBeGreaterThanOrEqual(at(best, position) - 101);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives a certificate: where the reason says full, no step more fits for the one it names', () => {
    fc.assert(
      fc.property(site, ({ root, evses }) => {
        const { evses: given } = allocate({ root, evses });
        const rows = constraintsOf(root, evses);
        given.forEach(({ reason, limitA }, index) => {
          const { minA, maxA } = at(evses, index);
          if (!reason) {
            expect(limitA === 0 ? maxA : limitA).toBeCloseTo(maxA, 6);
            return;
          }
          const row = known(rows.find(({ node, phase }) => node.nodeId === reason.nodeId && phase === reason.phase));
          expect(row.members).toContain(index);
          const load = row.members.reduce((sum, member) => sum + Math.round(at(given, member).limitA * 1000), 0);
          // Rounding may leave up to a step per member at the named place when another place took the remainder.
          const slack = limitA === 0 ? Math.max(minA * 1000, 100) : 100 * row.members.length;
          expect(row.capacity - load).toBeLessThan(slack + 1);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('fill', () => {
  it('is within 1 mA of the exact weighted max-min', () => {
    fc.assert(
      fc.property(site, ({ root, evses }) => {
        const rows = constraintsOf(root, evses).filter(({ members }) => members.length > 0);
        // Floors that certainly fit together: a share of what the most crowded row allows.
        const floors = evses.map((_, index) =>
          Math.floor(
            Math.min(...rows.filter(({ members }) => members.includes(index)).map(({ capacity, members }) => capacity / members.length)) /
              3,
          ),
        );
        const ceilings = evses.map(({ maxA }, index) => Math.max(at(floors, index), Math.round(maxA * 1000)));
        const weights = evses.map(({ weight = 1 }) => weight);
        const perClaim = evses.map((_, index) => rows.flatMap(({ members }, row) => (members.includes(index) ? [row] : [])));
        const start = [0];
        for (const list of perClaim) start.push(known(start.at(-1)) + list.length);
        const problem: FillProblem = {
          min: Float64Array.from(floors),
          max: Float64Array.from(ceilings),
          weight: Float64Array.from(weights),
          start: Int32Array.from(start),
          constraint: Int32Array.from(perClaim.flat()),
          coefficient: new Float64Array(known(start.at(-1))).fill(1),
          capacity: Float64Array.from(rows, ({ capacity }) => capacity),
        };
        const best = reference(floors, ceilings, weights, rows);
        const { current } = fill(problem);
        current.forEach((value, index) => {
          expect(Math.abs(value - at(best, index))).toBeLessThanOrEqual(1);
        });
        for (const { capacity, members } of rows)
          expect(members.reduce((sum, index) => sum + at(current, index), 0)).toBeLessThanOrEqual(capacity);
      }),
      { numRuns: 500 },
    );
  });
});
