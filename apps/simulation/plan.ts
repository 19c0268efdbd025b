// What one seed describes: sites and their limits, stations, tokens, a tariff, grid limits to come, and what operators will ask of stations.
// What goes wrong meanwhile is in faults.ts; setting it all up is in operator.ts.
import { type Chance, idTokensOf, type StationSpec } from '#apps/simulator';
import { DEFAULT_LEASE_SECONDS, type EvseConfig, type SiteConfig, type StationConfig } from '#domain/load-balancing';
import type { Card } from './bank.js';
import type { PaceRates } from './paces.js';

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

/** Asked at `askedMs`, and again under the same key at each of `againMs`: whoever asked was told nothing. */
export interface PlannedCommand {
  readonly siteId: string;
  readonly stationId: string;
  readonly askedMs: number;
  readonly againMs: readonly number[];
}

export interface Plan {
  readonly sites: readonly SiteConfig[];
  readonly stations: readonly PlannedStation[];
  readonly limits: readonly PlannedLimit[];
  readonly commands: readonly PlannedCommand[];
  readonly idTokens: readonly string[];
  /** Net price of energy [EUR/kWh]; nothing else is charged for. */
  readonly pricePerKwh: number;
  readonly taxPercent: number;
  /** By idToken: every driver pays by one. */
  readonly cards: ReadonlyMap<string, Card>;
  /** When everybody who was charged something asks for invoices [ms]. */
  readonly invoicedMs: readonly number[];
  /** For how long a station may follow a limit that nobody renews [ms]. */
  readonly leaseMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

export const TENANT = 'default';
const STATIONS_PER_SITE = 8;
const TAX_PERCENT = 21;
const CARDS: readonly [Card, ...Card[]] = ['good', 'good', 'good', 'good', 'declined', 'expired'];
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export function planOf(seed: string, chance: Chance, pace: PaceRates, stationCount: number, hours: number, startMs: number): Plan {
  const endMs = startMs + hours * HOUR_MS;
  const sites: SiteConfig[] = [];
  const stations: PlannedStation[] = [];
  for (let first = 0; first < stationCount; first += STATIONS_PER_SITE) {
    const count = Math.min(STATIONS_PER_SITE, stationCount - first);
    const siteId = `site-${sites.length + 1}`;
    sites.push(siteOf(siteId, pace, count, chance));
    for (let index = 0; index < count; index++) stations.push(stationOf(siteId, index, chance));
  }
  const limits = sites.flatMap(({ siteId, root }) => {
    const limitA = root.limitA as number;
    const count = Math.round(hours * chance.between(0, pace.mostLimits));
    return Array.from({ length: count }, (): PlannedLimit => {
      const announcedMs = Math.round(chance.between(startMs + 0.1 * HOUR_MS, endMs));
      const lastsMs = chance.next() < 0.5 ? 4 * HOUR_MS : chance.between(5, 20) * MINUTE_MS;
      return { siteId, announcedMs, untilMs: Math.round(announcedMs + lastsMs), limitA: Math.round(limitA * chance.between(0.3, 1)) };
    }).sort((a, b) => a.announcedMs - b.announcedMs);
  });
  const commands = stations.flatMap(({ config: { siteId, stationId } }) =>
    Array.from({ length: countOf(pace.commands * hours, chance.fork(stationId)) }, (): PlannedCommand => {
      const askedMs = Math.round(chance.between(startMs + 0.05 * HOUR_MS, endMs));
      const againMs = chance.next() < 0.5 ? [Math.round(askedMs + chance.between(0, 8_000))] : [];
      return { siteId, stationId, askedMs, againMs };
    }),
  );
  const pricePerKwh = chance.integer(20, 60) / 100;
  const leaseMs = (pace.site.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000;
  const idTokens = idTokensOf(seed, 40);
  const paying = chance.fork('paying');
  const cards = new Map(idTokens.map((idToken): [string, Card] => [idToken, paying.pick(CARDS)]));
  const invoicedMs = Array.from({ length: Math.ceil(hours * 2) }, () => Math.round(paying.between(startMs, endMs)));
  return { sites, stations, limits, commands, idTokens, pricePerKwh, taxPercent: TAX_PERCENT, cards, invoicedMs, leaseMs, startMs, endMs };
}

/** A whole number for a mean: the nearest, and where that would always be none, one now and then. */
const countOf = (mean: number, chance: Chance): number => (mean >= 0.5 ? Math.round(mean) : Number(chance.next() < mean));

function siteOf(siteId: string, { site }: PaceRates, stations: number, chance: Chance): SiteConfig {
  // Mostly less than half of what the cars would take: where nobody is short of anything, no mistake shows.
  const limitA = Math.max(32, stations * (chance.next() < 0.7 ? chance.integer(5, 8) : chance.integer(8, 16)));
  const children = [
    { nodeId: 'hall', limitA: Math.max(24, Math.round(limitA * 0.6)), phases: 3 as const },
    { nodeId: 'yard', limitA, phases: 3 as const },
  ];
  return {
    siteId,
    name: siteId,
    timeZone: 'Europe/Amsterdam',
    voltageV: 230,
    ...site,
    root: { nodeId: 'grid', limitA, unmanagedMaxA: 0, phases: 3, children },
  };
}

function stationOf(siteId: string, index: number, chance: Chance): PlannedStation {
  const stationId = `${siteId.toUpperCase()}-${index + 1}`;
  const maxA = chance.pick([16, 32, 32]);
  const count = chance.next() < 0.25 ? 2 : 1;
  const phases = chance.next() < 0.2 ? (1 as const) : (3 as const);
  const evses = Array.from(
    { length: count },
    (_, at): EvseConfig => ({ evseId: at + 1, phases: phases === 1 ? ['L1'] : phases, minA: 6, maxA, safeA: 0 }),
  );
  const nodeId = index % 2 === 0 ? 'hall' : 'yard';
  const keepsDefault = chance.next() < 0.5;
  return {
    config: { stationId, siteId, nodeId, securityProfile: 1, evses, keepsDefault, ...(chance.next() < 0.5 && { maxA }) },
    spec: {
      stationId,
      ocppVersion: chance.pick(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']),
      password: `password-of-${stationId}`,
      evses: evses.map(({ evseId }) => ({ evseId, phases, minA: 6, maxA })),
      ...(chance.next() < 0.3 && { bootsOnReconnect: true }),
    },
  };
}
