// Holds what the stations have in their own memories against the log, the sessions and the bills. Every function lists what is wrong;
// an empty list is a proof. It asks the network for nothing but what anybody can read.
import type { StationTotals } from '#apps/simulator';
import type { BillingEvent, CallReceived, CommandRequested, Recorded, SessionEvent } from '#contracts';
import { canonicalJson } from '#kernel';
import type { Received } from './charging-network.js';

const placeOf = ({ at: { topic, partition, offset } }: Recorded): string => `${topic}/${partition}/${offset}`;

/** Messages whose payload has nothing to seal: what was answered must be in the log letter by letter. */
const IN_CLEAR: ReadonlySet<string> = new Set(['MeterValues', 'StatusNotification', 'Heartbeat']);

/** Every message a station saw answered is in the log once, as it was sent; and no message is in it twice. */
export function answeredButNotOnce(siteEvents: readonly Recorded[], totals: readonly StationTotals[]): readonly string[] {
  const stored = new Map<string, Recorded[]>();
  for (const record of siteEvents) {
    if (record.type !== 'CallReceived') continue;
    const name = `${record.stationId} ${(record.data as CallReceived).messageId}`;
    stored.set(name, [...(stored.get(name) ?? []), record]);
  }
  const wrong = [...stored]
    .filter(([, records]) => records.length > 1)
    .map(([name, records]) => `${name}: in the log at ${records.map(placeOf).join(' and ')}`);
  for (const { stationId, answered, answeredCount } of totals) {
    if (answered.length !== answeredCount) wrong.push(`${stationId}: its memory of ${answeredCount} answers is not whole`);
    for (const { messageId, action, payload, answeredAt } of answered) {
      const [record] = stored.get(`${stationId} ${messageId}`) ?? [];
      const call = record?.data as CallReceived | undefined;
      const what = `${stationId} ${messageId} (${action}, answered at ${new Date(answeredAt).toISOString()})`;
      if (record === undefined || call === undefined) wrong.push(`${what}: not in the log`);
      else if (call.action !== action) wrong.push(`${what}: stored as ${call.action} at ${placeOf(record)}`);
      else if (IN_CLEAR.has(action) && JSON.stringify(call.payload) !== JSON.stringify(payload))
        wrong.push(`${what}: stored with another content at ${placeOf(record)}`);
    }
  }
  return wrong;
}

/** Sessions that ended although the car still charges: for a look in the middle of things. */
export function endedTooEarly(sessionEvents: readonly Recorded[], totals: readonly StationTotals[]): readonly string[] {
  const running = new Set<string>(
    totals.flatMap(({ stationId, transactions }) =>
      transactions.filter(({ endedAt }) => endedAt === undefined).map(({ transactionId }) => `${stationId} ${transactionId}`),
    ),
  );
  const events = sessionEvents as readonly Recorded<SessionEvent>[];
  const nameOf = new Map<string, string>(
    events.flatMap(({ type, data }) => (type === 'SessionStarted' ? [[data.sessionId, `${data.stationId} ${data.transactionId}`]] : [])),
  );
  return events.flatMap((event) =>
    event.type === 'SessionEnded' && running.has(nameOf.get(event.data.sessionId) ?? '')
      ? [`${nameOf.get(event.data.sessionId)}: ended at ${placeOf(event)} (${event.data.reason})`]
      : [],
  );
}

