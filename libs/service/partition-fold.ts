// Folds one partition in memory: repeats dropped, poison parked, recorded decisions kept, new ones taken. No input or output of its own.
import {
  decode,
  derivedId,
  derivedSource,
  type Envelope,
  encode,
  parseDerivedSource,
  type Recorded,
  type RecordParked,
  Unwritable,
} from '#contracts';
import type { LogRecord, NewRecord, PartitionRef } from '#ports';
import type { Change, Output, ServiceDefinition } from './fold.js';
import type { RowWrite } from './tables.js';
import { isName, requireWritable } from './writable.js';

export interface OutboxRecord {
  readonly inputOffset: number;
  readonly index: number;
  readonly topic: string;
  readonly record: NewRecord;
}

export interface ParkedRecord {
  readonly offset: number;
  readonly reason: string;
  /** Key of the record: tenant and site. */
  readonly streamKey: string;
  /** What was thrown, where the reason leaves out its words. For the process's own log. */
  readonly error?: unknown;
}

/** Decisions found in the log or the outbox: input offset → index → output. */
export type RecordedOutputs = ReadonlyMap<number, ReadonlyMap<number, Output>>;

/** High-water mark per producer of derived records: what is at or below it was seen before. */
export type Watermarks = Readonly<Record<string, readonly [offset: number, index: number]>>;

/** A record as far as it is understood before anything is folded: its input, or the reason why it has none. */
export interface ReadRecord<In extends Envelope> {
  readonly offset: number;
  /** Key of the record: tenant and site. */
  readonly streamKey: string;
  readonly input?: Recorded<In>;
  /** Undefined when the service has no use for the record. */
  readonly aggregate?: string | undefined;
  readonly reason?: string;
  /** Refused by the database, which no fold can find again. */
  readonly isRefused?: boolean;
  /** Nobody looked into it. */
  readonly isPassed?: boolean;
}

export interface FoldResult<State, In extends Envelope> {
  readonly next: number;
  readonly seen: Watermarks;
  readonly changed: ReadonlyMap<string, State>;
  readonly changes: readonly Change<State, In>[];
  readonly rows: readonly RowWrite[];
  readonly outbox: readonly OutboxRecord[];
  readonly parked: readonly ParkedRecord[];
}

export interface PartitionMemory<State> {
  readonly ref: PartitionRef;
  readonly next: number;
  readonly seen: Watermarks;
  readonly states: ReadonlyMap<string, State>;
  readonly recorded: RecordedOutputs;
}

/** Records of one generation of `decodedOnce`, and their text [UTF-16 units]: as many as a replay hands to its services at once (replay.ts). */
const MOST_DECODED = 2_500;
const MOST_DECODED_TEXT = 8 * 1024 * 1024;
let decoded = new Map<LogRecord, Recorded>();
let decodedBefore: typeof decoded = new Map();
let decodedText = 0;

/** Services of one process are handed the same records, of an embedded log and in a replay: each is decoded once for those who read it at about the same time. */
function decodedOnce(record: LogRecord): Recorded {
  const known = decoded.get(record) ?? decodedBefore.get(record);
  if (known !== undefined) return known;
  const input = decode(record);
  if (decoded.size >= MOST_DECODED || decodedText > MOST_DECODED_TEXT) {
    [decoded, decodedBefore] = [new Map(), decoded];
    decodedText = 0;
  }
  decoded.set(record, input);
  decodedText += record.value.length;
  return input;
}

export function readRecords<State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  records: readonly LogRecord[],
): readonly ReadRecord<In>[] {
  return records.map((record) => {
    const { offset, key: streamKey } = record;
    let input: Recorded<In> | undefined;
    try {
      if (service.passesBy?.(record)) return { offset, streamKey, isPassed: true };
      if (record.refused !== undefined) return { offset, streamKey, reason: record.refused };
      input = decodedOnce(record) as Recorded<In>;
      const aggregate = service.fold.aggregateOf(input);
      if (aggregate !== undefined && !isName(aggregate)) throw new Error('what it is about has no name that can be kept');
      return { offset, streamKey, input, aggregate };
    } catch (error) {
      return { offset, streamKey, ...(input !== undefined && { input }), reason: reasonOf(error) };
    }
  });
}

/**
 * Pure: the memory stays as it was; the caller commits the result and then adopts it. Without `keepsChanges`, `changes` stays empty: all states that a
 * long batch went through would be held until its end, and the collector would copy them.
 */
