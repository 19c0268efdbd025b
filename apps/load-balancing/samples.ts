// What samples say of an EVSE: its current and power, whether it keeps to what it was allowed, and how much of that it uses.
// What follows for the plan is decided elsewhere.
import type { CallReceived } from '#contracts';
import {
  committedMa,
  dischargeableMa,
  type EvseConfig,
  type EvseLedger,
  evseOfConnector,
  hasWaited,
  isClearlyAbove,
  leastMa,
  limitAt,
  observeUse,
  phaseIndexes,
  setDisobedient,
} from '#domain/load-balancing';
import { netPowerW, normalise, powerReadings, type Sample } from '#domain/metering';
import { seenAway, seenLive } from './abilities.js';
import { looked } from './registers.js';
import type { Measured, StationFacts, StationState, Wanting } from './state.js';
import { besides, outletOf } from './unconfigured.js';
import { read } from './visits.js';

/** A station that is clearly above whatever it was allowed in the last 30 s, three samples in a row, counts as disobedient. */
export const OBEY_WITHIN_MS = 30_000;
/** Samples every 20 s: two of them reach back that far. */
const SAMPLES_BACK = 2;
export const SAMPLES_IN_A_ROW = 3;
/** A use learned longer ago than this says nothing any more [ms]. */
export const USE_FRESH_MS = 300_000;

type Json = Readonly<Record<string, unknown>>;

export function measured(station: StationState, call: CallReceived, receivedAt: string, nowMs: number, voltageV: number): StationState {
  const { ocppVersion, action, payload } = call;
  const body = payload as Json;
  const evseId =
    ocppVersion === 'ocpp1.6'
      ? evseOfConnector(station.config, Number(body.connectorId))
      : Number((body.evse as Json | undefined)?.id ?? body.evseId ?? evseOfTransaction(station, body));
  const config = station.config.evses.find((evse) => evse.evseId === evseId);
  const evse = station.ledger.evses.find((each) => each.evseId === evseId);
  const isConfigured = evseId !== undefined && config !== undefined && evse !== undefined;
  const outletId = isConfigured ? undefined : outletOf(station, ocppVersion, body);
  const { samples } = normalise({ ocppVersion, action, payload, receivedAt, evse: { evseId: (isConfigured ? evseId : outletId) ?? 0 } });
  const reading = powerReadings(samples).at(-1);
  // What waited while the station was offline says what was delivered, and nothing of now.
  const lastMs = Date.parse(samples.at(-1)?.stationTime ?? receivedAt);
  if (body.offline === true || hasWaited(station.ledger.skew, lastMs, nowMs)) {
    if (!isConfigured || reading === undefined) return station;
    const { atLeastMa } = lineCurrent({ currentMa: highestMa(samples, config), powerW: reading.powerW }, config, voltageV);
    const seen = atLeastMa === undefined ? station.facts.seen : seenAway(station.facts.seen ?? {}, evse, atLeastMa, lastMs);
    return withShown(read(station, evseId, reading, nowMs), seen);
  }
  if (!isConfigured) return outletId === undefined ? station : besides(station, outletId, body, reading, nowMs, voltageV);
  const currents = lineCurrents(samples);
  if (reading === undefined && currents.length === 0) return station;
  const currentMa = highestMa(samples, config);
  const { atLeastMa, atMostMa } = lineCurrent({ currentMa, powerW: reading?.powerW }, config, voltageV);

  // Where it can feed back, its power says so; elsewhere its meter has been turned round.
  const readW = reading && (evse.dischargeMa === undefined ? reading.powerW : netPowerW(reading));
  const powerW = readW ?? (currentMa === undefined ? undefined : wattsOf(currents, config, voltageV));
  const before = station.measured[evseId];
  // An EVSE that cannot feed back has its meter the wrong way round.
  const backMa = evse.dischargeMa === undefined ? undefined : fedBackMa(samples, config, voltageV * 1.1, 'even');
  const mostBackMa = (backMa ?? 0) > 0 ? fedBackMa(samples, config, voltageV * 0.9, config.powerType === 'DC' ? 'even' : 'single') : 0;
  // Only its register: it says what was drawn since, and nothing of now.
  const { energyRegisterWh } = reading ?? {};
  const isOnlyCounted = atLeastMa === undefined && backMa === undefined && energyRegisterWh !== undefined;
  const counted =
    reading !== undefined && isOnlyCounted
      ? looked(
          before?.registered,
          { ...reading, energyRegisterWh },
          { evse, config, ledger: station.ledger, confirmedMs: lastChangeMs(evse) },
          nowMs,
          voltageV,
          OBEY_WITHIN_MS,
        )
      : undefined;
  const verdict = withCounted(judge(station, evse, atLeastMa, backMa, nowMs, before), counted, before);
  const use = usage(evse, config, station.demands[evseId]?.transactionId, atMostMa, nowMs, before);
  const after: Measured = {
    atMs: nowMs,
    ...(powerW !== undefined && { powerW }),
    ...(currentMa !== undefined && { currentMa }),
    ...(backMa && { back: { leastMa: backMa, mostMa: mostBackMa ?? backMa } }),
    above: verdict.above,
    below: verdict.below,
    allowedMa: [verdict.bothMa, ...(before?.allowedMa ?? [])].slice(0, SAMPLES_BACK),
    use,
    ...(counted && { registered: counted.registered }),
    ...(evse.disobedient && before?.flaggedMs !== undefined && { flaggedMs: before.flaggedMs }),
  };
  // Once found, it is the worst case until a fresh grant of ours is confirmed and three samples keep to it.
  const toldMs = lastChangeMs({ plans: evse.plans, defaults: evse.defaults, foreign: [] });
  const isForgiven =
    verdict.below >= SAMPLES_IN_A_ROW && toldMs >= (before?.flaggedMs ?? 0) && station.demands[evseId]?.hasPriority !== true;
  const isDisobedient = evse.disobedient ? !isForgiven : verdict.above >= SAMPLES_IN_A_ROW;
  const isNew = isDisobedient && !evse.disobedient;
  const flag = { reason: 'samples', allowedMa: verdict.allowedMa, reportedMa: verdict.reportedMa } as const;
  const beforeMa = before && lineCurrent(before, config, voltageV).atLeastMa;
  const isTold = atLeastMa !== undefined && beforeMa !== undefined;
  const seen = isTold ? seenLive(station.facts.seen ?? {}, evse, { beforeMa, nowMa: atLeastMa }, nowMs) : station.facts.seen;
  const demand = station.demands[evseId];
  const demands =
    demand === undefined || demand.usableMa === use.usableMa
      ? station.demands
      : { ...station.demands, [evseId]: withUsable(demand, use.usableMa) };
  return {
    ...withShown(reading === undefined ? station : read(station, evseId, reading, nowMs), seen),
    ledger: setDisobedient(station.ledger, evseId, isDisobedient),
    demands,
    measured: { ...station.measured, [evseId]: isNew ? { ...after, flaggedMs: nowMs, flag } : after },
  };
}

