// One charger of the run with the car at it: what the car draws, what the charger says, and what it keeps while nobody listens.
// Messages about transactions arrive in order, however often they have to be sent; others are lost where the way loses them.
import { type Random, type Range, within } from '../../../../apps/load-balancing/stage/chance.fixture.js';
import type { Edge, Way } from '../../../../apps/load-balancing/stage/edge.fixture.js';
import type { Stage } from '../../../../apps/load-balancing/stage/stage.fixture.js';
import type { StagedStation } from '../../../../apps/load-balancing/stage/station.fixture.js';
import type { Stay } from './place.js';

const SEND_AGAIN_MS = 30_000;
/** Kept while the link is down; samples beyond that are not kept. */
const MOST_KEPT = 60;

/** How a charger treats profiles; whoever does not obey lets its car draw all it can. */
export type Conduct = 'obeys' | 'ignores' | 'rejects' | 'silent';

export interface Surroundings {
  readonly stage: Stage;
  readonly edge: Edge;
  readonly random: Random;
  readonly wayUp: () => Way;
  readonly sampleMs: number;
  readonly carA: number;
  readonly kWPerA: number;
  /** Drivers say when they leave and what they need, and samples carry the energy register. */
  readonly areFrank: boolean;
  nextTransactionId(): number;
}

export class Outlet {
  conduct: Conduct = 'obeys';
  /** Without power nothing flows, and nothing is said. */
  isDark = false;
  /** Samples the charger took, of the transaction that runs. */
  samples = 0;
  deliveredKwh = 0;
  /** Of each car that has left and was charged: how often that began. */
  readonly starts: number[] = [];
  #begun = 0;
  #arrivedAt = 0;
  #chargedAt = Number.NEGATIVE_INFINITY;
  #car: { readonly stay: Stay; remainingKwh: number } | undefined;
  #kept: (() => void)[] = [];
  #isSending = false;

  constructor(
    readonly station: StagedStation,
    private readonly around: Surroundings,
  ) {}

  get isHungry(): boolean {
    return this.#car !== undefined && this.#car.remainingKwh > 0 && this.station.transactionId !== undefined;
  }

  /** What flows now [A]. */
  drawnA(): number {
    if (!this.isHungry || this.isDark) return 0;
    const { carA, stage } = this.around;
    return this.conduct === 'obeys' ? Math.min(this.station.drawsA(stage.now), carA) : carA;
  }