export function foldRead<State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  memory: PartitionMemory<State>,
  records: readonly ReadRecord<In>[],
  keepsChanges = true,
): FoldResult<State, In> {
  const steps = foldSteps(service, memory, records, keepsChanges);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** A record per step; returns what `foldRead` does. */
export function* foldSteps<State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  memory: PartitionMemory<State>,
  records: readonly ReadRecord<In>[],
  keepsChanges = true,
): Generator<undefined, FoldResult<State, In>> {
  const changed = new Map<string, State>();
  const changes: Change<State, In>[] = [];
  const rows: RowWrite[] = [];
  const outbox: OutboxRecord[] = [];
  const parked: ParkedRecord[] = [];
  const seen: Record<string, readonly [number, number]> = { ...memory.seen };
  const lastRecorded = lastOffset(memory.recorded);
  let next = memory.next;

  for (const { offset, streamKey, input, aggregate, reason, isRefused, isPassed } of records) {
    if (offset < next) continue;
    yield undefined;
    next = offset + 1;
    if (isPassed) continue;
    if (input !== undefined && isWrittenAgain(seen, input)) {
      parked.push({ offset, streamKey, reason: WRITTEN_AGAIN });
      continue;
    }
    if (input !== undefined && isRepeat(seen, input)) continue;
    const known = memory.recorded.get(offset);
    // Before the last recorded decision nothing is decided again: what failed there is recorded as well (ADR 0098).
    const isOpen = offset >= lastRecorded && service.outputs.length > 0;
    if (input === undefined || reason !== undefined) parked.push({ offset, streamKey, reason: reason ?? '' });
    if (input !== undefined && isRefused && isOpen && known === undefined) outbox.push(toldParked(service, input, REFUSED));
    if (input === undefined || aggregate === undefined) continue;
    const parking = known?.get(0);
    if (parking?.type === PARKED) {
      parked.push({ offset, streamKey, reason: (parking.data as RecordParked).reason });
      continue;
    }
    let decided: readonly Output[] | undefined = isOpen ? undefined : [];
    try {
      const before = changed.get(aggregate) ?? memory.states.get(aggregate) ?? service.fold.initial(aggregate);
      const outputs: Output[] = [];
      const outgoing: OutboxRecord[] = [];
      decided ??= service.fold.decide(before, input);
      const count = Math.max(decided.length, known === undefined ? 0 : Math.max(...known.keys()) + 1);
      for (let index = 0; index < count; index++) {
        const output = known?.get(index) ?? decided[index];
        if (output === undefined) continue;
        outputs.push(output);
        if (!known?.has(index)) outgoing.push(toOutbox(service.name, input, output, index));
      }
      const after = service.fold.evolve(before, input, outputs);
      const change = { aggregate, before, after, input, outputs };
      const writes = service.fold.project?.(change) ?? [];
      requireWritable(writes);
      // All of it or nothing: a record that is parked leaves no row, no state and no output.
      rows.push(...writes);
      outbox.push(...outgoing);
      if (keepsChanges) changes.push(change);
      if (after !== before) changed.set(aggregate, after);
    } catch (error) {
      // What fails without a decision fails again wherever it is folded.
      const isTold = known === undefined && decided?.length !== 0;
      if (!isTold) parked.push({ offset, streamKey, reason: reasonOf(error) });
      else {
        const reason = withoutValues(error);
        parked.push({ offset, streamKey, reason, error });
        outbox.push(toldParked(service, input, reason));
      }
    }
  }
  return { next, seen, changed, changes, rows, outbox, parked };
}

export const foldBatch = <State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  memory: PartitionMemory<State>,
  records: readonly LogRecord[],
): FoldResult<State, In> => foldRead(service, memory, readRecords(service, records));

/** What a holder knows of records that were committed before it came. */
export interface Past<State> {
  readonly states: ReadonlyMap<string, State>;
  /** Per aggregate, the records below this offset are in its state already. */
  readonly foldedTo: ReadonlyMap<string, number>;
  readonly seen: Watermarks;
  readonly recorded: RecordedOutputs;
  readonly parked: ReadonlySet<number>;
}

/** Folds what was committed before, silently: decisions come from the record, nothing is decided, written or told. Pure, a record per step. */
export function* recallSteps<State, In extends Envelope>(
  service: ServiceDefinition<State, In>,
  past: Past<State>,
  records: readonly ReadRecord<In>[],
): Generator<undefined, { readonly seen: Watermarks; readonly changed: ReadonlyMap<string, State> }> {
  const changed = new Map<string, State>();
  const seen: Record<string, readonly [number, number]> = { ...past.seen };
  for (const { offset, input, aggregate } of records) {
    if (input === undefined || isWrittenAgain(seen, input) || isRepeat(seen, input) || aggregate === undefined || past.parked.has(offset))
      continue;
    if (offset < (past.foldedTo.get(aggregate) ?? 0)) continue;
    yield undefined;
    const before = changed.get(aggregate) ?? past.states.get(aggregate) ?? service.fold.initial(aggregate);
    const known = [...(past.recorded.get(offset) ?? [])].sort(([a], [b]) => a - b);
    const after = service.fold.evolve(
      before,
      input,
      known.map(([, output]) => output),
    );
    if (after !== before) changed.set(aggregate, after);
  }
  return { seen, changed };
}

