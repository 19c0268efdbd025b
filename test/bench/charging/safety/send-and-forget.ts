// The control beside ours: the same split at every change, a limit without end for each charger whose share changed, counted as applied the
// moment it is sent. No default profile, no lease, no answer waited for: what most open systems do.

import type { CommandRequested, Recorded, SiteEvent } from '#contracts';
import {
  type Claim,
  capacityAt,
  compileNetwork,
  emptyLoad,
  type GridLimit,
  limitToMa,
  perPhase,
  type Route,
  routeOf,
  type StationConfig,
  setChargingProfile,
  split,
} from '#domain/load-balancing';
import type { Output } from '#service';
import type { Decider } from '../../../../apps/load-balancing/stage/owner.fixture.js';
import type { Place } from './place.js';

const DEADBAND_MA = 500;

interface Car {
  readonly station: StationConfig;
  readonly transactionId: string;
  readonly sinceMs: number;
  toldMa: number;
  isFull: boolean;
}
type Json = Readonly<Record<string, unknown>>;

export class SendAndForget implements Decider {
  ownerEpoch = -1;
  readonly #network;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #cars = new Map<string, Car>();
  #limits: readonly GridLimit[] = [];
  #nowMs = 0;
  #sent = 0;

  constructor(private readonly place: Place) {
    this.#network = compileNetwork(place.root, place.voltageV, place.stations);
    this.#routes = new Map(
      place.stations.map(({ stationId, nodeId, evses }) => [stationId, routeOf(this.#network, nodeId, evses[0]?.phases ?? 3)]),
    );
  }

  decide(input: Recorded<SiteEvent>): readonly Output[] {
    this.#nowMs = Math.max(this.#nowMs, Date.parse(input.type === 'TimeReached' ? input.data.due : input.time));
    switch (input.type) {
      case 'SiteTaken':
        this.ownerEpoch = input.at.offset;
        return [];
      case 'GridLimitReceived': {
        const { nodeId = '', source, schedule, expiresAt } = input.data;
        const steps = schedule.map(({ startsAt, limitA = 0 }) => ({ fromMs: Date.parse(startsAt), limitMa: perPhase(limitA, limitToMa) }));
        const limit = { source, nodeId, steps, expiresMs: Date.parse(expiresAt) };
        this.#limits = [...this.#limits.filter((other) => other.nodeId !== nodeId), limit];
        return this.#allocate();
      }
      case 'CallReceived':
        return this.#hear(input.stationId ?? '', input.data.action, input.data.payload as Json, input.data.answer) ? this.#allocate() : [];
      case 'TimeReached':
        return this.#allocate();
      default:
        return [];
    }
  }

  due(): ReturnType<Decider['due']> {
    const next = Math.min(...this.#limits.flatMap(({ steps }) => steps.map(({ fromMs }) => fromMs).filter((ms) => ms > this.#nowMs)));
    return Number.isFinite(next) ? { deadlineId: `at ${next}`, dueMs: next } : undefined;
  }

  /** Whether somebody came, left, or is full. */
  #hear(stationId: string, action: string, payload: Json, answer: { readonly kind: string }): boolean {
    const car = this.#cars.get(stationId);
    switch (action) {
      case 'StartTransaction': {
        const station = this.place.stations.find((each) => each.stationId === stationId);
        const { transactionId } = (answer as unknown as { readonly payload: Json }).payload;
        if (station === undefined) return false;
        const toldMa = Number.POSITIVE_INFINITY;
        this.#cars.set(stationId, { station, transactionId: String(transactionId), sinceMs: this.#nowMs, toldMa, isFull: false });
        return true;
      }
      case 'StopTransaction':
        return car?.transactionId === String(payload.transactionId) && this.#cars.delete(stationId);
      case 'MeterValues': {
        const value = (payload.meterValue as readonly { readonly sampledValue: readonly Json[] }[])[0]?.sampledValue[0]?.value;
        if (car === undefined || car.isFull || car.toldMa === 0 || Number(value) > 0) return false;
        car.isFull = true;
        return true;
      }
      default:
        return false;
    }
  }

  #allocate(): readonly Output[] {
    const capacity = capacityAt(this.#network, { gridLimits: this.#limits, measurements: [] }, this.#nowMs);
    const cars = [...this.#cars.values()].filter(({ isFull }) => !isFull);
    const claims = cars.map(({ station: { stationId, evses }, sinceMs }): Claim => {
      const { minA = 6, maxA = 32, levelsA } = evses[0] ?? {};
      return {
        id: stationId,
        route: this.#routes.get(stationId) as Route,
        minMa: minA * 1000,
        maxMa: maxA * 1000,
        ...(levelsA && { levelsMa: levelsA.map(limitToMa) }),
        weight: 1,
        priority: 0,
        waitingSinceMs: sinceMs,
      };
    });
    const { limitMa } = split(capacity, claims, emptyLoad(this.#network));
    return cars.flatMap((car, index) => {
      const wantedMa = limitMa[index] ?? 0;
      if (wantedMa === car.toldMa || (Math.abs(wantedMa - car.toldMa) < DEADBAND_MA && wantedMa > car.toldMa)) return [];
      car.toldMa = wantedMa;
      return [this.#tell(car, wantedMa)];
    });
  }

  #tell({ station, transactionId }: Car, limitMa: number): Output {
    const spec = {
      slot: 'plan',
      station,
      voltageV: this.place.voltageV,
      evseId: 1,
      transactionId,
      steps: [{ fromMs: this.#nowMs, limitMa }],
    } as const;
    const data: CommandRequested = {
      commandId: `sent-${this.#sent++}`,
      stationId: station.stationId,
      action: 'SetChargingProfile',
      payload: setChargingProfile('ocpp1.6', spec),
      notAfter: new Date(this.#nowMs + 20_000).toISOString(),
      timeoutMs: 30_000,
      requestedBy: 'load-balancing',
    };
    return { topic: 'site-events', type: 'CommandRequested', stationId: station.stationId, data };
  }
}
