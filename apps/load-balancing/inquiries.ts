// Questions the owner asks a station beside its limits: whether a car may feed back (feed-back-leave.ts), what its schedules can hold, how often it
// samples and what, what its clock says, whether it is there (presence.ts), and what it believes its limit to be. One at a time, after the defaults
// stand or, what it can, as soon as it refused one; never the same twice where it was
// refused, once per firmware what it can.
// What the answers mean for the plan is read in answers.ts; delivery is that of any command.
import type { CommandRequested } from '#contracts';
import { MAX_KEYS } from '#domain/device';
import { connectorsOf, evseOfConnector, LARGEST_SKEW_MS, leaseEndMs, rateUnitOf, skewBound } from '#domain/load-balancing';
import { isAsked } from '#domain/quirks';
import { uuidV5 } from '#kernel';
import { allowsFeedingBack, leaveQuestion } from './feed-back-leave.js';
import { doubtedFromMs } from './presence.js';
import { type Inquiry, type SiteState, type StationFacts, type StationState, stationsOf, withStation } from './state.js';

/** Where the site says nothing else [s]: found within three samples means found within a minute. */
const SAMPLE_SECONDS = 20;
export const sampleSecondsOf = ({ config }: Pick<SiteState, 'config'>): number => config?.sampleSeconds ?? SAMPLE_SECONDS;
/** While a clock is unknown it is asked this often [ms]: two answers ten minutes apart prove it. */
const CLOCK_EVERY_MS = 310_000;
/** On another connection it is asked at once, but not sooner than this after it was asked before [ms]: an answer can come on a connection that is not the last we know. */
const CLOCK_AGAIN_MS = 30_000;
/** A plan is compared with what the station makes of it, at most this often [ms], and not before it had time to apply it. */
const COMPOSE_EVERY_MS = 600_000;
const COMPOSE_AFTER_MS = 5_000;
/** As far it is always compared [s]; it is asked how it goes on until its lease is over by any clock we believe, and this long after. */
export const COMPOSE_FOR_S = 60;
const LONGEST_COMPOSE_S = 86_400;
const ANSWER_WITHIN_MS = 30_000;

export const CONFIGURATION_KEYS = [
  'ChargeProfileMaxStackLevel',
  'ChargingScheduleAllowedChargingRateUnit',
  'ChargingScheduleMaxPeriods',
  'MeterValueSampleInterval',
  'MeterValuesSampledData',
] as const;
const MEASURANDS_16 = CONFIGURATION_KEYS[4];
export const VARIABLES = [
  ['SmartChargingCtrlr', 'ProfileStackLevel'],
  ['SmartChargingCtrlr', 'RateUnit'],
  ['SmartChargingCtrlr', 'PeriodsPerSchedule'],
  ['SampledDataCtrlr', 'TxUpdatedInterval'],
  ['SampledDataCtrlr', 'TxUpdatedMeasurands'],
] as const;
/** What it must tell of a car for its limit to be watched; added where it tells none of it. */
const WATCHED = ['Current.Import', 'Power.Active.Import'] as const;
const COUNTED = 'Energy.Active.Import.Register';

/** One of them, of whatever lines. */
export const tellsDraw = (measurands: string): boolean =>
  listed(measurands).some((each) => WATCHED.some((name) => each === name || each.startsWith(`${name}.`)));
const listed = (measurands: string): readonly string[] =>
  measurands
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
/** Nothing is taken from the list; an empty one may stand for the register. */
const withDraw = (measurands: string): string => {
  const present = listed(measurands);
  return [...(present.length === 0 ? [COUNTED] : present), ...WATCHED].join(',');
};

interface Question {
  readonly action: string;
  readonly payload: unknown;
}

const isFree = ({ ledger, facts, asking, config }: StationState): boolean =>
  ledger.contact === 'online' && facts.model !== undefined && asking === undefined && config.evses.length > 0;

/** It can be asked something: it is there, its defaults stand, and nothing else is asked. */
const isReady = (station: StationState, nowMs: number): boolean =>
  isFree(station) &&
  !station.ledger.bootedSinceDefault &&
  station.quietUntilMs <= nowMs &&
  station.ledger.evses.every(({ defaults }) => defaults.some(({ state }) => state === 'accepted'));

/** It takes profiles and refused a default on this connection: without knowing why, it would be told the same again and again. */
const hasRefused = (station: StationState): boolean => isFree(station) && station.facts.refusedDefaultOn === station.ledger.connection;

const wantsToBeAsked = ({ config, facts }: StationState): boolean => isAsked(config.inquiries, facts.corrections);

