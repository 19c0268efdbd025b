// The bill of one session: running cost while it charges, a CDR at its end, a credit and a new CDR when later facts change it.
// What happened is told by session-events and nothing else; what it costs is decided by the rating (P8).
import {
  type AccountCharged,
  accountStream,
  type CdrCredited,
  type CdrIssued,
  type Recorded,
  type SessionAmended,
  type SessionCostKnown,
  type SessionEnded,
  type SessionEvent,
  type SessionHoldWanted,
  type SessionRated,
  type SessionStarted,
  Unwritable,
} from '#contracts';
import {
  type Cdr,
  cdrFrom,
  chargeBack,
  chargeOf,
  compacted,
  creditOf,
  earlier,
  finalRating,
  jsonNumber,
  type Rating,
  type Reserved,
  roundToMinor,
  runningRating,
  type SessionPeriod,
  totalCostOf,
} from '#domain/billing';
import { canonicalJson } from '#kernel';
import { isOcpp2 } from '#ocpp';
import type { Output } from '#service';

export interface SessionBill {
  readonly kind: 'session';
  readonly started?: SessionStarted & { readonly siteId: string };
  /** How long the outlet was kept for it; `isUnused`: and that is all there is (ADR 0119). */
  readonly reserved?: Reserved;
  readonly isUnused?: true;
  /** In order; neighbours of one price put together after each rating. */
  readonly periods: readonly SessionPeriod[];
  /** `seq` of the newest period seen: an older one was counted. */
  readonly lastPeriodSeq: number;
  /** Of the last rating; 0 before the first. */
  readonly ratingSeq: number;
  /** Up to where the running cost was told, ISO 8601. */
  readonly ratedTo?: string;
  readonly ended?: SessionEnded | SessionAmended;
  /** The last final one, without its periods. */
  readonly final?: FinalRating;
  /** The CDR in force, the rating behind it, and what was charged for it: a credit gives back exactly that, to the same account. */
  readonly issued?: { readonly cdr: Cdr; readonly ratingSeq: number; readonly rating: FinalRating; readonly charged?: AccountCharged };
}

export type FinalRating = Pick<Rating, 'currency' | 'lines' | 'totals'>;

export const NO_BILL: SessionBill = { kind: 'session', periods: [], lastPeriodSeq: -1, ratingSeq: 0 };

/** Running cost is told at most this often, in the session's own time. */
const RUNNING_COST_EVERY_MS = 60_000;

/** Throws for a fact of a session whose start is not in the log: it is parked, not billed by guess. */
export function decideBill(bill: SessionBill, input: Recorded<SessionEvent>): readonly Output[] {
  switch (input.type) {
    case 'SessionStarted':
      return bill.started === undefined ? decideHold(input.data, input.siteId ?? '') : [];
    case 'SessionTokenLearned': {
      const { started, ended } = bill;
      const { tokenHash } = input.data;
      return started === undefined || started.tokenHash !== undefined || ended !== undefined
        ? []
        : decideHold({ ...started, tokenHash }, input.siteId ?? '');
    }
    case 'TransactionRenamed':
    case 'FactUnmatched':
      return [];
    case 'OutletReserved': {
      if (bill.reserved !== undefined) return [];
      const reserved = withReservation(bill, input);
      return reserved.ended === undefined ? [] : decideCdr(reserved, reserved.ended, input.time);
    }
    case 'ChargingPeriodRecorded':
      return decideRunningCost(bill, input.data);
    case 'SessionEnded':
    case 'SessionAmended':
      return decideCdr(bill, input.data, input.time);
  }
}

export function evolveBill(bill: SessionBill, input: Recorded<SessionEvent>, outputs: readonly Output[]): SessionBill {
  return outputs.reduce(afterOutput, afterInput(bill, input));
}

function afterInput(bill: SessionBill, input: Recorded<SessionEvent>): SessionBill {
  switch (input.type) {
    case 'SessionStarted':
      return bill.started === undefined ? { ...bill, started: { ...input.data, siteId: input.siteId ?? '' } } : bill;
    case 'ChargingPeriodRecorded':
      if (input.data.seq <= bill.lastPeriodSeq) return bill;
      return { ...bill, periods: [...bill.periods, periodOf(input.data)], lastPeriodSeq: input.data.seq };
    case 'SessionEnded':
    case 'SessionAmended':
      return { ...bill, ended: input.data };
    case 'OutletReserved':
      return bill.reserved === undefined ? withReservation(bill, input) : bill;
    case 'TransactionRenamed':
      return bill.started === undefined ? bill : { ...bill, started: { ...bill.started, transactionId: input.data.transactionId } };
    case 'SessionTokenLearned':
    case 'FactUnmatched':
      return bill;
  }
}