/** What samples have shown of its model. */
const withShown = (station: StationState, seen: StationFacts['seen']): StationState =>
  seen === undefined || seen === station.facts.seen || Object.keys(seen).length === 0
    ? station
    : { ...station, facts: { ...station.facts, seen } };

const lineCurrents = (samples: readonly Sample[]): readonly Sample[] =>
  samples.filter(({ measurand, phase, at }) => measurand === 'Current.Import' && phase !== 'N' && at === samples.at(-1)?.at);

/** What a DC meter calls a current is the car's, behind the rectifier. */
function highestMa(samples: readonly Sample[], { powerType }: EvseConfig): number | undefined {
  const currents = lineCurrents(samples);
  return powerType === 'DC' || currents.length === 0 ? undefined : Math.max(...currents.map(({ value }) => Math.round(value * 1000)));
}

const withUsable = ({ usableMa: _before, ...demand }: Wanting, usableMa: number | undefined): Wanting =>
  usableMa === undefined ? demand : { ...demand, usableMa };

/** Between what bounds the highest line current lies that a meter told, as a current or only as a power [mA]. */
export function lineCurrent(
  { currentMa, powerW }: { readonly currentMa?: number | undefined; readonly powerW?: number | undefined },
  config: EvseConfig,
  voltageV: number,
): { readonly atLeastMa: number | undefined; readonly atMostMa: number | undefined } {
  return {
    atLeastMa: currentMa ?? lineMa(powerW, config, voltageV * 1.1, 'even'),
    atMostMa: currentMa ?? lineMa(powerW, config, voltageV * 0.9, config.powerType === 'DC' ? 'even' : 'single'),
  };
}

/** The power behind currents; a single one stands for every line. */
function wattsOf(currents: readonly { readonly value: number }[], { phases }: EvseConfig, voltageV: number): number {
  const sumA = currents.reduce((sum, { value }) => sum + value, 0);
  return Math.round(sumA * voltageV * (currents.length === 1 ? phaseIndexes(phases).length : 1));
}

/** The current behind a power [mA per line], on a single line or evenly on all. */
function lineMa(
  powerW: number | undefined,
  { phases, efficiency = 1 }: EvseConfig,
  voltageV: number,
  spread: 'single' | 'even',
): number | undefined {
  if (powerW === undefined) return undefined;
  const lines = spread === 'single' ? 1 : phaseIndexes(phases).length * efficiency;
  return Math.round((powerW * 1000) / (voltageV * lines));
}

function evseOfTransaction({ demands }: StationState, body: Json): number | undefined {
  const id = (body.transactionInfo as Json | undefined)?.transactionId;
  const found = Object.entries(demands).find(([, { transactionId }]) => transactionId === id)?.[0];
  return found === undefined ? undefined : Number(found);
}

