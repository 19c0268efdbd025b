// The look ahead at a site: whether it is wanted, what it rests on, what the planner is asked, and its answer as a record and in memory.
// When it is asked is looking-ahead.ts's, solving the planner's; what it may change is the allocator's (targets, never limits).
import type { PlanComputed, PlannedEvse, Recorded, SiteEvent } from '#contracts';
import {
  type CarPlan,
  type EvseConfig,
  gainedWh,
  hasNeeds,
  type PlanInput,
  type SitePlanAhead,
  type SiteSnapshot,
  snapshotOf,
  type Visit,
} from '#domain/load-balancing';
import { entriesOf, perShard } from '#kernel';
import { energyOf } from './energy-series.js';
import { monthOf } from './quarter-peak.js';
import { type PlanInForce, type SiteState, type StationState, stationIn } from './state.js';

const placeOf = (stationId: string, evseId: number | string): string => `${stationId}/${evseId}`;

const cars = perShard<StationState, { readonly isThere: boolean; readonly hasSpoken: boolean }>((stations) => {
  const charging = stations.filter(({ demands }) => Object.keys(demands).length > 0);
  const hasSpoken = charging.some(({ visits }) =>
    Object.values(visits).some((visit) => visit.transactionId !== undefined && hasNeeds(visit)),
  );
  return { isThere: charging.length > 0, hasSpoken };
});

/** Where nobody said what he needs and energy has no price, the fair share is all there is to say. */
export const wantsOutlook = (state: SiteState): boolean =>
  cars(state.stations).some(({ isThere, hasSpoken }) => hasSpoken || (isThere && energyOf(state) !== undefined));

/** Whether a plan made before a record knows too little after it. */
export const isNewsAhead = (before: SiteState, after: SiteState, { stationId = '' }: Recorded<SiteEvent>): boolean =>
  before.config !== after.config ||
  before.gridLimits !== after.gridLimits ||
  before.energySeries !== after.energySeries ||
  (before.stations !== after.stations && isOtherCar(stationIn(before, stationId), stationIn(after, stationId)));

function isOtherCar(was: StationState | undefined, is: StationState | undefined): boolean {
  if (was?.ledger.contact !== is?.ledger.contact) return true;
  const [a, b] = [was?.visits ?? {}, is?.visits ?? {}];
  const keys = Object.keys(b);
  const isSame = (x: Visit | undefined, y: Visit | undefined): boolean => x?.needs === y?.needs && x?.transactionId === y?.transactionId;
  return keys.length !== Object.keys(a).length || keys.some((evseId) => !isSame(a[evseId], b[evseId]));
}

/** `input` is what the allocator is given now; undefined where nobody can be steered. */
export function outlookOf(state: SiteState, input: PlanInput): SiteSnapshot | undefined {
  const { config, past, peak, nowMs } = state;
  if (config === undefined) return undefined;
  const visits = entriesOf(state.stations).flatMap(([stationId, station]) =>
    Object.entries(station.visits).flatMap(([evseId, visit]) =>
      visit.transactionId === undefined ? [] : [[placeOf(stationId, evseId), visit] as const],
    ),
  );
  const peakSoFarKw = peak !== undefined && peak.month === monthOf(config.timeZone, nowMs) ? peak.kW : 0;
  const { timeZone, voltageV } = config;
  const energy = energyOf(state);
  return snapshotOf({ input, site: { timeZone, voltageV, ...(energy && { energy }) }, visits: new Map(visits), past, peakSoFarKw });
}