/** One session per transaction of a station, begun once; nothing ended that the station did not end. */
export function sessionsThatDiffer(sessionEvents: readonly Recorded[], totals: readonly StationTotals[]): readonly string[] {
  const events = sessionEvents as readonly Recorded<SessionEvent>[];
  const wrong: string[] = [];
  const ends = new Map<string, Map<string, Extract<Recorded<SessionEvent>, { type: 'SessionEnded' }>>>();
  for (const event of events) {
    if (event.type !== 'SessionEnded') continue;
    const ofSession = ends.get(event.data.sessionId) ?? new Map();
    ends.set(event.data.sessionId, ofSession.set(event.id, event)); // what is published twice has one id, and is dropped by who reads it
  }
  const started = new Map<string, string[]>();
  const starts = new Map(events.flatMap((event) => (event.type === 'SessionStarted' ? [[event.id, event.data] as const] : [])));
  for (const { stationId, transactionId, sessionId } of starts.values()) {
    const name: string = `${stationId} ${transactionId}`;
    started.set(name, [...(started.get(name) ?? []), sessionId]);
  }
  for (const { stationId, transactions } of totals)
    for (const { transactionId, endedAt, meterStartWh, meterStopWh } of transactions) {
      const name: string = `${stationId} ${transactionId}`;
      const sessions = started.get(name) ?? [];
      started.delete(name);
      const [sessionId] = sessions;
      if (sessionId === undefined || sessions.length > 1) {
        wrong.push(`${name}: ${sessions.length} sessions ${sessions.join(', ')}`);
        continue;
      }
      const [end, ...more] = ends.get(sessionId)?.values() ?? [];
      if (more.length > 0) wrong.push(`${name}: ended again at ${more.map(placeOf).join(' and ')}`);
      if (endedAt === undefined) {
        if (end !== undefined) wrong.push(`${name}: still charges, but was ended at ${placeOf(end)} (${end.data.reason})`);
        continue;
      }
      const registerWh = Number(meterStopWh) - meterStartWh;
      if (end === undefined) wrong.push(`${name}: ended at ${endedAt}, session ${sessionId} did not`);
      else if (end.data.provisional) wrong.push(`${name}: ended by assumption (${end.data.reason}) at ${placeOf(end)}`);
      else if (Math.abs(end.data.energyWh - registerWh) > 0.001)
        wrong.push(`${name}: ${end.data.energyWh} Wh at ${placeOf(end)}, its register says ${registerWh} Wh`);
    }
  for (const name of started.keys()) wrong.push(`${name}: a session of no transaction`);
  for (const event of events)
    if (event.type === 'SessionAmended' || event.type === 'FactUnmatched')
      wrong.push(`${event.type} at ${placeOf(event)}: ${JSON.stringify(event.data)}`);
  return wrong;
}

/** One charge record per ended session, over the station's own register difference. */
export function billsThatDiffer(
  billingEvents: readonly Recorded[],
  sessionEvents: readonly Recorded[],
  totals: readonly StationTotals[],
): readonly string[] {
  const issued = new Map<string, Map<string, number>>();
  for (const event of billingEvents as readonly Recorded<BillingEvent>[]) {
    if (event.type === 'CdrCredited') return [`a bill was taken back at ${placeOf(event)}`];
    if (event.type !== 'CdrIssued') continue;
    const ofSession = issued.get(event.data.sessionId) ?? new Map<string, number>();
    issued.set(event.data.sessionId, ofSession.set(event.id, event.data.cdr.total_energy * 1000));
  }
  const sessionOf = new Map<string, string>(
    (sessionEvents as readonly Recorded<SessionEvent>[]).flatMap((event) =>
      event.type === 'SessionStarted' ? [[`${event.data.stationId} ${event.data.transactionId}`, event.data.sessionId] as const] : [],
    ),
  );
  return totals.flatMap(({ stationId, transactions }) =>
    transactions
      .filter(({ endedAt }) => endedAt !== undefined)
      .flatMap(({ transactionId, meterStartWh, meterStopWh }) => {
        const name = `${stationId} ${transactionId}`;
        const bills = [...(issued.get(sessionOf.get(name) ?? '')?.values() ?? [])];
        const registerWh = Number(meterStopWh) - meterStartWh;
        const [billedWh] = bills;
        if (bills.length !== 1 || billedWh === undefined) return [`${name}: ${bills.length} bills`];
        return Math.abs(billedWh - registerWh) > 0.1 ? [`${name}: billed ${billedWh} Wh, its register says ${registerWh} Wh`] : [];
      }),
  );
}

const ENDS: ReadonlySet<string> = new Set(['CommandAnswered', 'CommandErrored', 'CommandUnanswered', 'CommandRefused']);
const commandIdOf = ({ data }: Recorded): string => (data as { readonly commandId: string }).commandId;

