// Profiles that somebody else wants at a station, read for the ledger: the most they could permit, and the cap they put on our own plan.
// Whether there is room for them is asked in headroom; that they are sent is the site owner's business.
import { compositeSchedule, type Profile, readProfile, UnreadableProfile } from '#domain/charging-profiles';
import type { OcppVersion } from '#ocpp';
import { evseOfConnector } from './connectors.js';
import { asStanding, dynamicSchedule, isDynamic } from './dynamic.js';
import type { ClearScope, ForeignProfile, Grant, GrantSlot, GrantStep } from './grant.js';
import { LOWEST_VOLTAGE } from './network.js';
import { isOwnProfileId, ownProfileId, STACK_LEVEL } from './profiles.js';
import { type EvseConfig, LEAST_AC_A, type StationConfig } from './site-model.js';
import { loadToMa, phaseIndexes } from './units.js';

/** What a request would do to a station's limits. */
export type ForeignRequest =
  | {
      readonly kind: 'set';
      readonly slot: GrantSlot;
      /** 0 = the whole station. */
      readonly evseId: number;
      readonly transactionId?: string;
      readonly steps: readonly GrantStep[];
      readonly foreign: ForeignProfile;
    }
  | { readonly kind: 'clear'; readonly clears: ClearScope }
  | { readonly kind: 'refuse'; readonly detail: string };

type Json = Readonly<Record<string, unknown>>;

const SLOTS: Readonly<Record<string, GrantSlot>> = {
  TxProfile: 'plan',
  TxDefaultProfile: 'default',
  ChargePointMaxProfile: 'stationMax',
  ChargingStationMaxProfile: 'stationMax',
};
/** How far ahead a cap is written down; a recurring profile goes on, a transaction rarely does. */
const CAPS_AHEAD_S = 7 * 86_400;
/** Stands for no limit at all [A]. */
const UNLIMITED_A = 1_000_000;

/** Commands of 2.1 that lift what our profiles hold down: what they would permit is told nowhere. */
const LIFTING: ReadonlyMap<string, string> = new Map([['AFRRSignal', 'no profile that follows such a signal is sent from here']]);

const refuse = (detail: string): ForeignRequest => ({ kind: 'refuse', detail });

/** `SetChargingProfile`, `ClearChargingProfile`, or a remote start with a profile inside. `voltageV` is the site's nominal one. */
export function readForeign(
  version: OcppVersion,
  action: string,
  payload: Json,
  station: StationConfig,
  voltageV: number,
  nowMs: number,
): ForeignRequest {
  try {
    const lifts = LIFTING.get(action);
    if (lifts !== undefined) return refuse(lifts);
    if (action === 'ClearChargingProfile') return { kind: 'clear', clears: clearScope(version, payload, station) };
    return readSet(version, action, payload, station, voltageV, nowMs);
  } catch (error) {
    if (error instanceof UnreadableProfile) return refuse(`the profile cannot be bounded: ${error.message}`);
    throw error;
  }
}