/** The planner's answer as a record; undefined where it had none. Of the horizon only what can be used before `expiresMs` is told slot by slot. */
export function planRecord(
  state: SiteState,
  { slots, cars, costs }: SiteSnapshot,
  { status, cars: planned, peakKw }: SitePlanAhead,
  planId: string,
  expiresMs: number,
): PlanComputed | undefined {
  if (status === 'none') return undefined;
  const { ownerEpoch, outlookAt, nowMs } = state;
  const count = slots.filter(({ fromMs }) => fromMs < expiresMs).length;
  const last = slots.at(-1);
  const horizonMs = last === undefined ? nowMs : last.fromMs + last.hours * 3_600_000;
  const evses = planned.flatMap(
    ({ id, currentA, worth, needKwh, departureMs, plannedKwh, shortfallKwh, mustShortfallKwh }): readonly PlannedEvse[] => {
      const slash = id.lastIndexOf('/');
      const [stationId, evseId] = [id.slice(0, slash), id.slice(slash + 1)];
      const station = stationIn(state, stationId);
      const transactionId = station?.demands[evseId]?.transactionId;
      if (transactionId === undefined) return [];
      const needs = station?.visits[evseId]?.needs ?? {};
      const next = currentA.findIndex((amps) => amps >= LEAST_A);
      // Who leaves beyond the horizon gets the rest there.
      const isWithin = departureMs <= horizonMs;
      return [
        {
          stationId,
          evseId: Number(evseId),
          transactionId,
          wantMa: Array.from(currentA.subarray(0, count), (amps) => Math.round(amps * 10) * 100),
          ...(worth !== undefined && { worth: Math.round(worth * 100) / 100 }),
          departsAt: new Date(Math.round(departureMs)).toISOString(),
          needWh: Math.round(needKwh * 1000),
          plannedWh: Math.round(plannedKwh * 1000),
          ...(needs.energyWh !== undefined && isWithin && { shortfallWh: Math.round(shortfallKwh * 1000) }),
          ...(needs.departsMs !== undefined && needs.departsMs <= horizonMs && { promiseShortfallWh: Math.round(mustShortfallKwh * 1000) }),
          ...(next >= 0 && { nextAt: new Date(slots[next]?.fromMs ?? nowMs).toISOString() }),
        },
      ];
    },
  );
  return {
    planId,
    ownerEpoch,
    basedOn: outlookAt,
    madeFor: new Date(nowMs).toISOString(),
    expiresAt: new Date(expiresMs).toISOString(),
    isCosted: costs !== undefined,
    slots: slots.slice(0, count).map(({ fromMs }) => new Date(fromMs).toISOString()),
    evses,
    peakKw: Math.round(peakKw * 1000) / 1000,
    ahead: slots.map(({ fromMs }, slot) => ({
      at: new Date(fromMs).toISOString(),
      powerW: Math.round(planned.reduce((sum, { currentA }, car) => sum + (currentA[slot] ?? 0) * (cars[car]?.kwPerA ?? 0), 0) * 1000),
    })),
  };
}

/** Less is nothing a car could be told [A]. */
const LEAST_A = 0.05;

/** The plan in force after a record of one: a former owner's, and one that knew less than the present one, change nothing. */
export function adopted(state: SiteState, { planId, ownerEpoch, basedOn, expiresAt, isCosted, slots, evses }: PlanComputed): SiteState {
  if (ownerEpoch !== state.ownerEpoch || basedOn < (state.plan?.basedOn ?? -1)) return state;
  const fromMs = slots.map((slot) => Date.parse(slot));
  const wanted: PlanInForce['cars'] = Object.fromEntries(
    evses.map(({ stationId, evseId, transactionId, wantMa, worth }) => [
      placeOf(stationId, evseId),
      {
        transactionId,
        steps: wantMa.flatMap((want, index) => (fromMs[index] === undefined ? [] : [{ fromMs: fromMs[index], wantMa: want }])),
        untilMs: Date.parse(expiresAt),
        isCapped: isCosted,
        ...(worth !== undefined && { worth }),
      },
    ]),
  );
  return { ...state, plan: { planId, basedOn, cars: wanted } };
}

/** What the plan in force wants for an EVSE while this transaction is on it. */
export function carPlanOf(
  { plan, nowMs }: Pick<SiteState, 'plan' | 'nowMs'>,
  evse: EvseConfig | undefined,
  stationId: string,
  evseId: string,
  transactionId: string,
  visit: Visit | undefined,
): CarPlan | undefined {
  const car = plan?.cars[placeOf(stationId, evseId)];
  if (car === undefined || car.transactionId !== transactionId || car.untilMs <= nowMs) return undefined;
  const askedWh = visit?.needs.energyWh;
  return { ...car, isMet: visit !== undefined && askedWh !== undefined && gainedWh(visit, evse ?? {}) >= askedWh };
}
