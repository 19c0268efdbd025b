// Gathers appends into flights, because a request per record costs five to twenty times the processor time and kafkajs does not linger.
// Idle → Gathering (first record; at most `lingerMs` or a full flight) → Flying (one at a time; others gather) → Gathering | Idle.
// What a flight becomes on the wire is the sender's business.
import { type Clock, LogUnavailable, type NewRecord, type Position } from '#ports';
import { sizeOf } from './kafka-record.js';

export interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  readonly record: NewRecord;
}

/** Offsets in the order of the flight, once all are durable. */
export type SendFlight = (flight: readonly Outgoing[]) => Promise<readonly number[]>;

export interface MicroBatcherLimits {
  readonly lingerMs: number;
  readonly flightRecords: number;
  /** Below what a broker takes as one batch (1 MB unless told otherwise); a larger record flies alone. */
  readonly flightBytes: number;
  /** An append not acknowledged by then is refused, although it may still appear. */
  readonly deadlineMs: number;
  /** Memory behind a slow broker. */
  readonly waitingBytes: number;
}

export const LIMITS: MicroBatcherLimits = {
  lingerMs: 5,
  flightRecords: 500,
  flightBytes: 900_000,
  deadlineMs: 10_000,
  waitingBytes: 64 * 1024 * 1024,
};

class Call {
  readonly positions: Position[];
  #left: number;
  #settled = false;
  readonly #resolve: (positions: readonly Position[]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #cancelDeadline: () => void;

  constructor(
    count: number,
    resolve: (positions: readonly Position[]) => void,
    reject: (error: unknown) => void,
    clock: Clock,
    deadlineMs: number,
  ) {
    this.positions = new Array<Position>(count);
    this.#left = count;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#cancelDeadline = clock.after(deadlineMs, () => this.fail(new LogUnavailable(`no acknowledgement within ${deadlineMs} ms`)));
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  land(index: number, position: Position): void {
    this.positions[index] = position;
    if (--this.#left === 0 && this.#settle()) this.#resolve(this.positions);
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#cancelDeadline();
    return true;
  }
}

interface Waiting extends Outgoing {
  readonly call: Call;
  readonly index: number;
  readonly bytes: number;
  readonly since: number;
}

export class MicroBatcher {
  readonly #send: SendFlight;
  readonly #clock: Clock;
  readonly #limits: MicroBatcherLimits;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flight: Promise<void> | undefined;
  #cancelLinger: (() => void) | undefined;
  #closed = false;

  constructor(send: SendFlight, clock: Clock, limits: Partial<MicroBatcherLimits> = {}) {
    this.#send = send;
    this.#clock = clock;
    this.#limits = { ...LIMITS, ...limits };
  }

  append(records: readonly Outgoing[]): Promise<readonly Position[]> {
    if (this.#closed) return Promise.reject(new LogUnavailable('the log is closed'));
    if (records.length === 0) return Promise.resolve([]);
    if (this.#waitingBytes > this.#limits.waitingBytes) return Promise.reject(new LogUnavailable('too much is waiting for the broker'));
    return new Promise((resolve, reject) => {
      const call = new Call(records.length, resolve, reject, this.#clock, this.#limits.deadlineMs);
      const since = this.#clock.now();
      records.forEach((outgoing, index) => {
        const bytes = sizeOf(outgoing.record);
        this.#waitingBytes += bytes;
        this.#waiting.push({ ...outgoing, call, index, bytes, since });
      });
      this.#gather();
    });
  }

  /** Refuses what comes; resolves when everything taken before has landed or was refused. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#gather();
    while (this.#flight !== undefined && this.#isAwaited()) await Promise.race([this.#flight, this.#pause(50)]);
  }

  #isAwaited(): boolean {
    return this.#inFlight.some(({ call }) => !call.isSettled) || this.#waiting.some(({ call }) => !call.isSettled);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }

  #inFlight: readonly Waiting[] = [];

  #gather(): void {
    const [oldest] = this.#waiting;
    if (this.#flight !== undefined || oldest === undefined) return;
    const waited = this.#clock.now() - oldest.since;
    const { lingerMs, flightRecords, flightBytes } = this.#limits;
    if (this.#closed || waited >= lingerMs || this.#waiting.length >= flightRecords || this.#waitingBytes >= flightBytes) this.#fly();
    else
      this.#cancelLinger ??= this.#clock.after(lingerMs - waited, () => {
        this.#cancelLinger = undefined;
        if (this.#flight === undefined && this.#waiting.length > 0) this.#fly();
      });
  }

  #fly(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    const flight = this.#load();
    if (flight.length === 0) return;
    this.#inFlight = flight;
    this.#flight = this.#complete(flight).then(() => {
      this.#flight = undefined;
      this.#inFlight = [];
      this.#gather();
    });
  }

  async #complete(flight: readonly Waiting[]): Promise<void> {
    try {
      const offsets = await this.#send(flight);
      flight.forEach(({ call, index, topic, partition }, n) => {
        call.land(index, { topic, partition, offset: offsets[n] as number });
      });
    } catch (error) {
      for (const { call } of flight) call.fail(error);
    }
  }

  /** The oldest records up to the limits; those of refused calls are left out. */
  #load(): readonly Waiting[] {
    const flight: Waiting[] = [];
    let taken = 0;
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const isFull = flight.length >= this.#limits.flightRecords || (flight.length > 0 && bytes + waiting.bytes > this.#limits.flightBytes);
      if (isFull) break;
      taken++;
      this.#waitingBytes -= waiting.bytes;
      if (waiting.call.isSettled) continue;
      flight.push(waiting);
      bytes += waiting.bytes;
    }
    this.#waiting.splice(0, taken);
    return flight;
  }
}
