// What a session remembers of a fact about it: registers, state, stretches that wait for their energy. Total: nothing is refused.
// Which periods and ends follow from it is decided in decide.ts.
import { addIntervals, advanceRegister, integratedPowerWh, NO_INTERVALS, NO_READING, settleRegister } from '#domain/metering';
import type { FactCommand, Reading } from './commands.js';
import { isUsable, seqNoEntry } from './match.js';
import { energyMwh, exportedWh, hasRegister, isOver, type Segment, type Session } from './state.js';

/** Repeats of older events are harmless, they only are no longer recognised as such. */
const MOST_SEQ_NOS = 32;
/** State changes without a register between them; then the oldest are joined. */
const MOST_SEGMENTS = 50;

/** A station gives up after a few attempts. */
const MOST_STARTS = 8;

const iso = (ms: number): string => new Date(ms).toISOString();

/** The same object when the fact brings nothing new. `isNew`: this fact is the one SessionStarted tells of. */
export function absorb(before: Session, fact: FactCommand, flags: readonly string[], isNew: boolean): Session {
  let session = learn(before, fact);
  for (const reading of fact.readings) session = read(session, reading, fact, isNew);
  session = changeState(session, fact);
  if (isStop(session, fact)) {
    const stop = fact.readings.findLast(({ kind }) => kind === 'end')?.registerWh;
    if (stop !== undefined) session = { ...session, meterStopWh: stop };
  }
  session = note(session, [...fact.flags, ...flags]);
  if (fact.isQueued && !session.wasOffline) session = { ...session, wasOffline: true };
  if (fact.seqNo !== undefined) session = remember(session, fact.seqNo, fact.digest);
  if (!session.isConfirmed && fact.type !== 'StartSession' && isUsable(fact) && fact.transactionId === session.transactionId)
    session = { ...session, isConfirmed: true };
  if (session === before) return before;
  return markNews(before, { ...session, heardMs: Math.max(session.heardMs, fact.receivedMs) }, fact);
}

/** Facts sent once stay: the first token, place and start count; what comes after SessionStarted is told with the end. */
function learn(session: Session, fact: FactCommand): Session {
  let next = session;
  if (next.tokenHash === undefined && fact.token !== undefined && fact.type !== 'EndSession')
    next = {
      ...next,
      tokenHash: fact.token.tokenHash,
      learned: { ...next.learned, ...fact.token },
      ...(fact.groupHash !== undefined && { groupHash: fact.groupHash }),
    };
  if (next.evseId === 0 && fact.evseId !== undefined && fact.evseId > 0)
    next = { ...next, evseId: fact.evseId, learned: { ...next.learned, evseId: fact.evseId } };
  if (next.connectorId === undefined && fact.connectorId !== undefined && fact.connectorId > 0)
    next = { ...next, connectorId: fact.connectorId, learned: { ...next.learned, connectorId: fact.connectorId } };
  if (fact.type !== 'StartSession') return next;
  if (fact.transactionId !== next.transactionId) return learnId(next, fact);
  return next.startDigest === undefined ? learnStart(next, fact) : next;
}

/** Told again: the station goes by the id that the latest answer gave it. */
function learnId({ startDigest, earlierStarts = [], ...session }: Session, { transactionId, digest }: FactCommand): Session {
  const known = startDigest === undefined ? earlierStarts : [...earlierStarts, startDigest].slice(-MOST_STARTS);
  return { ...session, transactionId, startDigest: digest, earlierStarts: known };
}

function learnStart(session: Session, { atMs, digest }: FactCommand): Session {
  const next = { ...session, startDigest: digest };
  if (atMs >= session.startedMs) return next;
  const earlier = { ...next, startedMs: atMs, learned: { ...next.learned, startedAt: iso(atMs) } };
  if (session.periods > 0 || session.segments.length > 0) return earlier;
  return { ...earlier, reachedMs: atMs, segmentMs: atMs };
}

