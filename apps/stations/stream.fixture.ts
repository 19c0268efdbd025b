// A station's stream written by hand, and what the stations service makes of it: for the specs of its parts.
import type { CommandRequested, SiteEventData } from '#contracts';
import { foldBatch, type PartitionMemory, type Row, type RowWrite } from '#service';
import { at, Stream } from '../session/records.fixture.js';
import { type StationState, stationsDefinition } from './definition.js';
import type { AnyPart } from './part.js';

export { at } from '../session/records.fixture.js';

/** Before anything was folded. */
export const NOTHING: PartitionMemory<StationState> = {
  ref: { topic: 'site-events', partition: 0 },
  next: 0,
  seen: {},
  states: new Map(),
  recorded: new Map(),
};
const LINK = { connectionId: 'c1', generation: { assignmentSeq: 1, offset: 1 } };

export class StationStream extends Stream {
  /** Configured and connected at minute 0. */
  static ready(version: Stream['version'] = 'ocpp2.0.1', stationId = 'CP1'): StationStream {
    return new StationStream(stationId, version).configured().connected(0);
  }

  boots(minute: number, firmwareVersion = '1', status = 'Accepted'): this {
    const boot =
      this.version === 'ocpp1.6'
        ? { chargePointVendor: 'V', chargePointModel: 'M', firmwareVersion }
        : { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: 'V', firmwareVersion } };
    return this.says(minute, 'BootNotification', boot, { answer: { kind: 'result', payload: { status } } });
  }

  /** Somebody, by default an operator, asks the station for something. */
  asked(minute: number, commandId: string, action: string, payload: object, requestedBy = 'api:tests'): this {
    const [notAfter, timeoutMs] = [at(minute + 5), 30_000];
    return this.add('CommandRequested', minute, {
      commandId,
      stationId: this.stationId,
      action,
      payload,
      notAfter,
      timeoutMs,
      requestedBy,
    });
  }

  /** As the relay appends what the service decided. */
  askedAs(minute: number, { commandId, action, payload, requestedBy }: CommandRequested): this {
    return this.asked(minute, commandId, action, payload as object, requestedBy);
  }

  answered(minute: number, commandId: string, payload: object): this {
    return this.add('CommandAnswered', minute, { ...LINK, commandId, payload, violations: [] });
  }
  errored(minute: number, commandId: string, code = 'NotSupported'): this {
    return this.add('CommandErrored', minute, { ...LINK, commandId, code, description: '' });
  }
  refused(minute: number, commandId: string, reason: SiteEventData['CommandRefused']['reason'] = 'NotConnected'): this {
    return this.add('CommandRefused', minute, { commandId, reason });
  }
  unanswered(minute: number, commandId: string, reason: 'timeout' | 'edgeLost' = 'timeout'): this {
    return this.add('CommandUnanswered', minute, { ...LINK, commandId, reason });
  }

  /** The deadline of the service that is next; one that was told and stays is never told again. */
  nextDue() {
    const next = this.#next();
    if (next === undefined) throw new Error('nothing is waited for');
    return next;
  }
  #next() {
    const all = [...folded(this).changed.values()].flatMap((state) => stationsDefinition.fold.nextDue?.(state) ?? []);
    return all.sort((a, b) => a.dueMs - b.dueMs)[0];
  }
  /** The next deadline comes, and each that was to come until then. */
  due(minute: number): this {
    const told = new Set<string>();
    for (let next = this.#next(); next !== undefined && !told.has(next.deadlineId); next = this.#next()) {
      if (told.size > 0 && next.dueMs > Date.parse(at(minute))) break;
      told.add(next.deadlineId);
      this.add('TimeReached', minute, { service: 'stations', deadlineId: next.deadlineId, due: at(minute) }, next.stationId ?? '');
    }
    if (told.size === 0) throw new Error('nothing is waited for');
    return this;
  }

  /** Commands the service decided on so far. */
  commands(): readonly CommandRequested[] {
    return folded(this)
      .outbox.filter(({ record }) => record.headers.ce_type === 'CommandRequested')
      .map(({ record }) => JSON.parse(record.value));
  }

  /** Facts of a type the service told, which are not in the stream yet. */
  told(type: string): readonly unknown[] {
    return folded(this)
      .outbox.filter(({ record }) => record.headers.ce_type === type)
      .map(({ record }) => JSON.parse(record.value));
  }

  /** What the service told the network so far. */
  toNetwork(): readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[] {
    return folded(this)
      .outbox.filter(({ topic }) => topic === 'network-events')
      .map(({ record }) => ({ type: String(record.headers.ce_type), data: JSON.parse(record.value) }));
  }

  /** All that is written, in order. */
  writes(): readonly RowWrite[] {
    return folded(this).rows;
  }

  /** Every row written into a table, in order. */
  rows(table: string): readonly Row[] {
    return folded(this)
      .rows.filter(({ table: { name } }) => name === table)
      .map(({ row }) => row);
  }

  /** What a part remembers of the station at the end. */
  state<State>({ name, initial }: AnyPart): State {
    const [state] = folded(this).changed.values();
    return (state?.parts[name] ?? initial) as State;
  }
}

function folded(stream: Stream) {
  const result = foldBatch(stationsDefinition, NOTHING, stream.logged());
  if (result.parked.length > 0) throw new Error(result.parked.map(({ reason }) => reason).join('\n'));
  return result;
}
