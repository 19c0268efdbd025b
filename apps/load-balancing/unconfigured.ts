// Current measured at a station where nothing is configured: nobody steers it, so it counts beside everything that is promised (P7).
// Where it counts in the network is the domain's, what is measured at configured EVSEs is samples.ts.
import type { CallReceived, Recorded, SiteEvent } from '#contracts';
import { evseOfConnector, LOWEST_VOLTAGE, type StationConfig } from '#domain/load-balancing';
import type { PowerReading } from '#domain/metering';
import { isWhole32 } from '#kernel';
import type { RowWrite, TableSpec } from '#service';
import { type SiteState, type StationState, stationIn, type Unconfigured } from './state.js';

/** Less is an outlet that waits: what was drawn before is over. Counted in such steps, so that not every ampere is news [mA]. */
const STEP_MA = 500;

const loads: TableSpec = {
  name: 'unconfigured_loads',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    outlet_id: 'integer',
    since: 'timestamptz',
    line_ma: 'bigint',
    ended_at: 'timestamptz',
  },
  key: ['tenant_id', 'station_id', 'outlet_id', 'since'],
};
export const UNCONFIGURED_LOADS = loads;

/** Each time something drew where nothing is configured, and how much at most; of the station this record is about. */
export function unconfiguredRows(before: SiteState, after: SiteState, { stationId = '' }: Recorded<SiteEvent>): readonly RowWrite[] {
  const [was = {}, is = {}] = [before, after].map((state) => stationIn(state, stationId)?.unconfigured);
  if (was === is) return [];
  const row = (outletId: string, { sinceMs, lineMa }: Unconfigured, ended_at: string | null): RowWrite => ({
    table: loads,
    row: {
      tenant_id: after.tenantId,
      site_id: after.siteId,
      station_id: stationId,
      outlet_id: idOrZero(Number(outletId)),
      since: new Date(sinceMs).toISOString(),
      line_ma: lineMa,
      ended_at,
    },
  });
  const over = Object.entries(was).filter(([outletId, { sinceMs }]) => is[outletId]?.sinceMs !== sinceMs);
  return [
    ...over.map(([outletId, found]) => row(outletId, found, new Date(after.nowMs).toISOString())),
    ...Object.entries(is).flatMap(([outletId, found]) => (was[outletId] === found ? [] : [row(outletId, found, null)])),
  ];
}

/** What is no number of OCPP names no outlet: it counts, under 0. */
const idOrZero = (outletId: number): number => (isWhole32(outletId) ? outletId : 0);

type Json = Readonly<Record<string, unknown>>;

/** What a message of now says of an outlet that is not configured, with what was last measured in it. */
export function besides(
  station: StationState,
  outletId: number,
  body: Json,
  reading: PowerReading | undefined,
  nowMs: number,
  voltageV: number,
): StationState {
  const drawnMa = reading && mostOnLineMa(reading, voltageV);
  const before = station.unconfigured?.[outletId];
  if (drawnMa === undefined) return before === undefined && body.eventType !== 'Ended' ? assumed(station, outletId, body, nowMs) : station;
  const lineMa = Math.ceil(drawnMa / STEP_MA) * STEP_MA;
  if (lineMa === 0) return withoutOutlet(station, outletId);
  const isWaiting = lineMa <= STEP_MA;
  if (before !== undefined && before.isAssumed === undefined && (isWaiting ? before.lineMa === lineMa : before.lineMa >= lineMa))
    return station;
  const transactionId = reading?.transactionId ?? before?.transactionId;
  const found: Unconfigured = { sinceMs: before?.sinceMs ?? nowMs, lineMa, ...(transactionId !== undefined && { transactionId }) };
  return { ...station, unconfigured: { ...station.unconfigured, [outletId]: found } };
}