const NOTHING_RECORDED: RecordedOutputs = new Map();

/**
 * What is still to be repeated from `next` on: all of it as long as there is any. Taking out what was repeated, batch by batch, would take as long for each as
 * all that is left.
 */
export const stillRecorded = (recorded: RecordedOutputs, next: number): RecordedOutputs =>
  lastOffset(recorded) < next ? NOTHING_RECORDED : recorded;

/** Highest input with a recorded decision, -1 without; asked for every batch of a rebuild, so it is looked for once per map. */
function lastOffset(recorded: RecordedOutputs): number {
  const known = lastOffsets.get(recorded);
  if (known !== undefined) return known;
  let last = -1;
  for (const offset of recorded.keys()) last = Math.max(last, offset);
  lastOffsets.set(recorded, last);
  return last;
}
const lastOffsets = new WeakMap<RecordedOutputs, number>();

const PARKED = 'RecordParked';

const REFUSED = 'the database refused what follows from it';

/** In the first of its outputs, in the stream of the record. */
function toldParked<State, In extends Envelope>(
  { name, outputs: [topic = 'site-events'] }: ServiceDefinition<State, In>,
  input: Recorded<In>,
  reason: string,
): OutboxRecord {
  const data: RecordParked = { reason };
  return toOutbox(name, input, { topic, type: PARKED, data }, 0);
}

/** Innermost frame of a stack, without the directory. */
const PLACE = /\n\s+at (?:(\S+) \()?(?:[^\n]*[\\/])?([^\n\\/)]+)/;

/** Words of an error may repeat a piece of what was read: it is named by its class and its place instead. */
function withoutValues(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error instanceof Unwritable) return error.message;
  const { name, message, stack = '' } = error;
  const [, within, place] = (stack.includes(message) && PLACE.exec(stack.slice(stack.indexOf(message) + message.length))) || [];
  return [name, within && `in ${within}`, place && `at ${place}`].filter(Boolean).join(' ');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/**
 * Producers publish derived records in order of (input, index), so anything at or below the mark is a repeat. Most folds bear one, by numbers and ids of
 * their own; two bills of a session that come again would each have the other credited.
 */
function isRepeat(seen: Record<string, readonly [number, number]>, input: Recorded): boolean {
  const from = parseDerivedSource(input.source);
  if (from === undefined) return false;
  const producer = `${from.service}/${from.topic}/${from.partition}`;
  const [offset, index] = seen[producer] ?? [-1, -1];
  if (from.offset < offset || (from.offset === offset && from.index <= index)) return true;
  seen[producer] = [from.offset, from.index];
  return false;
}

const WRITTEN_AGAIN = 'it was signed before what its process wrote here already: somebody wrote it again';

/** Processes whose latest record is remembered for each partition; the one heard longest ago makes room. */
const MOST_PROCESSES = 64;

/** What a process signs rises in each partition (ADR 0105). The mark of none is the highest that was forgotten. */
function isWrittenAgain(seen: Record<string, readonly [number, number]>, { signed }: Recorded): boolean {
  if (signed === undefined) return false;
  const name = SIGNED + signed.process;
  if (!isAbove(signed.order, seen[name] ?? seen[SIGNED] ?? [-1, -1])) return true;
  if (seen[name] === undefined) forgetOldest(seen);
  seen[name] = signed.order;
  return false;
}
const SIGNED = 'signed/';

function forgetOldest(seen: Record<string, readonly [number, number]>): void {
  const processes = Object.keys(seen).filter((name) => name.startsWith(SIGNED) && name !== SIGNED);
  if (processes.length < MOST_PROCESSES) return;
  const oldest = processes.reduce((one, other) => (isAbove(seen[one] ?? [-1, -1], seen[other] ?? [-1, -1]) ? other : one));
  seen[SIGNED] = seen[oldest] ?? [-1, -1];
  delete seen[oldest];
}

const isAbove = ([high, index]: readonly [number, number], [mark, last]: readonly [number, number]): boolean =>
  high > mark || (high === mark && index > last);

function toOutbox(service: string, input: Recorded, output: Output, index: number): OutboxRecord {
  // The stream of the network is of no site.
  const siteId = output.topic === 'network-events' ? undefined : (output.siteId ?? input.siteId);
  const stationId = output.stationId ?? input.stationId;
  const from = { service, ...input.at, index };
  const envelope: Envelope = {
    id: derivedId(input.id, from),
    type: output.type,
    source: derivedSource(from),
    time: input.time,
    tenantId: output.tenantId ?? input.tenantId,
    ...(siteId !== undefined && { siteId }),
    ...(stationId !== undefined && { stationId }),
    ...(input.traceparent !== undefined && { traceparent: input.traceparent }),
    data: output.data,
  };
  return { inputOffset: input.at.offset, index, topic: output.topic, record: encode(envelope) };
}
