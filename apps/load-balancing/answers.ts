// What stations answer to the owner's questions: facts about model, schedule, sampling and clock, and whether it believes what we told it.
// Which question comes next is in inquiries.ts.
import { keysAtOnce, MAX_KEYS } from '#domain/device';
import { committedMa, type EvseLedger, setDisobedient, setOutlasting } from '#domain/load-balancing';
import { type Composite, foundIn, readComposite } from './composite.js';
import { withoutFirstPlace } from './first-place.js';
import { CONFIGURATION_KEYS, tellsDraw } from './inquiries.js';
import type { Differing, Inquiry, Measured, StationFacts, StationState } from './state.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * An answer; `refused` where the station erred: then it is not asked again in the same situation; `silence` where a message may have been lost:
 * then it is asked again on its next connection, about its clock and its schedule when the next time has come.
 */
export function understood(
  station: StationState,
  inquiry: Inquiry,
  connection: number,
  answer: Json | 'refused' | 'silence',
  nowMs: number,
  voltageV: number,
): StationState {
  const { asking: _over, ...free } = station;
  const withFacts = (facts: Partial<StationFacts>): StationState => ({ ...free, facts: { ...free.facts, ...facts } });
  const payload = typeof answer === 'object' ? answer : undefined;
  if (inquiry.kind === 'leave') return withLeave(free, inquiry, connection, String(payload?.status ?? answer));
  if (answer === 'silence')
    return withFacts({
      silentOn: connection,
      // One that goes down over it must not be asked at each of its boots.
      ...(inquiry.kind === 'measurands' && { measurandsAsked: true }),
      ...(inquiry.kind === 'clock' && { clockAskedMs: nowMs }),
      ...(inquiry.kind === 'composite' && { composedMs: nowMs }),
    });
  switch (inquiry.kind) {
    case 'capabilities':
      return described(free, inquiry, payload, nowMs);
    case 'interval':
      return withFacts({ intervalAsked: true });
    case 'measurands':
      return withFacts({ measurandsAsked: true });
    case 'clock':
      return withFacts(
        payload?.status === 'Accepted'
          ? { clockOn: connection, clockAskedMs: nowMs }
          : { refusesTriggerOn: connection, clockAskedMs: nowMs },
      );
    case 'composite': {
      const said = payload?.status === 'Accepted' ? readComposite(payload, inquiry.forS, voltageV) : undefined;
      const answered = withFacts({ composedMs: nowMs, ...(payload?.status !== 'Accepted' && { refusesComposite: true }) });
      return said === undefined ? answered : compared(answered, inquiry, said, nowMs, voltageV);
    }
  }
}

/** What it can, by one answer or by several: what another firmware said of itself is worth nothing from the first of them on. */
function described(
  station: StationState,
  { keys, isShared }: Extract<Inquiry, { kind: 'capabilities' }>,
  payload: Json | undefined,
  nowMs: number,
): StationState {
  const { facts } = station;
  const { mostKeys = facts.mostKeys, ...told }: Partial<StationFacts> = payload === undefined ? {} : capabilitiesOf(payload);
  if (keys?.[0] === MAX_KEYS) return { ...station, facts: { ...facts, mostKeys: mostKeys ?? CONFIGURATION_KEYS.length } };
  // It says nothing of what we want to know: it is asked for that by name.
  if (isShared && Object.keys(told).length === 0) return mostKeys === undefined ? station : { ...station, facts: { ...facts, mostKeys } };
  const { model = '', corrections, clockOn, clockAskedMs, refusesTriggerOn, refusedDefaultOn } = facts;
  const { keysLeft: asked = CONFIGURATION_KEYS, askedFor: _before, ...known } = facts;
  const keysLeft = keys === undefined ? [] : asked.filter((key) => !keys.includes(key));
  // It refused what it was told in another unit: it is told again at once.
  const saysWhy = refusedDefaultOn !== undefined && told.onlyUnit !== undefined && told.onlyUnit !== facts.onlyUnit;
  return {
    ...station,
    ...(saysWhy && { quietUntilMs: nowMs }),
    facts: {
      ...(facts.keysLeft && known),
      model,
      ...(corrections !== undefined && { corrections }),
      ...(clockOn !== undefined && { clockOn }),
      ...(clockAskedMs !== undefined && { clockAskedMs }),
      ...(refusesTriggerOn !== undefined && { refusesTriggerOn }),
      ...(mostKeys !== undefined && { mostKeys }),
      ...(keysLeft.length === 0 ? { askedFor: model } : { keysLeft, ...(refusedDefaultOn !== undefined && { refusedDefaultOn }) }),
      ...told,
    },
  };
}

/** What a station made of it that its car may feed back, or may not any more; silence is asked again on its next connection. */
function withLeave(
  station: StationState,
  { transactionId, allows }: Extract<Inquiry, { kind: 'leave' }>,
  connection: number,
  answer: string,
): StationState {
  const [evseId, demand] = Object.entries(station.demands).find(([, each]) => each.transactionId === transactionId) ?? [];
  if (evseId === undefined || demand === undefined) return station;
  return { ...station, demands: { ...station.demands, [evseId]: { ...demand, leave: { allows, answer, on: connection } } } };
}

/**
 * Saying more than we allow makes it the worst case, until a fresh grant is confirmed and samples obey; behind the end of the lease it makes leases
 * without an end, until it says that they end. Any other difference is shown.
 */