/** When it was last confirmed that a profile is there, or is there no more. */
export const lastChangeMs = ({
  plans,
  defaults,
  foreign,
  clearedMs = 0,
}: Pick<EvseLedger, 'plans' | 'defaults' | 'foreign' | 'clearedMs'>): number =>
  [...plans, ...defaults, ...foreign].reduce((last, { acceptedMs }) => Math.max(last, acceptedMs ?? 0), clearedMs);

/** What flows back [mA per line], however the station says so: measured apart, or as less than nothing; a power on a single line only where no current is told. */
function fedBackMa(samples: readonly Sample[], config: EvseConfig, voltageV: number, spread: 'single' | 'even'): number | undefined {
  const last = samples.filter(({ at, phase }) => phase !== 'N' && at === samples.at(-1)?.at);
  const values = (measurand: string, sign: 1 | -1): readonly number[] =>
    last.filter((sample) => sample.measurand === measurand).map(({ value }) => sign * value);
  const currents = config.powerType === 'DC' ? [] : [...values('Current.Export', 1), ...values('Current.Import', -1)];
  const powers = last
    .filter(({ phase }) => phase === undefined)
    .flatMap(({ measurand, value }) =>
      measurand === 'Power.Active.Export' ? [value] : measurand === 'Power.Active.Import' ? [-value] : [],
    );
  const isMeasured = currents.length > 0 && spread === 'single';
  const found = [
    ...currents.map((ampere) => ampere * 1000),
    ...(isMeasured ? [] : powers.map((powerW) => lineMa(powerW, config, voltageV, spread) ?? 0)),
  ];
  return found.length === 0 ? undefined : Math.max(0, ...found.map(Math.round));
}

/** In either direction: what is allowed and reported is said of the one that is exceeded. */
function judge(
  { ledger }: StationState,
  evse: EvseLedger,
  currentMa: number | undefined,
  backMa: number | undefined,
  nowMs: number,
  before: Measured | undefined,
): Pick<Measured, 'above' | 'below'> & {
  readonly allowedMa: number;
  readonly reportedMa: number;
  readonly bothMa: readonly [number, number];
} {
  const obedient = { ...evse, disobedient: false };
  const drawn = { allowedMa: committedMa(ledger, obedient, nowMs, false), reportedMa: currentMa ?? 0 };
  const back = { allowedMa: dischargeableMa(ledger, obedient, nowMs), reportedMa: backMa ?? 0 };
  const bothMa = [drawn.allowedMa, back.allowedMa] as const;
  if (currentMa === undefined && backMa === undefined) return { above: 0, below: 0, ...drawn, bothMa };
  const way = [drawn, back].findIndex(({ allowedMa, reportedMa }) => isClearlyAbove(reportedMa, allowedMa)) as -1 | 0 | 1;
  if (way === -1) return { above: 0, below: (before?.below ?? 0) + 1, ...drawn, bothMa };
  const above = way === 0 ? drawn : back;
  // A car may still be following a change: then it is measured by what it was allowed before.
  const earlierMa = before?.allowedMa?.map((both) => both[way]) ?? [ANY];
  const isFollowing = nowMs - lastChangeMs(evse) <= OBEY_WITHIN_MS && !isClearlyAbove(above.reportedMa, Math.max(...earlierMa));
  return { above: isFollowing ? 0 : (before?.above ?? 0) + 1, below: 0, ...above, bothMa };
}
const ANY = Number.POSITIVE_INFINITY;

/** Where only the register tells: what it says over three rises is said of three samples, and between those nothing new is known. */
function withCounted(
  verdict: ReturnType<typeof judge>,
  counted: ReturnType<typeof looked> | undefined,
  before: Measured | undefined,
): ReturnType<typeof judge> {
  if (counted === undefined) return verdict;
  if (counted.drawn === undefined) return { ...verdict, above: before?.above ?? 0, below: before?.below ?? 0 };
  const { isAbove, isBelow, allowedMa, reportedMa } = counted.drawn;
  return { ...verdict, above: isAbove ? SAMPLES_IN_A_ROW : 0, below: isBelow ? (before?.below ?? 0) + 1 : 0, allowedMa, reportedMa };
}

/** Learned anew with each transaction, and only while the car is not still following a change. */
function usage(
  evse: EvseLedger,
  config: EvseConfig,
  transactionId: string | undefined,
  drawnMa: number | undefined,
  nowMs: number,
  before: Measured | undefined,
): Measured['use'] {
  const known = before?.use ?? { probes: 0 };
  const plan = evse.plans.findLast(({ state, endsMs }) => state === 'accepted' && endsMs === undefined);
  if (drawnMa === undefined || plan === undefined || plan.transactionId !== transactionId) return known;
  if (nowMs - lastChangeMs(evse) < OBEY_WITHIN_MS) return known;
  const minMa = Math.max(leastMa(config), evse.safeMa);
  return observeUse(known, {
    nowMs,
    drawnMa,
    offeredMa: limitAt(plan, nowMs),
    minMa,
    ...(before !== undefined && { previousMs: before.atMs }),
  });
}