function readSet(
  version: OcppVersion,
  action: string,
  payload: Json,
  station: StationConfig,
  voltageV: number,
  nowMs: number,
): ForeignRequest {
  const raw = (payload.csChargingProfiles ?? payload.chargingProfile) as Json;
  const purpose = String(raw.chargingProfilePurpose);
  const slot = SLOTS[purpose];
  if (purpose === 'PriorityCharging' || purpose === 'LocalGeneration') return refuse(`${purpose} lifts what other profiles hold down`);
  if (slot === undefined) return refuse(`${purpose} is not for a central system to send (OCPP 2.0.1 K01.FR.22)`);
  const isStart = action !== 'SetChargingProfile';
  if (isStart && slot !== 'plan') return refuse('a remote start carries a TxProfile only (OCPP 2.0.1 F01.FR.08)');
  const profileId = Number(raw.id ?? raw.chargingProfileId);
  if (isOwnProfileId(profileId)) return refuse(`profile ids from ${ownProfileId.first} to ${ownProfileId.last} are the load balancer's`);
  const named = version === 'ocpp1.6' ? payload.connectorId : payload.evseId;
  const evseId =
    named === undefined || Number(named) === 0 ? 0 : version === 'ocpp1.6' ? evseOfConnector(station, Number(named)) : Number(named);
  const evses = station.evses.filter((evse) => evseId === 0 || evse.evseId === evseId);
  if (evseId === undefined || evses.length === 0)
    return refuse(`${version === 'ocpp1.6' ? 'connector' : 'EVSE'} ${String(named)} is not configured`);

  const schedules = (Array.isArray(raw.chargingSchedule) ? raw.chargingSchedule : [raw.chargingSchedule]) as readonly Json[];
  const unbounded = unboundedIn(schedules);
  if (unbounded !== undefined) return refuse(`the profile cannot be bounded: ${unbounded}`);
  const dynamic = isDynamic(raw) ? dynamicSchedule(raw) : undefined;
  if (typeof dynamic === 'string') return refuse(dynamic);
  const standing = dynamic === undefined ? raw : asStanding(raw);
  const profiles = (dynamic === undefined ? schedules : (standing.chargingSchedule as readonly Json[])).map((schedule) =>
    readProfile({ ...standing, chargingSchedule: schedule }, 'chargingProfile'),
  );
  if (evses.some((evse) => profiles.some((profile) => isTooSmall(profile, evse, voltageV))))
    return refuse(`a car understands 0 or at least ${LEAST_AC_A} A, nothing in between`);
  const stackLevel = Number(raw.stackLevel ?? 0);
  const steps = boundOf(profiles, evses, voltageV);
  const isPartial = steps.length > 1;
  if (slot === 'stationMax' && station.maxA !== undefined) {
    if (stackLevel === STACK_LEVEL) return refuse(`the station's own maximum lives at stack level ${STACK_LEVEL}: use a higher one`);
    if (Math.max(...steps.map(({ limitMa }) => limitMa)) > loadToMa(station.maxA)) return refuse(`the station may draw ${station.maxA} A`);
  }
  if (slot === 'default' && stackLevel === STACK_LEVEL && isPartial)
    return refuse(
      `at stack level ${STACK_LEVEL} it replaces the safe level: let it hold from now on without an end, or use a higher stack level`,
    );
  const transactionId = raw.transactionId === undefined ? undefined : String(raw.transactionId);
  const caps = capsOf(version, standing, evses, voltageV, nowMs);
  const foreign = { profileId, stackLevel, ...validity(profiles), caps, ...(dynamic && { dynamic }) };
  const isReplaceable = version === 'ocpp1.6' && slot === 'plan' && stackLevel === STACK_LEVEL;
  return {
    kind: 'set',
    slot,
    evseId,
    steps,
    foreign: isReplaceable ? { ...foreign, isReplaceable } : foreign,
    ...(transactionId !== undefined && { transactionId }),
  };
}

const validity = ([profile]: readonly Profile[]): Pick<ForeignProfile, 'validFromMs' | 'validToMs'> => ({
  ...(profile !== undefined && Number.isFinite(profile.validFromMs) && { validFromMs: profile.validFromMs }),
  ...(profile !== undefined && Number.isFinite(profile.validToMs) && { validToMs: profile.validToMs }),
});

/** What 2.1 schedules may hold that leaves open what they permit, or when. */
function unboundedIn(schedules: readonly Json[]): string | undefined {
  if (schedules.some(({ useLocalTime }) => useLocalTime === true)) return 'the local time of the station is not known';
  if (schedules.some(({ randomizedDelay = 0 }) => randomizedDelay !== 0)) return 'its periods begin at random';
  const periods = schedules.flatMap(({ chargingSchedulePeriod }) => chargingSchedulePeriod as readonly Json[]);
  if (periods.some((period) => Object.keys(period).some((name) => /^(setpoint|dischargeLimit)/.test(name))))
    return 'whether a car feeds back is for its driver and the plan to say';
  const other = periods
    .map(({ operationMode }) => operationMode)
    .find((mode) => ![undefined, 'ChargingOnly', 'Idle'].includes(mode as string));
  return other === undefined ? undefined : `in the mode ${String(other)} a car may draw or feed back what no limit says`;
}

function isTooSmall({ unit, periods }: Profile, { powerType }: EvseConfig, voltageV: number): boolean {
  if (powerType === 'DC') return false;
  const isSmall = (limit: number): boolean => limit > 0 && (unit === 'A' ? limit : limit / voltageV) < LEAST_AC_A;
  return periods.some(({ limit, highest }) => isSmall(limit) || (highest !== undefined && isSmall(highest)));
}

/** The most it could permit on one line as a function of time [mA]; 0 where it does not hold, since then something counted elsewhere does. */
function boundOf(profiles: readonly Profile[], evses: readonly EvseConfig[], voltageV: number): readonly GrantStep[] {
  const largest = (limit: number, unit: 'A' | 'W'): number => Math.max(...evses.map((evse) => lineMa(limit, unit, evse, voltageV)));
  const [only, ...others] = profiles;
  if (only?.kind === 'Absolute' && only.startMs !== undefined && others.length === 0) {
    const { startMs, unit, periods, durationS = Number.POSITIVE_INFINITY, validToMs } = only;
    const endMs = Math.min(validToMs, startMs + durationS * 1000);
    const steps = periods
      .map(({ startS, limit, highest = limit }) => ({ fromMs: startMs + startS * 1000, limitMa: largest(highest, unit) }))
      .filter(({ fromMs }) => fromMs < endMs);
    return [{ fromMs: 0, limitMa: 0 }, ...steps, ...(Number.isFinite(endMs) ? [{ fromMs: endMs, limitMa: 0 }] : [])];
  }
  // Relative and recurring ones, and those that begin whenever they arrive, may be anywhere in their course.
  const limitMa = Math.max(...profiles.flatMap(({ periods, unit }) => periods.map(({ limit, highest = limit }) => largest(highest, unit))));
  const endMs = Math.max(...profiles.map(({ validToMs }) => validToMs));
  return [{ fromMs: 0, limitMa }, ...(Number.isFinite(endMs) ? [{ fromMs: endMs, limitMa: 0 }] : [])];
}