function read(session: Session, reading: Reading, fact: FactCommand, isNew: boolean): Session {
  const withLive =
    reading.ms >= session.segmentMs && session.end === undefined && (reading.powerW !== undefined || reading.currentA !== undefined)
      ? {
          ...session,
          ...(reading.powerW !== undefined && { powerW: reading.powerW }),
          ...(reading.currentA !== undefined && { currentA: reading.currentA }),
        }
      : session;
  const withExport = readExport(withLive, reading);
  const measured =
    reading.registerWh === undefined ? readPower(withExport, reading) : readRegister(withExport, reading, reading.registerWh, fact, isNew);
  const counted = readIntervals(measured, reading);
  const isSettled = counted !== withExport && counted.register.doubt === undefined;
  return isSettled ? closeSegment(counted, reading.ms, reading.currentA) : counted;
}

function readRegister(session: Session, reading: Reading, wh: number, fact: FactCommand, isNew: boolean): Session {
  const kind = kindOf(session, reading, wh, fact);
  if (kind === undefined) return session;
  const { state, flags } = advanceRegister(session.register, { at: iso(reading.ms), wh, kind, timeIsDoubtful: reading.isTimeDoubtful });
  const isStart = kind === 'begin' && session.meterStartWh === undefined && (fact.type === 'StartSession' || reading.kind === 'begin');
  const next: Session = {
    ...session,
    register: state,
    firstMs: Math.min(session.firstMs ?? reading.ms, reading.ms),
    lastMs: Math.max(session.lastMs ?? reading.ms, reading.ms),
    ...(isStart && { meterStartWh: wh }),
    ...(isStart && !isNew && { learned: { ...session.learned, meterStartWh: wh } }),
  };
  return note(next, flags);
}

/** A register that only rises: what comes late and stands lower was its beginning, the rest of what comes late is in it already. */
function readExport(session: Session, { ms, exportRegisterWh: wh, isTimeDoubtful }: Reading): Session {
  if (wh === undefined) return session;
  const before = session.exported ?? NO_READING;
  const isLate = before.lastAt !== undefined && iso(ms) <= before.lastAt;
  if (isLate && wh >= (before.startWh ?? 0)) return session;
  const { state, flags } = advanceRegister(before, {
    at: iso(ms),
    wh,
    kind: isLate ? 'begin' : 'sample',
    timeIsDoubtful: isTimeDoubtful,
  });
  return note(
    { ...session, exported: state },
    flags.map((flag) => `export:${flag}`),
  );
}

/** A second stop from before the one that was told knows less than that. */
const isStop = ({ end }: Session, { type, atMs }: FactCommand): boolean =>
  type === 'EndSession' && (end === undefined || end.provisional || atMs >= end.endedMs);

/** What the register reading is to the session; undefined = too late to tell anything. */
function kindOf(session: Session, { ms, kind }: Reading, wh: number, fact: FactCommand): 'begin' | 'sample' | 'end' | undefined {
  const { firstMs, lastMs, meterStartWh, meterStopWh, end } = session;
  if (meterStartWh === undefined && kind === 'begin') return 'begin';
  // Before what was taken for the first: then that was not the first.
  if (meterStartWh === undefined && firstMs !== undefined && ms < firstMs) return 'begin';
  if (kind === 'end' && isStop(session, fact)) return 'end';
  if (lastMs !== undefined && ms < lastMs) return undefined;
  if (end === undefined || end.provisional || meterStopWh === undefined) return 'sample';
  // After a stop that told its register only a closing value above it is news (stations that send MeterValues after the stop). That of a 1.6 stop is a
  // whole number: what is said of the same watt-hour, as by a value that was on its way for long, tells no more.
  const isWhole = session.ocppVersion === 'ocpp1.6' && Number.isInteger(meterStopWh);
  return kind === 'end' && (isWhole ? wh >= meterStopWh + 1 : wh > meterStopWh) ? 'end' : undefined;
}

/** Of no more use once a register moved. */
function readIntervals(session: Session, { ms, intervals }: Reading): Session {
  if (session.register.energyWh > 0 || intervals === undefined) return session;
  return { ...session, intervals: addIntervals(session.intervals ?? NO_INTERVALS, ms, intervals) };
}

/** Only a session without any register lives on integrated power. */
function readPower(session: Session, { ms, powerW }: Reading): Session {
  if (powerW === undefined || hasRegister(session)) return session;
  const last = session.integrated;
  if (last !== undefined && ms <= last.ms) return session;
  const wh =
    last === undefined
      ? 0
      : integratedPowerWh([
          { at: iso(last.ms), powerW: last.powerW },
          { at: iso(ms), powerW },
        ]);
  return { ...session, integrated: { ms, powerW, mwh: (last?.mwh ?? 0) + Math.round(wh * 1000) } };
}

