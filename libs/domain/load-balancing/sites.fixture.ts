// Random sites for the properties of the split: trees with limits per line and in total, EVSEs of every wiring, weight and habit.
// What must hold for them is stated in the specs.
import fc from 'fast-check';
import type { AllocationClaim } from './allocate.js';
import { LINE_PAIRS, type NodeConfig, PHASES, type Phase, type PhaseSet, type Transformer } from './site-model.js';

const tenths = (min: number, max: number) => fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10);
const lines: fc.Arbitrary<readonly Phase[]> = fc.subarray([...PHASES], { minLength: 1 });

const claimsAt = (wiring: fc.Arbitrary<PhaseSet>, maxLength: number) =>
  fc.array(
    fc.record({
      node: fc.nat(),
      phases: wiring,
      minA: fc.constantFrom(0, 6, 6, 8),
      extra: tenths(0, 40),
      weight: fc.constantFrom(1, 1, 1, 2, 3, 7),
      priority: fc.constantFrom(0, 0, 1),
      levels: fc.constantFrom(undefined, undefined, undefined, [8, 16, 24, 32], [0, 6, 10, 13, 20, 32]),
    }),
    { minLength: 1, maxLength },
  );

type Drawn = ReturnType<typeof claimsAt> extends fc.Arbitrary<infer T> ? T : never;

const asClaims = (drawn: Drawn, nodeIds: readonly string[]): readonly AllocationClaim[] =>
  drawn.map(({ node, minA, extra, levels, ...rest }, index) => ({
    evseId: index,
    nodeId: nodeIds[node % nodeIds.length] ?? '',
    minA,
    maxA: minA + extra,
    ...(levels && { levelsA: levels }),
    ...rest,
  }));

/** Trees of up to 12 nodes with up to 24 EVSEs to the neutral; parents have a lower number than their children. */
export const wyeSite = fc
  .record({
    nodes: fc.array(
      fc.record({
        parent: fc.nat(),
        limitA: fc.tuple(tenths(0, 150), tenths(0, 150), tenths(0, 150)),
        limitW: fc.option(fc.integer({ min: 0, max: 80_000 }), { nil: undefined, freq: 2 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    evses: claimsAt(lines, 24),
  })
  .map(({ nodes, evses }) => {
    const build = (index: number): NodeConfig => ({
      nodeId: `n${index}`,
      limitA: nodes[index]?.limitA ?? 0,
      ...(nodes[index]?.limitW !== undefined && { limitW: nodes[index].limitW }),
      children: nodes.flatMap(({ parent }, child) => (child > 0 && parent % child === index ? [build(child)] : [])),
    });
    return {
      root: build(0),
      evses: asClaims(
        evses,
        nodes.map((_, index) => `n${index}`),
      ),
    };
  });

const groups: readonly Transformer['vectorGroup'][] = ['Dy1', 'Dy11', 'Yd1', 'Yd11', 'Yy0', 'Dd0'];

/** A grid connection, a transformer below it with a panel, and a few EVSEs, most of them between two lines, on both sides. */
export const transformerSite = fc
  .record({
    primary: fc.tuple(tenths(2, 60), tenths(2, 60), tenths(2, 60)),
    isEven: fc.boolean(),
    secondary: fc.tuple(tenths(5, 200), tenths(5, 200), tenths(5, 200)),
    panel: tenths(5, 120),
    vectorGroup: fc.constantFrom(...groups),
    turnsRatio: fc.constantFrom(1, 2, 4, 2.4),
    evses: claimsAt(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<PhaseSet>(...LINE_PAIRS) },
        { weight: 1, arbitrary: lines as fc.Arbitrary<PhaseSet> },
      ),
      6,
    ),
  })
  .map(({ primary, isEven, secondary, panel, vectorGroup, turnsRatio, evses }) => {
    const root: NodeConfig = {
      nodeId: 'grid',
      limitA: isEven ? primary[0] : primary,
      children: [
        {
          nodeId: 'secondary',
          limitA: secondary,
          transformer: { vectorGroup, turnsRatio },
          children: [{ nodeId: 'panel', limitA: panel }],
        },
      ],
    };
    return { root, evses: asClaims(evses, ['panel', 'secondary', 'secondary', 'grid']) };
  });

export const flatten = (node: NodeConfig): readonly NodeConfig[] => [node, ...(node.children ?? []).flatMap(flatten)];
export const isBelow = (node: NodeConfig, nodeId: string): boolean => flatten(node).some((inner) => inner.nodeId === nodeId);