/** What to ask a station next; undefined when nothing is open, and for one that is to be left alone. */
export function nextQuestion(asked: StationState, nowMs: number, sampleSeconds = SAMPLE_SECONDS): Question | undefined {
  if (!wantsToBeAsked(asked)) return undefined;
  const { ledger, facts } = asked;
  const is16 = asked.ocppVersion === 'ocpp1.6';
  const isSilent = facts.silentOn === ledger.connection;
  const isUnknown = facts.askedFor !== facts.model && !isSilent;
  if (isUnknown && hasRefused(asked)) return is16 ? configurationOf(facts) : variablesOf();
  if (isFree(asked) && !isSilent && doubtedFromMs(asked) <= nowMs) return clockOf(asked.config, is16);
  if (!isReady(asked, nowMs)) return undefined;
  if (isUnknown) return is16 ? configurationOf(facts) : variablesOf();
  const { sampleIntervalS, intervalAsked } = facts;
  if (!isSilent && sampleIntervalS !== undefined && !intervalAsked && (sampleIntervalS === 0 || sampleIntervalS > sampleSeconds))
    return is16 ? interval16(sampleSeconds) : interval201(sampleSeconds);
  if (!isSilent && facts.measurands !== undefined && !facts.measurandsAsked)
    return is16 ? change16(MEASURANDS_16, withDraw(facts.measurands)) : change201(VARIABLES[4], withDraw(facts.measurands));
  if (clockDueMs({ ledger, facts }, is16) <= nowMs) return clockOf(asked.config, is16);
  return compositeOf(asked, is16, nowMs);
}

/** For no more keys at once than it takes, so for how many that is comes first. */
const configurationOf = ({ mostKeys, keysLeft = CONFIGURATION_KEYS }: StationFacts): Question => ({
  action: 'GetConfiguration',
  payload: { key: mostKeys === undefined ? [MAX_KEYS] : keysLeft.slice(0, mostKeys) },
});
const variablesOf = (): Question => ({
  action: 'GetVariables',
  payload: {
    getVariableData: VARIABLES.map(([component, variable]) => ({ component: { name: component }, variable: { name: variable } })),
  },
});
const interval16 = (seconds: number): Question => change16('MeterValueSampleInterval', String(seconds));
const interval201 = (seconds: number): Question => change201(VARIABLES[3], String(seconds));
const change16 = (key: string, value: string): Question => ({ action: 'ChangeConfiguration', payload: { key, value } });
const change201 = ([component, variable]: readonly [string, string], attributeValue: string): Question => ({
  action: 'SetVariables',
  payload: { setVariableData: [{ attributeValue, component: { name: component }, variable: { name: variable } }] },
});

/** When its clock is to be asked [ms]. */
function clockDueMs({ ledger, facts }: Pick<StationState, 'ledger' | 'facts'>, is16: boolean): number {
  if (facts.refusesTriggerOn === ledger.connection) return Number.POSITIVE_INFINITY;
  const askedMs = facts.clockAskedMs ?? Number.NEGATIVE_INFINITY;
  if (is16 && facts.clockOn !== ledger.connection && facts.silentOn !== ledger.connection) return askedMs + CLOCK_AGAIN_MS;
  return skewBound(ledger.skew) === undefined ? askedMs + CLOCK_EVERY_MS : Number.POSITIVE_INFINITY;
}

/** A heartbeat carries no time of the station's; a status does. 2.x wants EVSE and connector named (F06.FR.13). */
function clockOf(config: StationState['config'], is16: boolean): Question {
  const evseId = config.evses[0]?.evseId ?? 1;
  const place = is16 ? { connectorId: connectorsOf(config, evseId)[0] ?? 1 } : { evse: { id: evseId, connectorId: 1 } };
  return { action: 'TriggerMessage', payload: { requestedMessage: 'StatusNotification', ...place } };
}

function compositeOf({ ledger, facts, config, demands }: StationState, is16: boolean, nowMs: number): Question | undefined {
  if (facts.refusesComposite || (facts.composedMs ?? 0) + COMPOSE_EVERY_MS > nowMs) return undefined;
  const evse = ledger.evses.find(({ plans, transactionId }) => {
    const last = plans.at(-1);
    return (
      last?.state === 'accepted' && last.transactionId === transactionId && last.sentOn === ledger.connection && isDue(last, facts, nowMs)
    );
  });
  if (evse === undefined) return undefined;
  const { evseId } = evse;
  const connectorId = demands[evseId]?.connectorId ?? connectorsOf(config, evseId)[0] ?? evseId;
  const leftMs = Math.max(
    0,
    ...evse.plans
      .slice(-1)
      .map(leaseEndMs)
      .map((endMs) => endMs + LARGEST_SKEW_MS - nowMs),
  );
  return {
    action: 'GetCompositeSchedule',
    payload: {
      ...(is16 ? { connectorId } : { evseId }),
      duration: Math.min(LONGEST_COMPOSE_S, Math.ceil(leftMs / 1000) + COMPOSE_FOR_S),
      chargingRateUnit: unitAt({ config, facts }, evseId),
    },
  };
}