/** Of a reservation that nobody used, what a session would have told. One that was used is nothing to a session whose tariff asks nothing for it. */
function withReservation(
  bill: SessionBill,
  { data, siteId = '' }: Recorded<Extract<SessionEvent, { type: 'OutletReserved' }>>,
): SessionBill {
  const { sessionId, from, to, unused } = data;
  const isPriced = bill.started?.tariff?.elements.some(({ restrictions }) => restrictions?.reservation === 'RESERVATION');
  if (unused === undefined) return isPriced ? { ...bill, reserved: { from, to } } : bill;
  const { isExpired, ...kept } = unused;
  const ended: SessionEnded = { sessionId, endedAt: to, energyWh: 0, reason: 'Reserved', provisional: false, flags: [] };
  const started = { ...kept, sessionId, siteId, transactionId: '', ocppVersion: 'ocpp2.0.1' as const, startedAt: to, flags: [] };
  return { ...bill, reserved: { from, to, isExpired }, isUnused: true, started, ended };
}

function afterOutput(bill: SessionBill, { type, data }: Output): SessionBill {
  switch (type) {
    case 'SessionRated': {
      const { ratingSeq, rating, final } = data as SessionRated;
      const cuts = rating.periods.map(({ from }) => from);
      const ratedTo = bill.periods.at(-1)?.to;
      return {
        ...bill,
        periods: compacted(bill.periods, cuts),
        ratingSeq,
        ...(ratedTo !== undefined && { ratedTo }),
        ...(final && { final: { currency: rating.currency, lines: rating.lines, totals: rating.totals } }),
      };
    }
    case 'CdrIssued': {
      const { cdr, ratingSeq } = data as CdrIssued;
      const { final: rating, started, ended } = bill;
      if (rating === undefined || started === undefined) return bill;
      const charged = charge(cdr, { ...started, ...ended?.learned }, rating);
      return { ...bill, issued: { cdr, ratingSeq, rating, ...(charged !== undefined && { charged }) } };
    }
    default:
      return bill;
  }
}

type Period = Extract<SessionEvent, { type: 'ChargingPeriodRecorded' }>['data'];
const periodOf = ({ from, to, energyWh, state, pausedBy, powerW, currentA }: Period): SessionPeriod => ({
  from,
  to,
  energyWh,
  state,
  ...(pausedBy !== undefined && { pausedBy }),
  ...(powerW !== undefined && { powerW }),
  ...(currentA !== undefined && { currentA }),
});

function decideHold({ sessionId, stationId, tokenHash: accountId, tariff }: SessionStarted, siteId: string): readonly Output[] {
  const held = tariff?.preauthorize_amount ?? tariff?.hold_amount;
  if (accountId === undefined || tariff === undefined || held === undefined) return [];
  const { currency } = tariff;
  const data: SessionHoldWanted = {
    accountId,
    sessionId,
    siteId,
    stationId,
    currency,
    amount: roundToMinor(String(held), currency),
  };
  return [toAccount('SessionHoldWanted', data)];
}

/** After the end only an amendment speaks: it has the figures of whatever came late. */
function decideRunningCost(bill: SessionBill, period: Period): readonly Output[] {
  const { started } = known(bill);
  if (bill.ended !== undefined || period.seq <= bill.lastPeriodSeq) return [];
  const since = Date.parse(bill.ratedTo ?? started.startedAt);
  if (bill.ratingSeq > 0 && Date.parse(period.to) - since < RUNNING_COST_EVERY_MS) return [];
  const rating = runningRating({ ...started, reserved: bill.reserved }, [...bill.periods, periodOf(period)]);
  return [
    rated({ sessionId: period.sessionId, ratingSeq: bill.ratingSeq + 1, final: false, rating }),
    ...costKnown(started, rating, period),
  ];
}

/**
 * For the display of the station; in 1.6 of those that say they have one. Without a tariff nothing is said to cost anything (ADR 0046).
 * `last`: the newest period; absent = it is over.
 */
function costKnown(started: NonNullable<SessionBill['started']>, rating: Rating, last?: Period): readonly Output[] {
  const { stationId, sessionId, transactionId, tariff, siteId, ocppVersion, showsCosts, meterStartWh = 0 } = started;
  const is16 = !isOcpp2(ocppVersion);
  if (tariff === undefined || (is16 && showsCosts !== true)) return [];
  const data: SessionCostKnown = {
    stationId,
    sessionId,
    transactionId,
    totalCost: totalCostOf(rating),
    currency: rating.currency,
    isFinal: last === undefined,
    ...(is16 &&
      last !== undefined && {
        running: {
          at: last.to,
          registerWh: Math.round(meterStartWh + 1000 * jsonNumber(rating.totals.energyKwh)),
          isCharging: last.state === 'Charging',
        },
      }),
  };
  return [{ topic: 'site-events', type: 'SessionCostKnown', siteId, stationId, data }];
}