/** A transaction without a current or power may draw what the station can (P7). */
function assumed(station: StationState, outletId: number, body: Json, nowMs: number): StationState {
  const id = (body.transactionInfo as Json | undefined)?.transactionId ?? body.transactionId;
  if (id === undefined) return station;
  const { maxA, evses } = station.config;
  const lineMa = 1000 * (maxA ?? Math.max(...evses.map((evse) => evse.maxA)));
  const found: Unconfigured = { sinceMs: nowMs, lineMa, transactionId: String(id), isAssumed: true };
  return { ...station, unconfigured: { ...station.unconfigured, [outletId]: found } };
}

/** As a connector in 1.6 and an EVSE in 2.x, where it is not configured. */
export function unconfiguredOutlet(config: StationConfig, ocppVersion: CallReceived['ocppVersion'], body: Json): number | undefined {
  const outletId = Number(ocppVersion === 'ocpp1.6' ? body.connectorId : ((body.evse as Json | undefined)?.id ?? body.evseId));
  return Number.isInteger(outletId) && outletId > 0 && !isConfigured(config, ocppVersion, outletId) ? outletId : undefined;
}

/** Which one a message is about. A station's own meter (0) is none: its EVSEs are in it already. */
export function outletOf(station: StationState, ocppVersion: CallReceived['ocppVersion'], body: Json): number | undefined {
  const named = unconfiguredOutlet(station.config, ocppVersion, body);
  const id = (body.transactionInfo as Json | undefined)?.transactionId;
  if (named !== undefined || id === undefined) return named;
  const its = placeOfTransaction(station, id);
  return its === undefined || isConfigured(station.config, ocppVersion, its) ? undefined : its;
}

export function withoutPlace(station: StationState, outletId: number | undefined): StationState {
  const { places, ...rest } = station;
  if (outletId === undefined || places?.[outletId] === undefined) return station;
  const { [outletId]: _over, ...others } = places;
  return Object.keys(others).length === 0 ? rest : { ...rest, places: others };
}

/** Where it said to be, once. */
export function placeOfTransaction({ places = {} }: StationState, id: unknown): number | undefined {
  const its = Object.entries(places).find(([, transactionId]) => transactionId === id);
  return its && Number(its[0]);
}

const isConfigured = (config: StationConfig, ocppVersion: StationState['ocppVersion'], outletId: number): boolean =>
  ocppVersion === 'ocpp1.6' ? evseOfConnector(config, outletId) !== undefined : config.evses.some(({ evseId }) => evseId === outletId);

/** Nothing is plugged in there any more. */
export const withoutOutlet = (station: StationState, outletId: number): StationState => kept(station, (id) => id !== outletId);
export const withoutTransaction = (station: StationState, ended: string): StationState =>
  withoutPlace(
    kept(station, (_, { transactionId }) => transactionId !== ended),
    placeOfTransaction(station, ended),
  );
/** What was configured since counts in its own right. */
export const stillUnconfigured = (station: StationState): StationState =>
  kept(station, (outletId) => !isConfigured(station.config, station.ocppVersion, outletId));

function kept(station: StationState, isKept: (outletId: number, found: Unconfigured) => boolean): StationState {
  const { unconfigured, ...rest } = station;
  if (unconfigured === undefined) return station;
  const all = Object.entries(unconfigured);
  const left = all.filter(([outletId, found]) => isKept(Number(outletId), found));
  if (left.length === all.length) return station;
  return left.length === 0 ? rest : { ...rest, unconfigured: Object.fromEntries(left) };
}

/**
 * The most that one line may carry [mA]: a current as it is, but no less than the power needs on three lines, since that of a DC outlet is the car's;
 * a power alone may all be on one line.
 */
function mostOnLineMa({ phaseCurrentA, currentA, powerW }: PowerReading, voltageV: number): number | undefined {
  if (currentA === undefined && powerW === undefined) return undefined;
  const measuredA = phaseCurrentA ? Math.max(...Object.values(phaseCurrentA)) : currentA;
  const fromPowerA = (powerW ?? 0) / (voltageV * LOWEST_VOLTAGE * (measuredA === undefined ? 1 : 3));
  return Math.max(0, Math.round(Math.max(measuredA ?? 0, fromPowerA) * 1000));
}