function compared(
  station: StationState,
  inquiry: Extract<Inquiry, { kind: 'composite' }>,
  said: Composite,
  nowMs: number,
  voltageV: number,
): StationState {
  const { evseId } = inquiry;
  const evse = station.ledger.evses.find((each) => each.evseId === evseId);
  // With its transaction it has dropped the plan it spoke of.
  const isOver = inquiry.transactionId !== undefined && inquiry.transactionId !== evse?.transactionId;
  if (evse === undefined || evse.disobedient || isOver) return station;
  const found = foundIn(station, evse, inquiry, said, nowMs, voltageV);
  if (found.kind === 'above')
    return flagged(station, evseId, { reason: 'schedule', allowedMa: found.toldMa, reportedMa: found.saidMa }, nowMs);
  if (found.kind === 'nothing') return station;
  // What it said of the end of its leases holds until it speaks of one again.
  const { [evseId]: before, ...others } = station.differing ?? {};
  if (before?.kind === 'outlasts' && found.kind !== 'outlasts' && !found.ends) return station;
  const { differing: _was, ...rest } = station;
  const differing = found.kind === 'agrees' ? others : { ...others, [evseId]: differenceOf(found, evse) };
  return {
    ...rest,
    ledger: setOutlasting(station.ledger, evseId, found.kind === 'outlasts'),
    ...(Object.keys(differing).length > 0 && { differing }),
  };
}

const differenceOf = (
  { kind, toldMa, saidMa }: Pick<Differing, 'kind' | 'toldMa' | 'saidMa'>,
  { transactionId = '' }: EvseLedger,
): Differing => ({ kind, transactionId, toldMa, saidMa });

/**
 * A car that charges with priority may do so under a profile of whom we do not know: the worst case, as long as it lasts (2.1 K20). A station
 * without meter can only take its own word back; what samples said in between is answered by samples.
 */
export function prioritised(station: StationState, transactionId: string, hasPriority: boolean, nowMs: number): StationState {
  const [evseId, demand] = Object.entries(station.demands).find(([, each]) => each.transactionId === transactionId) ?? [];
  const evse = station.ledger.evses.find((each) => each.evseId === Number(evseId));
  if (evseId === undefined || demand === undefined || evse === undefined) return station;
  const rest = hasPriority ? station : withoutFirstPlace(station, transactionId);
  const told = { ...rest, demands: { ...station.demands, [evseId]: { ...demand, hasPriority } } };
  const isOnlyItsWord = station.measured[evse.evseId]?.flag?.reason === 'priority';
  if (!hasPriority && evse.disobedient && isOnlyItsWord) return { ...told, ledger: setDisobedient(told.ledger, evse.evseId, false) };
  if (!hasPriority || evse.disobedient) return told;
  const allowedMa = committedMa(station.ledger, evse, nowMs, false);
  return flagged(told, evse.evseId, { reason: 'priority', allowedMa, reportedMa: evse.ratingMa }, nowMs);
}

function flagged(station: StationState, evseId: number, flag: NonNullable<Measured['flag']>, nowMs: number): StationState {
  const before = station.measured[evseId] ?? { atMs: nowMs, above: 0, below: 0, use: { probes: 0 } };
  return {
    ...station,
    ledger: setDisobedient(station.ledger, evseId, true),
    measured: { ...station.measured, [evseId]: { ...before, below: 0, flaggedMs: nowMs, flag } },
  };
}

function capabilitiesOf(payload: Json): Partial<StationFacts> {
  const told = new Map<string, { readonly value: string; readonly readonly: boolean }>();
  for (const { key, value, readonly } of (payload.configurationKey ?? []) as readonly Json[])
    told.set(String(key).toLowerCase(), { value: String(value ?? ''), readonly: readonly === true });
  for (const { attributeStatus, attributeValue, component, variable } of (payload.getVariableResult ?? []) as readonly Json[])
    if (attributeStatus === 'Accepted')
      told.set(`${(component as Json).name}.${(variable as Json).name}`.toLowerCase(), {
        value: String(attributeValue ?? ''),
        readonly: false,
      });
  const of = (...names: readonly string[]) => names.map((name) => told.get(name.toLowerCase())).find((each) => each !== undefined);
  const number = (...names: readonly string[]): number | undefined => {
    const text = of(...names)?.value;
    const value = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  };
  const mostKeys = of(MAX_KEYS)?.value;
  const units = of('ChargingScheduleAllowedChargingRateUnit', 'SmartChargingCtrlr.RateUnit')?.value.toLowerCase();
  const maxStackLevel = number('ChargeProfileMaxStackLevel', 'SmartChargingCtrlr.ProfileStackLevel');
  const maxPeriods = number('ChargingScheduleMaxPeriods', 'SmartChargingCtrlr.PeriodsPerSchedule');
  const interval = of('MeterValueSampleInterval', 'SampledDataCtrlr.TxUpdatedInterval');
  const sampleIntervalS = interval?.readonly ? undefined : number('MeterValueSampleInterval', 'SampledDataCtrlr.TxUpdatedInterval');
  const sampled = of('MeterValuesSampledData', 'SampledDataCtrlr.TxUpdatedMeasurands');
  const measurands = sampled === undefined || sampled.readonly || tellsDraw(sampled.value) ? undefined : sampled.value;
  const takesA = units === undefined || /current|\ba\b/.test(units);
  const takesW = units !== undefined && /power|\bw\b/.test(units);
  return {
    ...(mostKeys !== undefined && { mostKeys: Math.min(CONFIGURATION_KEYS.length, keysAtOnce(mostKeys)) }),
    ...(maxStackLevel !== undefined && maxStackLevel >= 0 && { maxStackLevel }),
    ...(maxPeriods !== undefined && maxPeriods > 0 && { maxPeriods }),
    ...(takesW && !takesA && { onlyUnit: 'W' as const }),
    ...(takesA && units !== undefined && !takesW && { onlyUnit: 'A' as const }),
    ...(sampleIntervalS !== undefined && { sampleIntervalS }),
    ...(measurands !== undefined && { measurands }),
  };
}
