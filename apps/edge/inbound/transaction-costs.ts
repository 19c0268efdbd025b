// What transactions cost so far, known the moment their events arrive: the session's own rules and the one rating (P8), folded beside the connection (ADR 0046).
// A transaction: unknown → metered (its Started was heard here) → lost (an event went elsewhere or came out of order) or ended; ended → metered where its id starts anew.
// Bills are billing's; where this says nothing, the cost is told once billing knows it.
import {
  compacted,
  finalRating,
  knownSinceMs,
  type Rating,
  runningRating,
  type SessionPeriod,
  type SiteTariffs,
  tariffInForce,
  totalCostOf,
} from '#domain/billing';
import { judgeTime } from '#domain/metering';
import {
  beganMs,
  decide,
  evolve,
  fromOcpp201,
  isFact,
  NO_SESSIONS,
  type SessionCommand,
  type SessionEvent,
  type StationSessions,
  type Terms,
} from '#domain/session';
import type { OcppVersion } from '#ocpp';
import type { StationEntry } from '#ports';

/** More transactions than an edge has outlets; the longest silent one is forgotten first. */
const MOST_KEPT = 20_000;
/** In the session's own time: as often as billing does, and less often the longer it lasts, because each rating looks at all of it. */
const RATED_EVERY_MS = 60_000;
const RATED_EVERY_PART = 0.02;

export interface MeteredEvent {
  /** `tenant/station` */
  readonly stationKey: string;
  readonly version: OcppVersion;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly receivedMs: number;
  /** Of the site now; what is in force when the transaction starts is pinned. Without a tariff nothing is told: that it is free was said by nobody. */
  readonly terms: StationEntry['terms'];
  readonly evseIds?: readonly number[] | undefined;
}

interface Metered {
  readonly terms: Terms;
  readonly sessions: StationSessions;
  readonly periods: readonly SessionPeriod[];
  readonly startedAt: string;
  readonly nextSeqNo: number;
  readonly ratedTo?: string;
  readonly totalCost?: number;
  readonly isEnded?: boolean;
}

export class TransactionCosts {
  readonly #metered = new Map<string, Metered>();