/** In which unit its limits are told there. */
export const unitAt = ({ config, facts }: Pick<StationState, 'config' | 'facts'>, evseId: number): 'A' | 'W' => {
  const evse = config.evses.find((each) => each.evseId === evseId);
  return facts.onlyUnit ?? facts.corrections?.onlyUnit ?? (evse === undefined ? 'A' : rateUnitOf(evse));
};

const isDue = ({ acceptedMs = 0 }: { readonly acceptedMs?: number }, { composedMs = 0 }: StationState['facts'], nowMs: number): boolean =>
  acceptedMs + COMPOSE_AFTER_MS <= nowMs && acceptedMs > composedMs;

/** Every open question of a site, as commands. */
export function questions(state: SiteState, inputId: string): readonly CommandRequested[] {
  return stationsOf(state).flatMap((station) => {
    const question =
      (isReady(station, state.nowMs) ? leaveQuestion(state, station) : undefined) ??
      nextQuestion(station, state.nowMs, sampleSecondsOf(state));
    if (question === undefined) return [];
    const { stationId } = station.config;
    return [
      {
        commandId: uuidV5('inquiry', state.tenantId, state.siteId, stationId, question.action, inputId),
        stationId,
        action: question.action,
        payload: question.payload,
        notAfter: new Date(state.nowMs + ANSWER_WITHIN_MS).toISOString(),
        timeoutMs: ANSWER_WITHIN_MS,
        requestedBy: 'load-balancing',
      },
    ];
  });
}

/** Somebody else asks a 1.6 station for its whole configuration: its answer serves us too, and the station is asked once. */
export const overheard = (state: SiteState, { commandId, stationId, action, payload }: CommandRequested): SiteState =>
  action !== 'GetConfiguration' || (payload as { readonly key?: unknown } | null)?.key !== undefined
    ? state
    : withStation(state, stationId, (station) =>
        station.asking === undefined && station.facts.askedFor !== station.facts.model
          ? { ...station, asking: { kind: 'capabilities', isShared: true, commandId } }
          : station,
      );

/** What one of our commands asks; undefined for one that asks nothing. */
export function inquiryOf(
  { action, payload }: CommandRequested,
  { config, ocppVersion, ledger }: StationState,
  nowMs: number,
): Inquiry | undefined {
  switch (action) {
    case 'GetConfiguration':
      return { kind: 'capabilities', keys: (payload as { readonly key: readonly string[] }).key };
    case 'GetVariables':
      return { kind: 'capabilities' };
    case 'ChangeConfiguration':
    case 'SetVariables':
      return { kind: setsMeasurands(payload) ? 'measurands' : 'interval' };
    case 'TriggerMessage':
      return { kind: 'clock' };
    case 'NotifyAllowedEnergyTransfer': {
      const { transactionId } = payload as { readonly transactionId: string };
      return { kind: 'leave', transactionId, allows: allowsFeedingBack(payload) };
    }
    case 'GetCompositeSchedule': {
      const { connectorId, evseId, duration } = payload as {
        readonly connectorId?: number;
        readonly evseId?: number;
        readonly duration: number;
      };
      const named = ocppVersion === 'ocpp1.6' ? evseOfConnector(config, connectorId ?? 0) : evseId;
      const { transactionId } = ledger.evses.find((evse) => evse.evseId === named) ?? {};
      return {
        kind: 'composite',
        evseId: named ?? 0,
        askedMs: nowMs,
        forS: duration,
        ...(transactionId !== undefined && { transactionId }),
      };
    }
    default:
      return undefined;
  }
}

function setsMeasurands(payload: unknown): boolean {
  const { key, setVariableData } = payload as {
    readonly key?: string;
    readonly setVariableData?: readonly { readonly variable: { readonly name: string } }[];
  };
  return key === MEASURANDS_16 || setVariableData?.[0]?.variable.name === VARIABLES[4][1];
}

/** When a station is to be asked again though nothing was heard [ms]. */
export function nextQuestionMs(station: StationState): number {
  const { ledger, facts, asking, ocppVersion } = station;
  if (!wantsToBeAsked(station) || ledger.contact !== 'online' || asking !== undefined) return Number.POSITIVE_INFINITY;
  // Never asked: the next record finds it due.
  const dueMs = facts.clockAskedMs === undefined ? Number.POSITIVE_INFINITY : clockDueMs({ ledger, facts }, ocppVersion === 'ocpp1.6');
  const clockMs = Math.min(dueMs, doubtedFromMs(station));
  if (facts.refusesComposite) return clockMs;
  const changedMs = Math.max(
    0,
    ...ledger.evses.map(({ plans }) => (plans.at(-1)?.state === 'accepted' ? (plans.at(-1)?.acceptedMs ?? 0) : 0)),
  );
  const composeMs =
    changedMs > (facts.composedMs ?? 0)
      ? Math.max(changedMs + COMPOSE_AFTER_MS, (facts.composedMs ?? 0) + COMPOSE_EVERY_MS)
      : Number.POSITIVE_INFINITY;
  return Math.min(clockMs, composeMs);
}