/** What comes late tells the state still, unless a later event told one (absent there, it is unchanged); recorded periods keep theirs (ADR 0121). */
function changeState(before: Session, { type, chargingState, atMs, seqNo }: FactCommand): Session {
  if (chargingState === undefined || type === 'EndSession' || isOver(before) || atMs < before.startedMs) return before;
  const isLate = seqNo !== undefined && seqNo < before.lastSeqNo;
  if (isLate && seqNo < (before.stateSeqNo ?? before.lastSeqNo)) return note(before, atMs < before.reachedMs ? ['lateState'] : []);
  const flagged = isLate && atMs < before.reachedMs && chargingState !== before.state ? note(before, ['lateState']) : before;
  const session = seqNo === undefined || seqNo === before.stateSeqNo ? flagged : { ...flagged, stateSeqNo: seqNo };
  if (chargingState === session.state && session.isStateTold) return session;
  const told = { ...session, state: chargingState, isStateTold: true };
  if (chargingState === session.state || atMs <= session.segmentMs) return told;
  return { ...closeSegmentAs(session, { toMs: atMs, state: session.state }), state: chargingState, isStateTold: true };
}

/** What it comes to where its registers tell no more than they did. The same object where that is what it already says. */
export function settled(session: Session): Session {
  const { state: register, flags } = settleRegister(session.register);
  const { state: exported, flags: exportFlags } = settleRegister(session.exported ?? NO_READING);
  if (flags.length + exportFlags.length === 0) return session;
  const told = { ...session, register, ...(session.exported && { exported }) };
  return note(told, [...flags, ...exportFlags.map((flag) => `export:${flag}`)]);
}

/** Ends the present stretch at `ms`, where the energy is known; equal or earlier instants wait for the next one. */
export function closeSegment(session: Session, ms: number, currentA?: number): Session {
  if (isOver(session) || ms <= session.segmentMs) return session;
  return closeSegmentAs(session, {
    toMs: ms,
    state: session.state,
    energyMwh: energyMwh(session),
    ...(currentA !== undefined && { currentA }),
  });
}

function closeSegmentAs(session: Session, segment: Segment): Session {
  const segments = [...session.segments, segment];
  if (segments.length > MOST_SEGMENTS) segments.shift();
  return { ...session, segments, segmentMs: segment.toMs };
}

export function note(session: Session, flags: readonly string[]): Session {
  const added = flags.filter((flag, index) => !session.flags.includes(flag) && flags.indexOf(flag) === index);
  return added.length === 0 ? session : { ...session, flags: [...session.flags, ...added] };
}

function remember(session: Session, seqNo: number, digest: string): Session {
  const entry = seqNoEntry(seqNo, digest);
  if (session.seqNos.includes(entry)) return session;
  const isCounted = session.heardSeqNos !== undefined || session.seqNos.length === 0;
  const isAgain = session.seqNos.some((known) => known.startsWith(`${seqNo}:`));
  return {
    ...session,
    seqNos: [...session.seqNos, entry].slice(-MOST_SEQ_NOS),
    lastSeqNo: Math.max(session.lastSeqNo, seqNo),
    ...(isCounted && {
      firstSeqNo: Math.min(session.firstSeqNo ?? seqNo, seqNo),
      heardSeqNos: (session.heardSeqNos ?? 0) + (isAgain ? 0 : 1),
    }),
  };
}

/** After the end: whether the figures told are still right, and whether the station went on. */
function markNews(before: Session, after: Session, fact: FactCommand): Session {
  const { end } = before;
  if (end === undefined) return after;
  const known = settled(after);
  const isNews =
    energyMwh(known) !== end.energyMwh ||
    exportedWh(known) !== exportedWh(before) ||
    before.learned !== after.learned ||
    before.isDirty === true;
  const goesOn = end.provisional && fact.type !== 'EndSession' && !fact.isQueued && fact.atMs > end.endedMs;
  return { ...after, ...(isNews && { isDirty: true }), ...((goesOn || before.isResumed) && { isResumed: true }) };
}