  /** totalCost for the answer to a TransactionEvent: what it came to by now, in the end what it costs. Undefined = not known here. */
  after(event: MeteredEvent): number | undefined {
    const { transactionInfo, eventType, seqNo } = event.payload;
    const { transactionId } = (transactionInfo ?? {}) as { readonly transactionId?: unknown };
    if (typeof transactionId !== 'string' || typeof seqNo !== 'number') return undefined;
    const key = `${event.stationKey}/${transactionId}`;
    if (event.payload.reservationId !== undefined) {
      this.#metered.delete(key); // how long it was reserved is known to others: they tell what it costs
      return undefined;
    }
    const known = this.#metered.get(key);
    const again = known === undefined || eventType !== 'Started' ? 'repeat' : startedAgain(known, event);
    if (known !== undefined && again === 'repeat' && seqNo < known.nextSeqNo) return known.totalCost; // said before
    this.#metered.delete(key);
    if (again === 'unclear') return undefined;
    const metered = again === 'repeat' && known !== undefined ? known : fresh(event, eventType, seqNo);
    if (metered === undefined || seqNo > metered.nextSeqNo) return undefined;
    const after = told(metered, event);
    this.#metered.set(key, after);
    for (const oldest of this.#metered.keys()) {
      if (this.#metered.size <= MOST_KEPT) break;
      this.#metered.delete(oldest);
    }
    return after.totalCost;
  }
}

function fresh(event: MeteredEvent, eventType: unknown, seqNo: number): Metered | undefined {
  const { terms } = event;
  if (terms === undefined || eventType !== 'Started') return undefined;
  const startMs = pricedMs(event);
  if (startMs === undefined) return undefined;
  const { timeZone } = terms;
  const tariff = tariffInForce(terms as SiteTariffs, startMs);
  if (tariff === undefined) return undefined;
  const pinned = { tariff, ...(timeZone !== undefined && { timeZone }) };
  return { terms: pinned, sessions: NO_SESSIONS, periods: [], startedAt: '', nextSeqNo: seqNo };
}

/** Whose prices a transaction has: those of when it is heard; of then where it waited in its station, and undefined where these are not known here (ADR 0123, 0129). */
function pricedMs(event: MeteredEvent): number | undefined {
  const { terms, payload, receivedMs } = event;
  if (payload.offline !== true) {
    const mayHaveWaited = judgeTime(payload.timestamp, new Date(receivedMs).toISOString()).flags.includes('clockBehind');
    return mayHaveWaited ? undefined : receivedMs;
  }
  const command = commandOf(event);
  const sinceMs = knownSinceMs((terms ?? {}) as SiteTariffs);
  if (command === undefined || !isFact(command) || sinceMs === undefined) return undefined;
  return beganMs(command) >= sinceMs ? beganMs(command) : undefined;
}

/** Numbering of transactions restarts at some stations (quirk 9). One that begins again without its end may be two or one: that is the session service's to say. */
function startedAgain({ sessions, terms, isEnded }: Metered, event: MeteredEvent): 'repeat' | 'anew' | 'unclear' {
  const command = commandOf(event);
  if (command?.type !== 'StartSession') return 'repeat';
  if (isEnded === true) return decide(sessions, command, terms).some(({ type }) => type === 'SessionStarted') ? 'anew' : 'repeat';
  return sessions.open.some(({ startDigest }) => startDigest === command.digest) ? 'repeat' : 'unclear';
}

function told(metered: Metered, event: MeteredEvent): Metered {
  const command = commandOf(event);
  if (command === undefined) return metered;
  const events = decide(metered.sessions, command, metered.terms);
  const sessions = evolve(metered.sessions, command, events);
  return events.reduce(withEvent, { ...metered, sessions, nextSeqNo: metered.nextSeqNo + 1 });
}

function commandOf({ version, payload, receivedMs, evseIds = [] }: MeteredEvent): SessionCommand | undefined {
  const receivedAt = new Date(receivedMs).toISOString();
  const call = { recordId: receivedAt, stationId: '', ocppVersion: version, action: 'TransactionEvent', payload, receivedAt, flags: [] };
  const [sole, another] = evseIds;
  return fromOcpp201(call, {
    evseOf: (connectorId) => connectorId,
    ...(sole !== undefined && another === undefined && { soleEvseId: sole }),
    wasOffline: () => payload.offline === true,
    isOldConnection: false,
  });
}

function withEvent(metered: Metered, event: SessionEvent): Metered {
  switch (event.type) {
    case 'SessionStarted':
      return { ...metered, startedAt: event.startedAt };
    case 'ChargingPeriodRecorded':
      return rated({ ...metered, periods: [...metered.periods, event] });
    case 'SessionEnded':
    case 'SessionAmended': {
      const { terms, periods, startedAt } = metered;
      return {
        ...costing(metered, finalRating({ ...terms, startedAt: event.learned?.startedAt ?? startedAt }, periods, event)),
        isEnded: true,
      };
    }
    default:
      return metered;
  }
}

function rated(metered: Metered): Metered {
  const { terms, periods, ratedTo, startedAt } = metered;
  const to = periods.at(-1)?.to ?? startedAt;
  if (ratedTo !== undefined) {
    const [toMs, ratedMs, startedMs] = [to, ratedTo, startedAt].map(Date.parse) as [number, number, number];
    if (toMs - ratedMs < Math.max(RATED_EVERY_MS, RATED_EVERY_PART * (ratedMs - startedMs))) return metered;
  }
  const rating = runningRating(terms, periods);
  const cuts = rating.periods.map(({ from }) => from);
  return { ...costing(metered, rating), periods: compacted(periods, cuts), ratedTo: to };
}

const costing = (metered: Metered, rating: Rating): Metered => ({ ...metered, totalCost: totalCostOf(rating) });
