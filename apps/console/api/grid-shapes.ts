// Programs of grid operators and what they asked of sites, as the api tells them.
// What stands at one site is site-shapes.ts.
import type { Ask } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export interface GridProgram {
  readonly programId: string;
  readonly url: string;
  readonly version: string;
  readonly siteIds: readonly string[];
  readonly heardAtMs: number | null;
  readonly validForMs: number;
  readonly trouble: string | null;
  readonly events: number;
  /** How its server tells by itself that there is something new, and why it does not. */
  readonly push: string | null;
  readonly pushTrouble: string | null;
  readonly reportedAtMs: number | null;
  readonly reportsRefused: number;
  readonly refusals: readonly { readonly eventId: string; readonly path: string; readonly message: string }[];
}

export interface GridSignal {
  readonly signalId: string;
  readonly siteId: string;
  readonly source: string;
  readonly isFedBack: boolean;
  readonly receivedAtMs: number | null;
}

/** One limit while it stood, beside what was drawn. */
export interface Evidence {
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly askedW: number;
  readonly isFallback: boolean;
  readonly averageW: number | null;
  readonly highestW: number | null;
  readonly aboveS: number;
  readonly metAfterS: number | null;
  readonly measuredS: number;
}

/** Devices of a site that a grid operator may dim (§14a EnWG). */
export interface DimmedSite {
  readonly siteId: string;
  readonly floorW: number | null;
  readonly failSafeW: number | null;
  readonly askedW: number | null;
  readonly untilMs: number | null;
  readonly heardAtMs: number | null;
  readonly isSilent: boolean;
}

/** Who forecasts what sites may draw (OSCP 2.0). */
export interface CapacityProvider {
  readonly providerId: string;
  readonly url: string;
  readonly isRegistered: boolean;
  readonly isAcknowledged: boolean;
  readonly offlineAtMs: number | null;
  /** By the provider's names, with the site each is for. */
  readonly groups: readonly string[];
  readonly forecasts: readonly string[];
}

export interface GridTold {
  readonly providers: readonly CapacityProvider[];
  readonly programs: readonly GridProgram[];
  readonly dimmed: readonly DimmedSite[];
  readonly signals: readonly GridSignal[];
}

export async function readGrid(ask: Ask): Promise<GridTold> {
  const paths = ['/v1/grid/programs', '/v1/grid/enwg14a', '/v1/grid/oscp', '/v1/grid/signals?limit=50'];
  const [programs, dimmed, providers, signals] = await Promise.all(paths.map((path) => ask.readAllowed(path)));
  const rows = (told: unknown) => listOf(rowOf(told).items).map(rowOf);
  return {
    programs: rows(programs).map(program),
    dimmed: rows(dimmed).map(dimmedSite),
    providers: rows(providers).map(capacityProvider),
    signals: rows(signals).map(signal),
  };
}

export async function readEvidence(ask: Ask, signalId: string, siteId: string): Promise<readonly Evidence[]> {
  const told = await ask.read(`/v1/grid/signals/${encodeURIComponent(signalId)}/evidence?siteId=${encodeURIComponent(siteId)}`);
  return listOf(rowOf(told).items).flatMap((each) => listOf(rowOf(each).stretches).map(rowOf).map(stretch));
}

const program = (row: Row): GridProgram => {
  const server = rowOf(row.server);
  return {
    programId: text(row.programId),
    url: text(server.url),
    version: text(server.version),
    siteIds: listOf(row.sites).map((site) => text(rowOf(site).siteId)),
    heardAtMs: timeOrNull(row.heardAt),
    validForMs: (numberOrNull(row.validForS) ?? 0) * 1000,
    trouble: textOrNull(row.trouble),
    events: numberOrNull(row.events) ?? 0,
    push: textOrNull(rowOf(row.push).kind),
    pushTrouble: textOrNull(row.pushTrouble),
    reportedAtMs: timeOrNull(row.reportedAt),
    reportsRefused: numberOrNull(row.reportsRefused) ?? 0,
    refusals: listOf(row.refusals)
      .map(rowOf)
      .map(({ eventId, path, message }) => ({ eventId: text(eventId), path: text(path), message: text(message) })),
  };
};

const capacityProvider = (row: Row): CapacityProvider => ({
  providerId: text(row.providerId),
  url: text(row.url),
  isRegistered: textOrNull(row.registeredUrl) !== null,
  isAcknowledged: row.isAcknowledged === true,
  offlineAtMs: timeOrNull(row.offlineAt),
  groups: listOf(row.groups)
    .map(rowOf)
    .map(({ groupId, siteId }) => `${text(groupId)} → ${text(siteId)}`),
  forecasts: Object.keys(rowOf(row.forecasts)),
});

const dimmedSite = (row: Row): DimmedSite => ({
  siteId: text(row.siteId),
  floorW: numberOrNull(row.floorW),
  failSafeW: numberOrNull(row.failSafeW),
  askedW: numberOrNull(row.askedW),
  untilMs: timeOrNull(row.until),
  heardAtMs: timeOrNull(row.heardAt),
  isSilent: row.isSilent === true,
});

const signal = (row: Row): GridSignal => ({
  signalId: text(row.signalId),
  siteId: text(row.siteId),
  source: text(row.source),
  isFedBack: row.direction === 'export',
  receivedAtMs: timeOrNull(row.receivedAt),
});

const stretch = (row: Row): Evidence => ({
  fromMs: timeOrNull(row.from) ?? 0,
  toMs: timeOrNull(row.to),
  askedW: numberOrNull(row.limitW) ?? 0,
  isFallback: row.isFallback === true,
  averageW: numberOrNull(row.averageW),
  highestW: numberOrNull(row.highestW),
  aboveS: numberOrNull(row.aboveS) ?? 0,
  metAfterS: numberOrNull(row.metAfterS),
  measuredS: numberOrNull(row.measuredS) ?? 0,
});