function decideCdr(bill: SessionBill, end: SessionEnded, issuedAt: string): readonly Output[] {
  // What was not known at the start: stations often tell the token after the plug, and the outlet after the token.
  const started = { ...known(bill).started, ...end.learned };
  const ratingSeq = bill.ratingSeq + 1;
  const terms = { ...started, reserved: bill.reserved };
  const rating = bill.isUnused ? runningRating(terms, []) : finalRating(terms, bill.periods, end);
  const cdr = cdrFrom(
    {
      sessionId: end.sessionId,
      siteId: started.siteId,
      stationId: started.stationId,
      evseId: started.evseId,
      ...(started.connectorId !== undefined && { connectorId: started.connectorId }),
      startedAt: earlier(bill.reserved?.from ?? started.startedAt, started.startedAt),
      endedAt: end.endedAt,
      ...(started.tokenType !== undefined && { tokenType: started.tokenType }),
      ...tokenUid(started),
      ...(started.tariff !== undefined && { tariff: started.tariff }),
    },
    rating,
    { ratingSeq, issuedAt },
  );
  if (bill.issued !== undefined && isSameBill(bill.issued.cdr, cdr)) return [];
  const final = rated({ sessionId: end.sessionId, ratingSeq, final: true, rating });
  const issued: CdrIssued = { sessionId: end.sessionId, ratingSeq, cdr };
  const issue: Output = { topic: 'billing-events', type: 'CdrIssued', data: issued };
  const told = bill.isUnused ? [] : costKnown(started, rating);
  const owes = charge(cdr, started, rating);
  const owed = chargeTold(owes);
  if (bill.issued === undefined) return [final, issue, ...told, ...owed];
  const credited: CdrCredited = {
    sessionId: end.sessionId,
    creditedCdrId: bill.issued.cdr.id,
    cdr: creditOf(bill.issued.cdr, issuedAt),
  };
  const { charged } = bill.issued;
  const back = chargeTold(
    charged && {
      ...chargeBack(charged, { cdrId: credited.cdr.id, issuedAt }),
      accountId: charged.accountId,
      ...(owes?.accountId === charged.accountId && { replacedBy: owes.cdrId }),
    },
  );
  return [final, { topic: 'billing-events', type: 'CdrCredited', data: credited }, issue, ...told, ...back, ...owed];
}

function charge(
  { id: cdrId, session_id: sessionId, start_date_time: startedAt, end_date_time: endedAt, last_updated: issuedAt }: Cdr,
  { siteId, stationId, evseId, tokenHash }: SessionStarted & { readonly siteId: string },
  rating: FinalRating,
): AccountCharged | undefined {
  const owed = chargeOf({ cdrId, sessionId, siteId, stationId, evseId, startedAt, endedAt, issuedAt }, rating);
  return owed && { ...owed, accountId: tokenHash ?? `site:${siteId}` };
}

const chargeTold = (charged: AccountCharged | undefined): readonly Output[] =>
  charged === undefined ? [] : [toAccount('AccountCharged', charged)];

/** Throws where a broken record of a session has something else for a name or a time: it is parked with the session, and not in the stream of the account. */
function toAccount(type: 'AccountCharged' | 'SessionHoldWanted', data: AccountCharged | SessionHoldWanted): Output {
  const { accountId, sessionId, siteId, stationId } = data;
  const isNamed = [accountId, sessionId, siteId, stationId].every((name) => typeof name === 'string');
  if (!isNamed || ('evseId' in data && typeof data.evseId !== 'number')) throw new Unwritable(`${type}: what is charged has no name`);
  const isDated = !('endedAt' in data) || [data.startedAt, data.endedAt].every((time) => !Number.isNaN(Date.parse(time)));
  if (!isDated) throw new Unwritable(`${type}: what is charged has no time`);
  return { topic: 'billing-events', type, siteId: accountStream(accountId), data };
}

const rated = (data: SessionRated): Output => ({ topic: 'billing-events', type: 'SessionRated', data });

/** A stop that is told again is often a moment later; nobody is owed a credit and a new CDR for that. */
const SAME_MOMENT_MS = 1000;

/** Whether two CDRs of a session are the same for who pays. */
function isSameBill(a: Cdr, b: Cdr): boolean {
  const essence = ({ id: _, last_updated: __, ...rest }: Cdr): string => canonicalJson(rest);
  const lasting = (cdr: Cdr): string =>
    essence({
      ...cdr,
      end_date_time: '',
      charging_periods: [],
      total_time: 0,
      ...(cdr.total_parking_time !== undefined && { total_parking_time: 0 }),
    });
  if (essence(a) === essence(b)) return true;
  return Math.abs(Date.parse(a.end_date_time) - Date.parse(b.end_date_time)) < SAME_MOMENT_MS && lasting(a) === lasting(b);
}

function tokenUid({ idToken, tokenHash }: SessionStarted): { readonly tokenUid?: string } {
  const uid = idToken ?? tokenHash;
  return uid === undefined ? {} : { tokenUid: uid };
}

function known(bill: SessionBill): { readonly started: NonNullable<SessionBill['started']> } {
  if (bill.started === undefined) throw new Unwritable('the start of the session is not known');
  return { started: bill.started };
}
