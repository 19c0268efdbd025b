// Cars come, transactions begin and end, samples fall due: the story of every outlet of a station, told through its dialect.
// Each outlet: Free --arrive--> Plugged --authorised--> Charging (or paused) --stop--> Finishing --depart--> Free.
// Copper and meters are the installation's; queues and links the station's.
import { arriving, type Car, type CarSpec } from './car.js';
import type { Cancel, Clock } from './clock.js';
import type { Dialect, ReadingCause } from './dialect.js';
import { type ChargingState, chargingState, type Installation, type Outlet } from './installation.js';
import type { Outgoing } from './outbox.js';
import type { Profile } from './profile.js';
import type { Settings } from './settings.js';
import type { IdToken, StopCause, Transaction } from './transaction.js';

export interface RemoteStart {
  readonly evseId?: number;
  readonly idToken: IdToken;
  readonly remoteStartId?: number;
  /** Bound to the transaction when it begins. */
  readonly profile?: Profile;
}

export interface ChargingParts {
  readonly installation: Installation;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly ids: () => string;
  readonly dialect: () => Dialect;
  readonly send: (out: Outgoing) => void;
  readonly isPowered: () => boolean;
  /** Booted, accepted and connected. */
  readonly isReady: () => boolean;
  readonly transactionStarted: (outlet: Outlet, transaction: Transaction) => void;
  readonly transactionSampled: (outlet: Outlet, transaction: Transaction) => void;
  readonly transactionEnded: (outlet: Outlet, transaction: Transaction, cause: StopCause) => void;
  readonly remoteStartAwaitsCar: (outlet: Outlet, start: RemoteStart) => void;
  readonly carRefused: (outlet: Outlet, idToken: IdToken) => void;
}

/** How often a charging car is looked at between samples: batteries fill and cars stop by themselves. */
const LOOK_MS = 5_000;

export class Charging {
  readonly #awaited = new Map<number, RemoteStart & { readonly until: number }>();
  readonly #toldStates = new Map<number, ChargingState>();
  readonly #toldStatus = new Map<number, string>();
  readonly #unavailableWhenIdle = new Set<number>();
  #cancelWake: Cancel = () => {};

  constructor(private readonly parts: ChargingParts) {}

  /** A car is plugged in and its driver shows a token; false when the outlet is taken, out of service or without power. */
  arrive(evseId: number, car: CarSpec, idToken: IdToken): boolean {
    const outlet = this.parts.installation.outlet(evseId);
    if (outlet === undefined || outlet.car !== undefined || !outlet.operative || !this.parts.isPowered()) return false;
    this.settle();
    outlet.car = arriving(car);
    this.settle();
    const awaited = this.#awaited.get(evseId);
    this.#awaited.delete(evseId);
    if (awaited !== undefined && awaited.until >= this.parts.clock.now()) this.#begin(outlet, awaited);
    else this.present(evseId, idToken);
    return true;
  }

  /** The driver shows a token at an outlet with a car: asks the CSMS, or starts unasked while there is no link. */
  present(evseId: number, idToken: IdToken): void {
    const outlet = this.parts.installation.outlet(evseId);
    if (outlet?.car !== undefined && outlet.transaction === undefined && this.parts.isPowered())
      this.#authorize(outlet, outlet.car, { idToken });
  }

  /** The driver stops and unplugs. */
  depart(evseId: number, cause: StopCause = 'Local'): void {
    const outlet = this.parts.installation.outlet(evseId);
    if (outlet?.car === undefined) return;
    if (outlet.transaction !== undefined) this.stop(outlet.transaction, cause);
    this.settle();
    outlet.car = undefined;
    outlet.finished = false;
    this.settle();
  }

  /** False where a remote start cannot be done: the outlet is charging, out of service or unknown. */
  canStart(start: RemoteStart): boolean {
    return this.#outletFor(start) !== undefined;
  }