  charge(amps: number, ms: number): void {
    if (this.#car === undefined) return;
    const kWh = Math.min(this.#car.remainingKwh, (amps * this.around.kWPerA * ms) / 3_600_000);
    this.#car.remainingKwh -= kWh;
    this.deliveredKwh += kWh;
    const { now } = this.around.stage;
    if (now - this.#chargedAt > ms) this.#begun++;
    this.#chargedAt = now;
  }

  get #registerWh(): number {
    return this.#car === undefined ? 0 : Math.round((this.#car.stay.needKwh - this.#car.remainingKwh) * 1000);
  }

  arrive(stay: Stay): void {
    const { stage } = this.around;
    const car = { stay, remainingKwh: stay.needKwh };
    if (this.#car !== undefined) this.#leave(this.#car.stay);
    this.#car = car;
    this.#arrivedAt = stage.now;
    const timestamp = this.station.stamp(stage.now);
    this.#tell(() => {
      const transactionId = this.around.nextTransactionId();
      const start = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp };
      this.around.edge.call(this.station, 'StartTransaction', start, { transactionId, idTagInfo: { status: 'Accepted' } });
      if (this.#car !== car) return; // it has left already: its stop follows
      this.station.startTransaction(transactionId);
      this.samples = 0;
      if (this.around.areFrank) this.#state(stay, transactionId);
      this.#sampleNext(transactionId);
    });
    stage.after(stay.toMs - stay.fromMs, () => this.#leave(stay));
  }

  /** The driver's word, by way of the api. */
  #state({ fromMs, toMs, needKwh }: Stay, transactionId: number): void {
    const { stage } = this.around;
    const departsAt = new Date(this.#arrivedAt + toMs - fromMs).toISOString();
    const data = {
      evseId: 1,
      transactionId: String(transactionId),
      departsAt,
      energyWh: Math.round(needKwh * 1000),
      requestedBy: 'driver',
    };
    stage.append('ChargingNeedsStated', data, this.station.stationId);
  }

  #leave(stay: Stay): void {
    if (this.#car?.stay !== stay) return;
    const meterStop = this.around.areFrank ? this.#registerWh : 1;
    this.#car = undefined;
    if (this.#begun > 0) this.starts.push(this.#begun);
    this.#begun = 0;
    this.#chargedAt = Number.NEGATIVE_INFINITY;
    const { transactionId } = this.station;
    const timestamp = this.station.stamp(this.around.stage.now);
    this.station.endTransaction();
    this.#tell(() => {
      const stop = { transactionId: transactionId ?? -1, meterStop, timestamp };
      this.around.edge.call(this.station, 'StopTransaction', stop);
    });
  }

  #sampleNext(transactionId: number): void {
    this.around.stage.after(this.around.sampleMs, () => {
      if (this.station.transactionId !== transactionId) return;
      if (this.isDark) {
        this.#sampleNext(transactionId);
        return;
      }
      const value = String(Math.round(this.drawnA() * 10) / 10);
      this.samples++;
      const current = { value, measurand: 'Current.Import', unit: 'A', phase: 'L1' };
      const register = { value: String(this.#registerWh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' };
      const sampledValue = this.around.areFrank ? [current, register] : [current];
      const meterValue = [{ timestamp: this.station.stamp(this.around.stage.now), sampledValue }];
      this.#say(() => this.around.edge.call(this.station, 'MeterValues', { connectorId: 1, transactionId, meterValue }));
      this.#sampleNext(transactionId);
    });
  }

  /** What a trigger asks for: after its answer, on the same way. */
  sayStatus(afterMs: number): void {
    this.around.stage.after(afterMs, () => {
      const timestamp = this.station.stamp(this.around.stage.now);
      const status = { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp };
      this.#say(() => this.around.edge.call(this.station, 'StatusNotification', status));
    });
  }

  /** Its socket breaks with it; the edge finds out later. */
  losePower(): void {
    this.isDark = true;
    this.station.losePower(this.around.stage.now);
    this.disconnect([0, 40_000]);
  }

  boot(): void {
    this.isDark = false;
    this.connect(true);
  }

  connect(boots: boolean): void {
    if (this.isDark) return;
    this.around.edge.connect(this.station, boots);
    this.#sendKept();
  }

  disconnect(noticed: Range): void {
    this.around.edge.disconnect(this.station, within(this.around.random, noticed));
  }

  #say(send: () => void): void {
    const { random, stage } = this.around;
    const { loss, delayMs } = this.around.wayUp();
    const { connection } = this.station;
    if (connection === undefined) {
      if (this.#kept.length < MOST_KEPT) this.#kept.push(send);
    } else if (random() >= loss) {
      stage.after(within(random, delayMs), () => {
        if (this.station.connection === connection) send();
      });
    }
  }

  #tell(send: () => void): void {
    this.#kept.push(send);
    this.#sendKept();
  }

  #sendKept(): void {
    const { random, stage } = this.around;
    const { loss, delayMs } = this.around.wayUp();
    const { connection } = this.station;
    const next = this.#kept[0];
    if (this.#isSending || next === undefined || connection === undefined) return;
    this.#isSending = true;
    const isLost = random() < loss;
    stage.after(isLost ? SEND_AGAIN_MS : within(random, delayMs), () => {
      this.#isSending = false;
      if (!isLost && this.station.connection === connection) {
        this.#kept.shift();
        next();
      }
      this.#sendKept();
    });
  }
}
