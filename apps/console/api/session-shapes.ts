// Charging sessions as the api tells them: rows of the list, and everything behind one of them.
// What follows from that is model/session-story.ts.
import { ApiError } from './errors.js';
import type { Ask } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';
import { type Money, readMoney, readSession, type Session } from './network-shapes.js';
import { type LimitCommand, readLimitCommand } from './story-shapes.js';

export interface SessionRow extends Session {
  readonly endedAtMs: number | null;
  readonly ocppVersion: string | null;
  /** Why it ended, in the station's word. */
  readonly reason: string | null;
  /** Nobody heard its end. */
  readonly isProvisional: boolean;
  readonly flags: readonly string[];
}

export interface SessionsQuery {
  readonly status: 'all' | 'active' | 'ended';
  /** null: every site. */
  readonly siteId: string | null;
  readonly search: string;
}

export interface SessionPage {
  readonly items: readonly SessionRow[];
  readonly nextCursor: string | null;
}

export interface SessionPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly energyWh: number;
  readonly state: string;
  readonly pausedBy: 'network' | 'vehicle' | null;
  readonly powerW: number | null;
  /** Sum over the lines. */
  readonly currentA: number | null;
}

/** A price that applied. Figures are decimal texts: nothing is computed from them here. */
export interface CostLine {
  readonly dimension: string;
  readonly quantity: string;
  readonly unit: string;
  /** The part of the quantity that rounding up added. */
  readonly stepAdded: string;
  readonly unitPrice: string;
  readonly vatPercent: string | null;
  readonly net: string;
  readonly gross: string;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface SessionEntry {
  readonly key: string;
  readonly atMs: number;
  readonly kind: string;
  readonly by: string | null;
  readonly state: string | null;
  readonly offset: string;
}

export interface SessionStory {
  readonly session: SessionRow;
  /** IANA zone its prices are read in; null: UTC. */
  readonly timeZone: string | null;
  readonly tariffId: string | null;
  readonly currency: string | null;
  /** Oldest first; so are the others. */
  readonly periods: readonly SessionPeriod[];
  readonly limits: readonly LimitCommand[];
  readonly entries: readonly SessionEntry[];
  /** What the car told of its battery. */
  readonly soc: readonly { readonly atMs: number; readonly percent: number }[];
  /** Of the charge record in force, or of what it comes to so far. */
  readonly lines: readonly CostLine[];
  readonly net: Money | null;
  readonly cdrId: string | null;
  /** Records that were taken back. */
  readonly credits: number;
  /** Lines of the outlet, as configured; 3 where that is not known. */
  readonly outletLines: number;
}

export async function readSessions(ask: Ask, { status, siteId, search }: SessionsQuery, cursor: string | null): Promise<SessionPage> {
  const query = new URLSearchParams({
    limit: '25',
    ...(status !== 'all' && { status }),
    ...(siteId !== null && { siteId }),
    ...(search !== '' && { search }),
    ...(cursor !== null && { cursor }),
  });
  const { items, nextCursor } = rowOf(await ask.read(`/v1/sessions?${query}`));
  return { items: listOf(items).map(readSessionRow), nextCursor: textOrNull(nextCursor) };
}

/** Null where there is no such session. */
export async function readSessionStory(ask: Ask, sessionId: string): Promise<SessionStory | null> {
  let told: Row;
  try {
    told = rowOf(await ask.read(`/v1/sessions/${encodeURIComponent(sessionId)}/explain`));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
  const session = readSessionRow(told.session);
  return sessionStory(told, session, await ask.readAllowed(`/v1/stations/${encodeURIComponent(session.stationId)}`).catch(() => null));
}

export function readSessionRow(json: unknown): SessionRow {
  const row = rowOf(json);
  return {
    ...readSession(json),
    endedAtMs: timeOrNull(row.endedAt),
    ocppVersion: textOrNull(row.ocppVersion),
    reason: textOrNull(row.reason),
    isProvisional: row.provisional === true,
    flags: listOf(row.flags).map(text),
  };
}

/** `station`: as it is configured now. */
export function sessionStory(told: Row, listed: SessionRow, station: unknown): SessionStory {
  const events = listOf(told.events).map(rowOf);
  const { running, tariff, session: row } = { running: rowOf(told.running), tariff: rowOf(told.tariff), session: rowOf(told.session) };
  const billed = listOf(told.lines).map(rowOf);
  const last = Math.max(0, ...billed.map(({ rating_seq }) => numberOrNull(rating_seq) ?? 0));
  const inForce = billed.filter(({ rating_seq, credit_of }) => rating_seq === last && credit_of === null);
  // What was told of a running session is up to a minute old: its lines and their sum are of now.
  const { exclVat, inclVat } = rowOf(rowOf(running.totals).cost);
  const soFar = textOrNull(tariff.id) === null ? null : readMoney(inclVat, running.currency);
  const session = { ...listed, cost: soFar ?? listed.cost };
  const { net, currency } = soFar === null ? rowOf(row.cost) : { net: exclVat, currency: soFar.currency };
  const evse = listOf(rowOf(rowOf(station).config).evses)
    .map(rowOf)
    .find(({ evseId }) => evseId === session.evseId);
  return {
    session,
    timeZone: textOrNull(told.timeZone),
    tariffId: textOrNull(tariff.id),
    currency: textOrNull(tariff.currency),
    periods: events.filter(({ kind }) => kind === 'ChargingPeriodRecorded').flatMap(({ detail }) => readPeriod(rowOf(detail))),
    limits: listOf(told.limits).map(readLimitCommand),
    soc: listOf(told.soc)
      .map(rowOf)
      .flatMap(({ at, socPercent }) => {
        const [atMs, percent] = [timeOrNull(at), numberOrNull(socPercent)];
        return atMs === null || percent === null ? [] : [{ atMs, percent }];
      }),
    entries: events.filter(({ kind }) => kind !== 'ChargingPeriodRecorded').map(readEntry),
    lines: inForce.length > 0 ? inForce.map(readBilledLine) : listOf(running.lines).map(rowOf).map(readRunningLine),
    net: readMoney(net, currency),
    cdrId: textOrNull(inForce[0]?.cdr_id),
    credits: new Set(billed.flatMap(({ credit_of }) => (credit_of === null ? [] : [credit_of]))).size,
    outletLines: linesOf(evse?.phases),
  };
}

function readPeriod(row: Row): readonly SessionPeriod[] {
  const [fromMs, toMs] = [timeOrNull(row.from), timeOrNull(row.to)];
  if (fromMs === null || toMs === null || toMs <= fromMs) return [];
  const pausedBy = row.pausedBy === 'network' || row.pausedBy === 'vehicle' ? row.pausedBy : null;
  const { energyWh, powerW, currentA } = row;
  return [
    {
      ...{ fromMs, toMs, pausedBy, state: text(row.state), energyWh: numberOrNull(energyWh) ?? 0 },
      ...{ powerW: numberOrNull(powerW), currentA: numberOrNull(currentA) },
    },
  ];
}

function readEntry({ at, kind, detail, topic, partition, offset }: Row, index: number): SessionEntry {
  const { by, state } = rowOf(detail);
  return {
    key: `${String(offset)} ${index}`,
    atMs: timeOrNull(at) ?? 0,
    kind: text(kind),
    by: textOrNull(by),
    state: textOrNull(state),
    offset: `${text(topic)} ${String(partition)}/${String(offset)}`,
  };
}

const readBilledLine = (row: Row): CostLine => ({
  dimension: text(row.dimension),
  quantity: text(row.quantity),
  unit: text(row.unit),
  stepAdded: text(row.step_added),
  unitPrice: text(row.unit_price),
  vatPercent: textOrNull(row.vat_percent),
  net: text(row.amount_net),
  gross: text(row.amount_gross),
  fromMs: timeOrNull(row.started_at),
  toMs: timeOrNull(row.ended_at),
});

/** A line as the rating writes it. */
export function readRunningLine(row: Row): CostLine {
  const { exclVat, inclVat } = rowOf(row.amount);
  return {
    dimension: text(row.kind),
    quantity: text(row.quantity),
    unit: text(row.unit),
    stepAdded: text(row.stepAdded),
    unitPrice: text(row.unitPrice),
    vatPercent: textOrNull(row.vatPercent),
    net: text(exclVat),
    gross: text(inclVat),
    fromMs: timeOrNull(row.from),
    toMs: timeOrNull(row.to),
  };
}

/** `phases` of a configured outlet: a number, names of lines, or between two lines. */
const linesOf = (phases: unknown): number =>
  typeof phases === 'number' ? phases : Array.isArray(phases) ? phases.length : typeof phases === 'string' ? 1 : 3;