  /** Begins with the car that is there, or waits for one until the connection times out. */
  remoteStart(start: RemoteStart): void {
    const outlet = this.#outletFor(start);
    if (outlet === undefined) return;
    if (outlet.car !== undefined) {
      if (this.parts.settings.authorizeRemote) this.#authorize(outlet, outlet.car, start);
      else this.#begin(outlet, start);
      return;
    }
    this.#awaited.set(outlet.evseId, { ...start, until: this.parts.clock.now() + this.parts.settings.connectionTimeoutS * 1000 });
    this.parts.remoteStartAwaitsCar(outlet, start);
  }

  running(): readonly { readonly outlet: Outlet; readonly transaction: Transaction }[] {
    return this.parts.installation.outlets.flatMap((outlet) =>
      outlet.transaction === undefined ? [] : [{ outlet, transaction: outlet.transaction }],
    );
  }

  /** Ends a transaction that still runs; a repeat does nothing. */
  stop(transaction: Transaction, cause: StopCause): void {
    const { installation, dialect, send, transactionEnded } = this.parts;
    const outlet = installation.outlet(transaction.evseId);
    if (outlet?.transaction !== transaction) return;
    this.settle();
    for (const out of dialect().ended(outlet, transaction, cause)) send(out);
    outlet.transaction = undefined;
    outlet.finished = true;
    this.#toldStates.delete(outlet.evseId);
    installation.profiles.endTransaction(transaction.key);
    if (this.#unavailableWhenIdle.delete(outlet.evseId)) outlet.operative = false;
    transactionEnded(outlet, transaction, cause);
    this.settle();
  }

  /** 0 is every outlet. Scheduled when a transaction has to end first. */
  changeAvailability(evseId: number, operative: boolean): 'Accepted' | 'Scheduled' | 'Rejected' {
    const outlets = this.parts.installation.outlets.filter((outlet) => evseId === 0 || outlet.evseId === evseId);
    if (outlets.length === 0) return 'Rejected';
    let scheduled = false;
    for (const outlet of outlets) {
      const mustWait = !operative && outlet.transaction !== undefined;
      if (mustWait) this.#unavailableWhenIdle.add(outlet.evseId);
      else this.#unavailableWhenIdle.delete(outlet.evseId);
      if (!mustWait) outlet.operative = operative;
      scheduled ||= mustWait;
    }
    return scheduled ? 'Scheduled' : 'Accepted';
  }

  /** Tells the status of every outlet again, after a boot or a lost link. */
  tellAll(): void {
    this.#toldStatus.clear();
    this.tellStatus(undefined);
    this.settle();
  }

  tellStatus(outlet: Outlet | undefined, triggered = false): void {
    const message = this.parts.dialect().status(outlet);
    if (message !== undefined) this.parts.send({ ...message, kind: 'status', subject: `evse ${outlet?.evseId ?? 0}`, triggered });
  }

  sample(outlet: Outlet, transaction: Transaction, cause: ReadingCause): void {
    for (const out of this.parts.dialect().sampled(outlet, transaction, cause)) this.parts.send(out);
    this.parts.transactionSampled(outlet, transaction);
    this.parts.installation.drift(outlet);
  }

  /** Everything up to now: energy, schedules, state changes, samples due. Then sleeps until the next thing happens. */
  settle(): void {
    const { installation, clock, settings } = this.parts;
    const now = clock.now();
    installation.settle(now);
    for (const outlet of installation.outlets) this.#tellChanges(outlet);
    for (const { outlet, transaction } of this.running()) {
      if (settings.sampleS === 0 || transaction.nextSampleAt > now) continue;
      this.sample(outlet, transaction, 'Periodic');
      const periodMs = settings.sampleS * 1000;
      transaction.nextSampleAt += Math.ceil((now - transaction.nextSampleAt + 1) / periodMs) * periodMs;
    }
    this.#sleep(now);
  }

  /** After a new interval was set. */
  rearm(): void {
    for (const { transaction } of this.running()) transaction.nextSampleAt = this.parts.clock.now() + this.parts.settings.sampleS * 1000;
    this.settle();
  }

  halt(): void {
    this.#cancelWake();
  }

  #sleep(now: number): void {
    this.#cancelWake();
    const running = this.running();
    if (running.length === 0) return;
    const samples = this.parts.settings.sampleS === 0 ? [] : running.map(({ transaction }) => transaction.nextSampleAt);
    const next = Math.min(now + LOOK_MS, this.parts.installation.nextChange(now), ...samples);
    this.#cancelWake = this.parts.clock.after(Math.max(1, next - now), () => this.settle());
  }

