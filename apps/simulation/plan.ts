// What one seed describes: sites and their limits, stations, tokens, a tariff, and grid limits to come.
// What goes wrong meanwhile is in faults.ts; setting it all up is in operator.ts.
import { type Chance, idTokensOf, type StationSpec } from '#apps/simulator';
import type { EvseConfig, SiteConfig, StationConfig } from '#domain/load-balancing';

export interface PlannedStation {
  readonly config: StationConfig;
  readonly spec: StationSpec & { readonly password: string };
}

/** Announced at `announcedMs` for then on, until `untilMs`. */
export interface PlannedLimit {
  readonly siteId: string;
  readonly announcedMs: number;
  readonly untilMs: number;
  readonly limitA: number;
}

export interface Plan {
  readonly sites: readonly SiteConfig[];
  readonly stations: readonly PlannedStation[];
  readonly limits: readonly PlannedLimit[];
  readonly idTokens: readonly string[];
  /** Net price of energy [EUR/kWh]; nothing else is charged for. */
  readonly pricePerKwh: number;
  readonly startMs: number;
  readonly endMs: number;
}

export const TENANT = 'default';
const STATIONS_PER_SITE = 8;
const LEASE_S = 180;
const HOUR_MS = 3_600_000;

export function planOf(seed: string, chance: Chance, stationCount: number, hours: number, startMs: number): Plan {
  const endMs = startMs + hours * HOUR_MS;
  const sites: SiteConfig[] = [];
  const stations: PlannedStation[] = [];
  for (let first = 0; first < stationCount; first += STATIONS_PER_SITE) {
    const count = Math.min(STATIONS_PER_SITE, stationCount - first);
    const siteId = `site-${sites.length + 1}`;
    sites.push(siteOf(siteId, count, chance));
    for (let index = 0; index < count; index++) stations.push(stationOf(siteId, index, chance));
  }
  const limits = sites.flatMap(({ siteId, root }) => {
    const limitA = root.limitA as number;
    const count = Math.floor(hours * chance.between(0, 5));
    return Array.from({ length: count }, (): PlannedLimit => {
      const announcedMs = Math.round(chance.between(startMs + 0.2 * HOUR_MS, endMs));
      return { siteId, announcedMs, untilMs: announcedMs + 4 * HOUR_MS, limitA: Math.round(limitA * chance.between(0.4, 1)) };
    }).sort((a, b) => a.announcedMs - b.announcedMs);
  });
  const pricePerKwh = chance.integer(20, 60) / 100;
  return { sites, stations, limits, idTokens: idTokensOf(seed, 40), pricePerKwh, startMs, endMs };
}

function siteOf(siteId: string, stations: number, chance: Chance): SiteConfig {
  const limitA = Math.max(32, stations * chance.integer(8, 16));
  const children = [
    { nodeId: 'hall', limitA: Math.max(24, Math.round(limitA * 0.6)), phases: 3 as const },
    { nodeId: 'yard', limitA, phases: 3 as const },
  ];
  return {
    siteId,
    name: siteId,
    timeZone: 'Europe/Amsterdam',
    voltageV: 230,
    leaseSeconds: LEASE_S,
    root: { nodeId: 'grid', limitA, phases: 3, children },
  };
}

function stationOf(siteId: string, index: number, chance: Chance): PlannedStation {
  const stationId = `${siteId.toUpperCase()}-${index + 1}`;
  const maxA = chance.pick([16, 32, 32]);
  const count = chance.next() < 0.25 ? 2 : 1;
  const phases = chance.next() < 0.2 ? (1 as const) : (3 as const);
  const evses = Array.from({ length: count }, (_, at): EvseConfig => ({ evseId: at + 1, phases, minA: 6, maxA, safeA: 0 }));
  const nodeId = index % 2 === 0 ? 'hall' : 'yard';
  return {
    config: { stationId, siteId, nodeId, securityProfile: 1, evses, ...(chance.next() < 0.5 && { maxA }) },
    spec: {
      stationId,
      ocppVersion: chance.pick(['ocpp1.6', 'ocpp2.0.1']),
      password: `password-of-${stationId}`,
      evses: evses.map(({ evseId }) => ({ evseId, phases, minA: 6, maxA })),
      ...(chance.next() < 0.3 && { bootsOnReconnect: true }),
    },
  };
}