/** Commands that nobody has told the end of. */
export function commandsWithoutEnd(siteEvents: readonly Recorded[]): readonly string[] {
  const ended = new Set(siteEvents.filter(({ type }) => ENDS.has(type)).map(commandIdOf));
  const asked = siteEvents.filter(({ type }) => type === 'CommandRequested');
  return asked.flatMap((record) =>
    ended.has(commandIdOf(record)) ? [] : [`${commandIdOf(record)} to ${record.stationId}, asked at ${placeOf(record)}`],
  );
}

/** Commands with more than one word of their station; the same one may be written again. */
export function commandsAnsweredTwice(siteEvents: readonly Recorded[]): readonly string[] {
  const words = Map.groupBy(
    siteEvents.filter(({ type }) => type === 'CommandAnswered' || type === 'CommandErrored'),
    commandIdOf,
  );
  return [...words].flatMap(([commandId, told]) =>
    new Set(told.map(({ type, data }) => `${type} ${canonicalJson(data)}`)).size > 1
      ? [`${commandId}: ${told.map((record) => `${record.type} at ${placeOf(record)}`).join(', ')}`]
      : [],
  );
}

/**
 * Commands of which the log has another word than their station gave, or that reached one twice, unasked, or after they were refused unsent.
 * What came to a station after the log was begun to be read may have been asked for since.
 */
export function commandsToldOtherwise(
  siteEvents: readonly Recorded[],
  received: readonly Received[],
  readMs = Number.POSITIVE_INFINITY,
): readonly string[] {
  const told = Map.groupBy(
    siteEvents.filter(({ type }) => type === 'CommandRequested' || ENDS.has(type)),
    commandIdOf,
  );
  const got = Map.groupBy(received, ({ commandId }) => commandId);
  const unasked = [...got]
    .filter(([commandId, [first]]) => !told.has(commandId) && first !== undefined && first.at < readMs)
    .map(([commandId]) => `${commandId}: nobody asked for it`);
  const otherwise = [...told].flatMap(([commandId, records]) => {
    const [first, ...more] = got.get(commandId) ?? [];
    if (more.length > 0) return [`${commandId} reached ${first?.stationId} ${more.length + 1} times`];
    return records.flatMap((record) => {
      const told = `${commandId} to ${record.stationId}: ${record.type} at ${placeOf(record)}`;
      if (record.type === 'CommandRefused') return first === undefined ? [] : [`${told}, but it got there`];
      if (record.type !== 'CommandAnswered' && record.type !== 'CommandErrored') return [];
      if (first === undefined) return [`${told}, but it never got there`];
      const status = (record.data as { readonly payload?: { readonly status?: string } }).payload?.status;
      return status === first.status ? [] : [`${told} as ${status}, but the station said ${first.status}`];
    });
  });
  return [...unasked, ...otherwise];
}

/** Limits that reached a station although a newer owner of its site had already spoken to one of its stations. */
export function fromFormerOwners(siteEvents: readonly Recorded[], received: readonly Received[]): readonly string[] {
  const grants = new Map(
    siteEvents.flatMap((record) => {
      if (record.type !== 'CommandRequested') return [];
      const { commandId, grant } = record.data as CommandRequested;
      return grant === undefined ? [] : [[commandId, { ownerEpoch: grant.ownerEpoch, place: placeOf(record) }] as const];
    }),
  );
  const newest = new Map<string, number>();
  const wrong: string[] = [];
  const limits = received.filter(({ action }) => action === 'SetChargingProfile');
  for (const { siteId, stationId, at, commandId } of limits.toSorted((a, b) => a.at - b.at)) {
    const grant = grants.get(commandId);
    if (grant === undefined) {
      wrong.push(`${stationId} got ${commandId} at ${new Date(at).toISOString()}: no such grant in the log`);
      continue;
    }
    const known = newest.get(siteId) ?? -1;
    if (grant.ownerEpoch < known)
      wrong.push(
        `${stationId} got ${commandId} (${grant.place}) of owner ${grant.ownerEpoch} at ${new Date(at).toISOString()}, after ${known}`,
      );
    newest.set(siteId, Math.max(known, grant.ownerEpoch));
  }
  return wrong;
}