/** The most that a limit lets one line carry: an AC car may draw all its watts from a single one, at the lowest voltage. */
function lineMa(limit: number, unit: 'A' | 'W', { powerType, phases, efficiency = 1 }: EvseConfig, voltageV: number): number {
  const lines = powerType === 'DC' ? phaseIndexes(phases).length * efficiency : 1;
  return loadToMa(Math.min(UNLIMITED_A, unit === 'A' ? limit : limit / (voltageV * LOWEST_VOLTAGE * lines)));
}

/** What it says, by the stacking rules, from now on [mA]; steps without a limit of its own are huge. */
function capsOf(version: OcppVersion, raw: Json, evses: readonly EvseConfig[], voltageV: number, nowMs: number): readonly GrantStep[] {
  const lines = Math.max(...evses.map(({ phases }) => phaseIndexes(phases).length));
  const { periods } = compositeSchedule({
    ocppVersion: version,
    profiles: [overLines(raw, lines)],
    durationS: CAPS_AHEAD_S,
    at: new Date(nowMs).toISOString(),
    maxA: UNLIMITED_A,
    voltageV,
  });
  return periods.map(({ startPeriod, limit }) => ({ fromMs: nowMs + startPeriod * 1000, limitMa: Math.floor(limit * 1000) }));
}

/** A limit that something at the station sets by itself (NotifyChargingLimit): nothing of it is ours to count, but our plan keeps below it. */
export function externalCap(
  version: OcppVersion,
  schedules: readonly unknown[],
  { evses }: StationConfig,
  evseId: number,
  voltageV: number,
  nowMs: number,
): Pick<Grant, 'slot' | 'evseId' | 'steps' | 'foreign'> | undefined {
  const concerned = evses.filter((evse) => evseId === 0 || evse.evseId === evseId);
  const raw = {
    chargingProfilePurpose: 'ChargingStationExternalConstraints',
    stackLevel: 0,
    chargingProfileKind: 'Absolute',
    chargingSchedule: schedules,
  };
  if (schedules.length === 0 || concerned.length === 0) return undefined;
  try {
    const caps = capsOf(version, raw, concerned, voltageV, nowMs);
    // It permits nothing; the smallest step keeps it until it is cleared.
    return {
      slot: 'stationMax',
      evseId,
      steps: [{ fromMs: 0, limitMa: 1 }],
      foreign: { profileId: externalId(evseId), stackLevel: 0, caps },
    };
  } catch (error) {
    if (error instanceof UnreadableProfile) return undefined;
    throw error;
  }
}
export const externalId = (evseId: number): number => -1 - evseId;

/** Watts without a number of phases are meant for the lines there are. */
function overLines(raw: Json, lines: number): Json {
  const spell = (schedule: unknown): unknown => {
    const { chargingSchedulePeriod } = schedule as Json;
    return {
      ...(schedule as Json),
      chargingSchedulePeriod: (chargingSchedulePeriod as readonly Json[]).map((period) => ({ numberPhases: lines, ...period })),
    };
  };
  const { chargingSchedule } = raw;
  return { ...raw, chargingSchedule: Array.isArray(chargingSchedule) ? chargingSchedule.map(spell) : spell(chargingSchedule) };
}

/** Which profiles a ClearChargingProfile may remove: those it names, and everything it does not tell apart from them. */
function clearScope(version: OcppVersion, payload: Json, { evses }: StationConfig): ClearScope {
  const all = evses.map(({ evseId }) => evseId);
  const id = payload.id ?? payload.chargingProfileId;
  const criteria = (version === 'ocpp1.6' ? payload : (payload.chargingProfileCriteria ?? {})) as Json;
  if (id !== undefined) return { evseIds: all, profileId: Number(id) };
  const named = version === 'ocpp1.6' ? criteria.connectorId : criteria.evseId;
  const evseId =
    named === undefined || Number(named) === 0
      ? undefined
      : version === 'ocpp1.6'
        ? evseOfConnector({ evses }, Number(named))
        : Number(named);
  const purpose = criteria.chargingProfilePurpose;
  const slot = purpose === undefined ? undefined : SLOTS[String(purpose)];
  return {
    evseIds: evseId === undefined ? all : [evseId],
    ...(slot !== undefined && { slot }),
    ...(criteria.stackLevel !== undefined && { stackLevel: Number(criteria.stackLevel) }),
  };
}
