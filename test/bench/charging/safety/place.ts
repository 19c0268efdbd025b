// Where the safety run takes place: the Caltech garage with its real sessions, or sixty chargers below one panel. Each as a site's
// configuration, as cars that come and go, and as what its copper bears, by an auditor that knows nothing of allocators.

import { DEFAULT_LEASE_SECONDS, type NodeConfig, type StationConfig } from '#domain/load-balancing';
import { type Random, randomFrom } from '../../../../apps/load-balancing/stage/chance.fixture.js';
import { excessA } from '../auditor.js';
import { CABLE_A, CAR_A, EVSES, KW_PER_A, lineLimitsA, march2019, PODS, TURNS_RATIO } from '../garage.js';

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PERIOD_MS = 300_000;

export interface Stay {
  /** Index into the stations. */
  readonly outlet: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly needKwh: number;
}

/** A size is what the limit of a place is told in: kW of the transformer, or A of the panel. */
export interface Place {
  readonly name: string;
  /** It is stated how much nobody can take away. */
  readonly isFirm: boolean;
  readonly unit: string;
  readonly fullSize: number;
  readonly cutSize: number;
  readonly root: NodeConfig;
  readonly voltageV: number;
  readonly leaseS: number;
  readonly stations: readonly StationConfig[];
  readonly kWPerA: number;
  readonly carA: number;
  /** Limits of nodes that stand for a size. */
  limitsOf(size: number): readonly { readonly nodeId: string; readonly limitA: number }[];
  /** How far the worst limit is exceeded by what is drawn per station [A]; 0 or less = none is. */
  excessA(drawnA: Float64Array, size: number): number;
  /** Times from 0 on. */
  stays(seed: number, ms: number): readonly Stay[];
}

const PAIRS = ['L1-L2', 'L2-L3', 'L3-L1'] as const;
const stationConfig = (
  isProven: boolean,
  stationId: string,
  nodeId: string,
  evse: Omit<StationConfig['evses'][number], 'evseId' | 'safeA'>,
): StationConfig => ({
  stationId,
  siteId: 's',
  nodeId,
  securityProfile: 1,
  keepsDefault: isProven,
  evses: [{ evseId: 1, safeA: 0, ...evse }],
});

/** Every seed another week of the month. */
export function garage(fullSize: number, cutSize: number, isProven: boolean): Place {
  const [full, cut] = [lineLimitsA(fullSize), lineLimitsA(cutSize)];
  return {
    name: `Caltech garage, ${fullSize} kW cut to ${cutSize}`,
    isFirm: true,
    unit: 'A of a line',
    fullSize,
    cutSize,
    voltageV: 120,
    leaseS: DEFAULT_LEASE_SECONDS,
    root: {
      nodeId: 'grid',
      limitA: full.primaryA,
      firmLimitA: cut.primaryA,
      unmanagedMaxA: 0,
      children: [
        {
          nodeId: 'garage',
          transformer: { vectorGroup: 'Dy11', turnsRatio: TURNS_RATIO },
          limitA: full.secondaryA,
          firmLimitA: cut.secondaryA,
          children: PODS.map(({ name, limitA }) => ({ nodeId: name, limitA })),
        },
      ],
    },
    stations: EVSES.map(({ id, pair, pod, levelsA }) =>
      stationConfig(isProven, id, pod ?? 'garage', { phases: PAIRS[pair], minA: levelsA[0] ?? 6, maxA: CABLE_A, levelsA: [0, ...levelsA] }),
    ),
    kWPerA: KW_PER_A,
    carA: CAR_A,
    limitsOf: (size) => {
      const { primaryA, secondaryA } = lineLimitsA(size);
      return [
        { nodeId: 'grid', limitA: primaryA },
        { nodeId: 'garage', limitA: secondaryA },
      ];
    },
    excessA,
    stays: (seed, ms) => {
      const startMs = ((seed - 1) % 12) * 2 * DAY_MS;
      return march2019().flatMap(({ arrival, departure, energyKwh, evse }) => {
        const [fromMs, toMs] = [arrival * PERIOD_MS - startMs, departure * PERIOD_MS - startMs];
        return fromMs < 0 || fromMs >= ms ? [] : [{ outlet: evse, fromMs, toMs, needKwh: energyKwh }];
      });
    },
  };
}

/** Chargers of 3 × 32 A that are nearly always taken by cars that want more than there is. */
export function panel(chargers: number, fullSize: number, cutSize: number, isProven: boolean): Place {
  return {
    name: `${chargers} chargers of 3 × 32 A, ${fullSize} A cut to ${cutSize} A`,
    isFirm: true,
    unit: 'A',
    fullSize,
    cutSize,
    voltageV: 230,
    leaseS: DEFAULT_LEASE_SECONDS,
    root: { nodeId: 'panel', limitA: fullSize, unmanagedMaxA: 0, firmLimitA: cutSize },
    stations: Array.from({ length: chargers }, (_, index) =>
      stationConfig(isProven, `P${index}`, 'panel', { phases: 3, minA: 6, maxA: 32 }),
    ),
    kWPerA: 0.69,
    carA: 32,
    limitsOf: (size) => [{ nodeId: 'panel', limitA: size }],
    excessA: (drawnA, size) => drawnA.reduce((sum, amps) => sum + amps, 0) - size - 1e-6,
    stays: (seed, ms) => {
      const random = randomFrom(seed * 7_919);
      return Array.from({ length: chargers }, (_, outlet) => staysAt(outlet, random, ms)).flat();
    },
  };
}

/** The same place, where nobody says how much cannot be taken away. */
export const nothingFirm = (place: Place): Place => ({
  ...place,
  name: `${place.name}, nothing firm`,
  isFirm: false,
  root: withoutFirm(place.root),
});
const withoutFirm = ({ firmLimitA: _unsaid, children, ...node }: NodeConfig): NodeConfig => ({
  ...node,
  ...(children && { children: children.map(withoutFirm) }),
});

function staysAt(outlet: number, random: Random, ms: number): readonly Stay[] {
  const stays: Stay[] = [];
  for (let atMs = random() * 2 * HOUR_MS; atMs < ms; ) {
    const toMs = atMs + (1 + random() * 7) * HOUR_MS;
    stays.push({ outlet, fromMs: atMs, toMs, needKwh: 20 + random() * 60 });
    atMs = toMs + (0.1 + random() * 2) * HOUR_MS;
  }
  return stays;
}