  /** The outlet asked for, or else a free one, with a car if there is one. */
  #outletFor({ evseId }: RemoteStart): Outlet | undefined {
    const free = this.parts.installation.outlets.filter(({ operative, transaction }) => operative && transaction === undefined);
    if (evseId !== undefined) return free.find((outlet) => outlet.evseId === evseId);
    return free.find(({ car }) => car !== undefined) ?? free[0];
  }

  #authorize(outlet: Outlet, { spec: car }: Car, start: RemoteStart): void {
    const { dialect, isReady, send, carRefused } = this.parts;
    if (outlet.reservation !== undefined && outlet.reservation.idToken !== start.idToken.idToken) {
      carRefused(outlet, start.idToken);
      return;
    }
    const isStillThere = () => outlet.car?.spec === car && outlet.transaction === undefined;
    const begin = () => {
      if (isStillThere()) this.#begin(outlet, start);
    };
    if (!isReady()) {
      begin();
      return;
    }
    send({
      ...dialect().authorize(start.idToken),
      kind: 'volatile',
      answered: (payload) => {
        if (dialect().authorized(payload)) begin();
        else if (isStillThere()) carRefused(outlet, start.idToken);
      },
      abandoned: begin,
    });
  }

  #begin(outlet: Outlet, start: RemoteStart): void {
    const { installation, clock, settings, ids, dialect, send, isReady, transactionStarted } = this.parts;
    this.settle();
    const { reservation } = outlet;
    outlet.reservation = undefined;
    const transaction: Transaction = {
      key: ids(),
      evseId: outlet.evseId,
      idToken: start.idToken,
      startedAt: clock.now() + installation.skewMs,
      meterStartMwh: outlet.meter.registerMwh,
      startedOffline: !isReady(),
      ...(start.remoteStartId === undefined ? {} : { remoteStartId: start.remoteStartId }),
      ...(reservation === undefined ? {} : { reservationId: reservation.id }),
      seqNo: 0,
      mayFeedBack: false,
      exportStartMwh: outlet.exportMeter.registerMwh,
      nextSampleAt: clock.now() + settings.sampleS * 1000,
    };
    outlet.transaction = transaction;
    outlet.finished = false;
    if (start.profile !== undefined)
      installation.profiles.put({ ...start.profile, evseId: outlet.evseId, transactionKey: transaction.key });
    transactionStarted(outlet, transaction);
    for (const out of dialect().started(outlet, transaction)) send(out);
    this.#toldStates.set(outlet.evseId, 'EVConnected');
    this.settle();
  }

  #tellChanges(outlet: Outlet): void {
    const { dialect, send } = this.parts;
    const state = chargingState(outlet);
    if (outlet.transaction !== undefined && this.#toldStates.get(outlet.evseId) !== state) {
      this.#toldStates.set(outlet.evseId, state);
      for (const out of dialect().stateChanged(outlet, outlet.transaction)) send(out);
    }
    const status = dialect().statusOf(outlet);
    if (this.#toldStatus.get(outlet.evseId) === status) return;
    this.#toldStatus.set(outlet.evseId, status);
    this.tellStatus(outlet);
  }
}
