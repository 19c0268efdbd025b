// What the owner of a site decides on a record: configuration, grants below every limit, silence, disobedience.
// `decide` tells; `evolve` remembers, from the record and what was told, so that a replay repeats and never decides again.
import {
  type CommandRequested,
  type LimitAlarmReported,
  type LimitsDecided,
  NETWORK_STREAM,
  type PriorityDecided,
  type Recorded,
  type ShortfallReported,
  type SiteEvent,
  type SiteEventData,
  type SiteNeedsReported,
} from '#contracts';
import {
  canDischarge,
  checkGridConnection,
  checkSite,
  clearChargingProfile,
  clearing,
  DEFAULT_LEASE_SECONDS,
  type Demand,
  type Dischargeable,
  dischargeable,
  type EvseConfig,
  granted,
  neverCharging,
  nextLook,
  nodesOf,
  type PlanInput,
  phaseIndexes,
  placeStation,
  planSite,
  presumedOffline,
  type Refusal,
  type SiteConfig,
  type SitePlan,
  type StationConfig,
  setChargingProfile,
  skewBound,
} from '#domain/load-balancing';
import { uuidV5 } from '#kernel';
import type { Deadline, Fold, Output } from '#service';
import { absorb, awaitOutcome, configured, prunedSite, prunedStation } from './absorb.js';
import { alarmed, alarmNews } from './alarms.js';
import { answerAsked } from './asked.js';
import { pulled } from './dynamic-schedules.js';
import { exceedanceNews, nextExceedanceLookMs, withExceedances } from './exceedance.js';
import { endingPriority, isFirst, placed } from './first-place.js';
import { inquiryOf, nextQuestionMs, questions } from './inquiries.js';
import { needsReports } from './needs.js';
import { carPlanOf, isNewsAhead } from './outlook.js';
import { withPeak } from './quarter-peak.js';
import { DRAWN_BESIDE, siteInUse, stationInUse } from './removals.js';
import { USE_FRESH_MS } from './samples.js';
import { entriesOf, perShard } from './shards.js';
import {
  conditionsOf,
  networkOf,
  newSite,
  type Pending,
  placementsOf,
  type SiteState,
  type StationState,
  stationConfigs,
  stationCount,
  stationIn,
  stationsOf,
  withStation,
} from './state.js';
import { projectSite } from './tables.js';
import { decisionsOf, fellShort, shown } from './told.js';
import { nextTurnMs, noted, rotated } from './turns.js';
import { reasonsOf } from './why.js';

/** A grant leaves within this time, or not at all: what is known has to be fresh for a raise. And how long the station may think [ms]. */
const SEND_WITHIN_MS = { setup: 20_000, lower: 20_000, withdraw: 20_000, renew: 20_000, raise: 10_000 } as const;
const ANSWER_WITHIN_MS = 30_000;
/**
 * A plan looks at every station of its site. Where there are many, what they say within this time is answered by one plan [ms per
 * station beyond the first ones]; a limit from the grid is never kept waiting.
 */
const PLAN_PAUSE = { stations: 50, msPerStation: 0.5 } as const;
/** A lost station may have lost its power too [ms]. */
const OFFLINE_AFTER_MS = 600_000;

const siteOutput = <Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): Output => ({
  topic: 'site-events',
  type,
  data,
  ...(stationId !== undefined && { stationId }),
});

export const siteFold: Fold<SiteState, SiteEvent> = {
  aggregateOf: ({ tenantId, siteId }) => (siteId === undefined || siteId === NETWORK_STREAM ? undefined : `${tenantId}/${siteId}`),
  initial: newSite,
  decide,
  evolve,
  nextDue,
  project: projectSite,
};

interface Heard {
  readonly state: SiteState;
  /** What is promised, owed or possible may have changed; then a plan is due, at this time at the earliest. */
  readonly planFromMs?: number;
}

/** What was heard, and what time alone has changed since: at the station concerned, and everywhere where all are looked at. */
function hear(before: SiteState, input: Recorded<SiteEvent>): Heard {
  if (last?.before === before && last.input === input) return last.heard;
  const stationId = input.stationId ?? '';
  const ready = prunedStation(before, stationId);
  const absorbed = prunedStation(absorb(ready, input), stationId);
  const planFromMs = absorbed.ownerEpoch >= 0 && mayPlan(ready, absorbed, input) ? pauseEndMs(absorbed, input) : Number.POSITIVE_INFINITY;
  const looksAtAll = planFromMs <= absorbed.nowMs || absorbed.asked.length > 0 || input.type === 'ConfigurationRequested';
  const pruned = looksAtAll ? prunedSite(absorbed) : absorbed;
  const state = input.type === 'TimeReached' ? rotated(pruned) : pruned;
  last = { before, input, heard: { state, ...(Number.isFinite(planFromMs) && { planFromMs }) } };
  return last.heard;
}
/** `decide` and `evolve` hear the same, one after the other. */
let last: { readonly before: SiteState; readonly input: Recorded<SiteEvent>; readonly heard: Heard } | undefined;

function decide(before: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  const { state: heard, planFromMs } = hear(before, input);
  const outputs: Output[] = [
    ...answerRequest(heard, input),
    ...deadlines(heard),
    ...disobedience(before, heard, input),
    ...exceedanceNews(before, heard, input),
    ...pulled(heard, input),
  ];
  let state = outputs.reduce(remember, heard);
  for (const alarm of alarmNews(before, state, input)) {
    outputs.push(alarm);
    state = remember(state, alarm);
  }
  for (const asked of heard.ownerEpoch < 0 ? [] : heard.asked) {
    const answer = answerAsked(state, asked);
    outputs.push(answer);
    state = remember(state, answer);
  }
  if (planFromMs === undefined || planFromMs > state.nowMs) return outputs;
  const view = viewOf(state);
  if (view === undefined) return outputs;
  const plan = planSite(view);
  let { grantSeq } = state;
  const whyOf = reasonsOf(state, plan);
  const grants = plan.grants.flatMap((grant) => grantOutput(state, grant, whyOf(grant), ++grantSeq, input));
  outputs.push(...grants);
  const told = grants.reduce(remember, state);
  outputs.push(...decisionsOf(state, told, plan), ...needsReports(state, view, plan));
  for (const question of questions(told, input.id)) outputs.push(siteOutput('CommandRequested', question, question.stationId));
  return outputs;
}

function evolve(before: SiteState, input: Recorded<SiteEvent>, outputs: readonly Output[]): SiteState {
  const { state: heard, planFromMs } = hear(before, input);
  const remembered = withPeak(withExceedances(before, heard, outputs.reduce(remember, heard), input));
  const state = isNewsAhead(before, remembered, input) ? { ...remembered, outlookAt: input.at.offset } : remembered;
  if (planFromMs === undefined) return state;
  if (planFromMs > state.nowMs) return { ...state, lookAgainMs: planFromMs };
  const view = viewOf(state);
  const next = view === undefined ? Number.POSITIVE_INFINITY : Math.min(nextLook(view), nextTurnMs(state));
  const { lookAgainMs: _before, ...rest } = { ...state, plannedMs: state.nowMs };
  return Number.isFinite(next) ? { ...rest, lookAgainMs: Math.max(next, state.nowMs + 1) } : rest;
}

/** The next plan is due then at the earliest, in stream time. */
function pauseEndMs(state: SiteState, { type }: Recorded<SiteEvent>): number {
  const many = stationCount(state) - PLAN_PAUSE.stations;
  return many <= 0 || type === 'GridLimitReceived' || type === 'SiteTaken'
    ? 0
    : state.plannedMs + Math.ceil(many * PLAN_PAUSE.msPerStation);
}

/** Whether a record may have changed what is promised, owed or possible. Samples alone do not, unless they show something new. */
function mayPlan(before: SiteState, heard: SiteState, input: Recorded<SiteEvent>): boolean {
  switch (input.type) {
    case 'CallReceived':
      return changesPlan(stationIn(before, input.stationId ?? ''), stationIn(heard, input.stationId ?? ''));
    case 'TimeReached':
      return input.data.service === 'load-balancing';
    case 'CommandRequested':
    case 'ConfigurationAccepted':
    case 'ConfigurationRefused':
    case 'SiteTariffChanged':
    case 'CommandSent':
    case 'PriorityDecided':
      return false;
    default:
      return true;
  }
}

function changesPlan(was: StationState | undefined, is: StationState | undefined): boolean {
  if (was === is || was === undefined || is === undefined) return false;
  const [a, b] = [was.ledger, is.ledger];
  return (
    was.demands !== is.demands ||
    was.unconfigured !== is.unconfigured ||
    was.quietUntilMs !== is.quietUntilMs ||
    was.facts.clockOn !== is.facts.clockOn ||
    a.contact !== b.contact ||
    a.connection !== b.connection ||
    a.bootedSinceDefault !== b.bootedSinceDefault ||
    a.stationMax !== b.stationMax ||
    skewBound(a.skew) !== skewBound(b.skew) ||
    a.evses.some((evse, index) => evse !== b.evses[index])
  );
}

/** What the allocator is given. */
export function viewOf(state: SiteState): PlanInput | undefined {
  const network = networkOf(state);
  const { config, nowMs } = state;
  if (network === undefined || config === undefined) return undefined;
  const placements = placementsOf(config);
  const stations = stationsOf(state).map((station) => ({
    config: station.config,
    ledger: station.ledger,
    placement: placements.get(station.config) ?? placeStation(network, station.config),
    quietUntilMs: station.quietUntilMs,
    demands: demandMap(state, station),
    ...(station.facts.maxPeriods !== undefined && { maxPeriods: station.facts.maxPeriods }),
  }));
  return {
    network,
    conditions: conditionsOf(state),
    leaseMs: (config.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000,
    stations,
    nowMs,
  };
}

const NOBODY: ReadonlyMap<number, Demand> = new Map();
function demandMap(state: SiteState, station: StationState): ReadonlyMap<number, Demand> {
  const {
    config: { stationId, evses },
    demands,
    measured,
    visits,
  } = station;
  const entries = Object.entries(demands);
  if (entries.length === 0) return NOBODY;
  const isFresh = (evseId: string): boolean => state.nowMs - (measured[evseId]?.atMs ?? 0) <= USE_FRESH_MS;
  return new Map(
    entries.map(([evseId, { usableMa = ANY, ...demand }]) => {
      const { maxMa = ANY, maxPeriods } = visits[evseId]?.needs ?? {};
      const mostMa = Math.min(isFresh(evseId) ? usableMa : ANY, maxMa);
      const evse = evses.find((each) => each.evseId === Number(evseId));
      // Whoever charges with priority waits for no plan and gives nothing back.
      const comesFirst = isFirst(station, demand);
      const plan = comesFirst ? undefined : carPlanOf(state, evse, stationId, evseId, demand.transactionId, visits[evseId]);
      const discharge = comesFirst ? undefined : evse && mayFeedBack(state, station, evse);
      return [
        Number(evseId),
        {
          ...demand,
          ...(mostMa < ANY && { usableMa: mostMa }),
          ...(maxPeriods !== undefined && { maxPeriods }),
          ...(plan && { plan }),
          ...(discharge && { discharge }),
          ...(comesFirst && { isFirst: true }),
        },
      ];
    }),
  );
}
const ANY = Number.POSITIVE_INFINITY;

/** Only what OCPP 2.1 can spell is ever asked for: before it, a negative limit means nothing that could be relied on. */
function mayFeedBack({ config, nowMs }: SiteState, { visits, ocppVersion }: StationState, evse: EvseConfig): Dischargeable | undefined {
  const visit = visits[evse.evseId];
  return visit && config && canDischarge(ocppVersion) ? dischargeable(visit, evse, config.voltageV, nowMs) : undefined;
}

function grantOutput(
  state: SiteState,
  { slot, stationId, evseId, transactionId, steps, cause, profileId }: SitePlan['grants'][number],
  why: ReturnType<ReturnType<typeof reasonsOf>>,
  grantSeq: number,
  input: Recorded<SiteEvent>,
): readonly Output[] {
  const station = stationIn(state, stationId);
  if (station?.ocppVersion === undefined || state.config === undefined) return [];
  const common = {
    commandId: uuidV5('grant', state.tenantId, state.siteId, state.ownerEpoch, grantSeq, input.id),
    stationId,
    notAfter: new Date(state.nowMs + SEND_WITHIN_MS[cause]).toISOString(),
    timeoutMs: ANSWER_WITHIN_MS,
    requestedBy: 'load-balancing',
  };
  const order = { ownerEpoch: state.ownerEpoch, grantSeq, slot, evseId, steps, voltageV: state.config.voltageV, why };
  if (profileId !== undefined) {
    const clears = { evseIds: station.config.evses.map((evse) => evse.evseId), profileId, keepsCaps: true } as const;
    const payload = clearChargingProfile(station.ocppVersion, profileId);
    return [siteOutput('CommandRequested', { ...common, action: 'ClearChargingProfile', payload, grant: { ...order, clears } }, stationId)];
  }
  const connectorId = station.demands[evseId]?.connectorId;
  const namesLines = station.visits[evseId]?.needs.namesLines;
  const spec = {
    slot,
    station: station.config,
    voltageV: state.config.voltageV,
    evseId,
    steps,
    ...(station.facts.onlyUnit && { onlyUnit: station.facts.onlyUnit }),
    ...(transactionId !== undefined && { transactionId }),
    ...(connectorId !== undefined && { connectorId }),
    ...(namesLines && { namesLines }),
    leaseS: state.config.leaseSeconds ?? DEFAULT_LEASE_SECONDS,
  };
  const data: CommandRequested = {
    ...common,
    action: 'SetChargingProfile',
    payload: setChargingProfile(station.ocppVersion, spec),
    grant: {
      ...order,
      ...(transactionId !== undefined && { transactionId }),
      ...((cause === 'raise' || cause === 'renew') && { raises: true }),
    },
  };
  return [siteOutput('CommandRequested', data, stationId)];
}

// Requests

function answerRequest(state: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  if (input.type !== 'ConfigurationRequested') return [];
  const { requestId, change, ifMatch } = input.data;
  const reasons =
    ifMatch !== undefined && ifMatch !== state.version
      ? [{ path: 'ifMatch', message: `the present version is ${state.version}` }]
      : refusals(state, change);
  const stationId = change.kind === 'station' ? change.config.stationId : change.kind === 'stationRemoved' ? change.stationId : undefined;
  return reasons.length > 0
    ? [siteOutput('ConfigurationRefused', { requestId, reasons }, stationId)]
    : [siteOutput('ConfigurationAccepted', { requestId, version: state.version + 1, change }, stationId)];
}

function refusals(state: SiteState, change: SiteEventData['ConfigurationRequested']['change']): readonly Refusal[] {
  switch (change.kind) {
    case 'site': {
      const { config } = change;
      const reasons = [...checkSite(config, stationConfigs(state)), ...limitsLost(state, config), ...checkGridConnection(config)];
      return reasons.length > 0 ? reasons : closedOff(state, config);
    }
    case 'station': {
      if (state.config === undefined) return [{ path: 'siteId', message: `the site ${state.siteId} does not exist yet` }];
      const others = stationConfigs(state).filter(({ stationId }) => stationId !== change.config.stationId);
      return [
        ...checkSite(state.config, [...others, change.config], [change.config]),
        ...takenAway(stationIn(state, change.config.stationId), change.config),
      ];
    }
    case 'stationRemoved': {
      const station = stationIn(state, change.stationId);
      return station === undefined ? [] : stationInUse(station, change.isDeleted === true);
    }
    case 'siteRemoved':
      return siteInUse(state);
  }
}

/** Who could charge until now, and never could again. */
function closedOff(state: SiteState, config: SiteConfig): readonly Refusal[] {
  const stations = stationConfigs(state);
  if (state.config === undefined) return [];
  const before = new Set(neverCharging(state.config, stations).map(({ path }) => path));
  return neverCharging(config, stations).filter(({ path }) => !before.has(path));
}

const useOf = ({ demands, ledger }: StationState, evseId: number): 'transaction' | 'lease' | undefined => {
  if (evseId in demands) return 'transaction';
  return ledger.evses.some((evse) => evse.evseId === evseId && evse.plans.length > 0) ? 'lease' : undefined;
};

/** With its node a limit would go while it holds, or while its fallback does (P6). */
function limitsLost(state: SiteState, { root }: SiteConfig): readonly Refusal[] {
  const before = networkOf(state)?.indexOf;
  const after = new Set(nodesOf(root).map(({ nodeId }) => nodeId));
  return state.gridLimits
    .filter(({ nodeId, expiresMs, fallback }) => before?.has(nodeId) && !after.has(nodeId) && (expiresMs > state.nowMs || fallback))
    .map(({ nodeId, source }) => ({ path: nodeId, message: `a limit of ${source} holds at this node: let it end before the node goes` }));
}

/** An outlet, a line of it or a node above it that goes while current may flow there would count no more, and flow all the same (P6). */
function takenAway(before: StationState | undefined, after: StationConfig): readonly Refusal[] {
  if (before === undefined) return [];
  const { stationId, nodeId, evses } = after;
  const uses = nodeId === before.config.nodeId ? [] : before.config.evses.flatMap(({ evseId }) => useOf(before, evseId) ?? []);
  const moved = uses.slice(0, 1).map((use) => ({ path: `${stationId}.nodeId`, message: `a ${use} is running` }));
  const lost = before.config.evses.flatMap(({ evseId, phases }) => {
    const its = evses.find((evse) => evse.evseId === evseId);
    const kept = its === undefined ? [] : phaseIndexes(its.phases);
    const use = phaseIndexes(phases).every((phase) => kept.includes(phase)) ? undefined : useOf(before, evseId);
    const path = `${stationId}.evses.${evseId}${its === undefined ? '' : '.phases'}`;
    return use === undefined ? [] : [{ path, message: `a ${use} is running` }];
  });
  // Who does not obey counts with its rating: a lower one would hide what it draws.
  const hidden = before.ledger.evses
    .filter(({ evseId, disobedient }) => disobedient && evseId in before.demands && ratingA(after, evseId) < ratingA(before.config, evseId))
    .map(({ evseId }) => ({
      path: `${stationId}.evses.${evseId}.maxA`,
      message: 'it does not obey, and may draw what it could until now',
    }));
  const beside = nodeId !== before.config.nodeId && before.unconfigured !== undefined;
  return [...moved, ...(beside ? [{ path: `${stationId}.nodeId`, message: DRAWN_BESIDE }] : []), ...lost, ...hidden];
}

const ratingA = ({ maxA = Number.POSITIVE_INFINITY, evses }: StationConfig, evseId: number): number =>
  Math.min(maxA, evses.find((evse) => evse.evseId === evseId)?.maxA ?? 0);

// Silence and disobedience

function deadlines(state: SiteState): readonly Output[] {
  const isAnyDue = (times: readonly number[]): boolean => times.some((ms) => ms <= state.nowMs);
  const silent = (isAnyDue(silences(state.pending)) ? entriesOf(state.pending) : [])
    .filter(([, { giveUpMs }]) => giveUpMs <= state.nowMs)
    .map(([commandId, { stationId }]) =>
      siteOutput(
        'CommandUnanswered',
        {
          commandId,
          reason: 'edgeLost',
          connectionId: '',
          generation: {
            assignmentSeq: stationIn(state, stationId)?.assignmentSeq ?? 0,
            offset: stationIn(state, stationId)?.ledger.connection ?? 0,
          },
        },
        stationId,
      ),
    );
  const gone = (isAnyDue(losses(state.stations)) ? stationsOf(state) : [])
    .filter((station) => offlineFromMs(station) <= state.nowMs)
    .map(({ config: { stationId }, lostAtMs }) =>
      siteOutput('StationPresumedOffline', { stationId, lastHeardAt: new Date(lostAtMs ?? 0).toISOString() }, stationId),
    );
  return [...silent, ...gone];
}

function disobedience(before: SiteState, after: SiteState, { stationId = '' }: Recorded<SiteEvent>): readonly Output[] {
  const station = stationIn(after, stationId);
  const was = stationIn(before, stationId);
  if (station === undefined || station === was) return [];
  return Object.entries(station.measured).flatMap(([evseId, { flag, flaggedMs }]) => {
    if (flag === undefined || flaggedMs === was?.measured[evseId]?.flaggedMs) return [];
    const { reason, allowedMa, reportedMa } = flag;
    const data = { stationId, evseId: Number(evseId), reason, allowedMa, measuredMa: reportedMa };
    return [{ topic: 'balancing-events', type: 'StationDisobeyed', stationId, data } as const];
  });
}

/** When silence to a command counts as an outcome, when a lost station counts as offline, when one is to be asked again: by shard. */
const silences = perShard<Pending, number>((pending) => Math.min(...pending.map(({ giveUpMs }) => giveUpMs)));
const losses = perShard<StationState, number>((stations) => Math.min(...stations.map(offlineFromMs)));
const openQuestions = perShard<StationState, readonly number[]>((stations) => stations.map(nextQuestionMs).filter(Number.isFinite));

const offlineFromMs = ({ lostAtMs, ledger }: StationState): number =>
  lostAtMs !== undefined && ledger.contact === 'lost' ? lostAtMs + OFFLINE_AFTER_MS : Number.POSITIVE_INFINITY;

function nextDue(state: SiteState): Deadline | undefined {
  const { tenantId, siteId, lookAgainMs, pending, stations, ownerEpoch, nowMs } = state;
  const times = [
    ...(lookAgainMs !== undefined && ownerEpoch >= 0 ? [lookAgainMs] : []),
    ...silences(pending),
    ...losses(stations),
    ...nextExceedanceLookMs(state),
    ...openQuestions(stations).flatMap((ms) => ms.filter((each) => each > nowMs)),
  ];
  const dueMs = Math.ceil(Math.min(...times));
  return Number.isFinite(dueMs) ? { deadlineId: `${siteId}@${dueMs}`, dueMs, tenantId, siteId } : undefined;
}

// Memory of what was told

/** A question of ours is on its way. */
function asked(state: SiteState, command: CommandRequested): SiteState {
  if (command.requestedBy !== 'load-balancing') return state;
  return withStation(state, command.stationId, (station) => {
    const inquiry = inquiryOf(command, station, state.nowMs);
    return inquiry === undefined ? station : { ...station, asking: { ...inquiry, commandId: command.commandId } };
  });
}

const withoutAsked = (state: SiteState, commandId: string): SiteState =>
  state.asked.some((asked) => asked.commandId === commandId)
    ? { ...state, asked: state.asked.filter((asked) => asked.commandId !== commandId) }
    : state;

function remember(state: SiteState, { type, data, stationId = '' }: Output): SiteState {
  switch (type) {
    case 'ConfigurationAccepted': {
      const { version, change } = data as SiteEventData['ConfigurationAccepted'];
      return configured(state, version, change);
    }
    case 'CommandRequested': {
      const { commandId, grant, notAfter } = data as CommandRequested;
      if (grant === undefined) return asked(state, data as CommandRequested);
      const { ownerEpoch, grantSeq, slot, evseId, transactionId, steps, foreign, clears } = grant;
      const entry = {
        ownerEpoch,
        grantSeq,
        commandId,
        slot,
        evseId,
        steps,
        requestedMs: state.nowMs,
        notAfterMs: Date.parse(notAfter),
        state: 'requested' as const,
        ...(transactionId !== undefined && { transactionId }),
        ...(foreign && { foreign }),
      };
      const awaiting = endingPriority(awaitOutcome(withoutAsked(state, commandId), data as CommandRequested), data as CommandRequested);
      return withStation({ ...awaiting, grantSeq: Math.max(state.grantSeq, grantSeq) }, stationId, (station) => ({
        ...station,
        ledger: clears
          ? clearing(station.ledger, { ...clears, commandId, ownerEpoch, grantSeq })
          : steps.length > 0
            ? granted(station.ledger, entry)
            : station.ledger,
      }));
    }
    case 'PriorityDecided':
      return placed(withoutAsked(state, (data as PriorityDecided).commandId), data as PriorityDecided);
    case 'CommandRefused':
      return withoutAsked(state, (data as SiteEventData['CommandRefused']).commandId);
    case 'CommandUnanswered': {
      const { commandId } = data as SiteEventData['CommandUnanswered'];
      return absorb(state, {
        type,
        data,
        stationId,
        time: new Date(state.nowMs).toISOString(),
        at: { topic: '', partition: 0, offset: 0 },
        id: commandId,
        source: '',
        tenantId: state.tenantId,
      } as Recorded<SiteEvent>);
    }
    case 'StationPresumedOffline':
      return withStation(state, stationId, (station) => ({ ...station, ledger: presumedOffline(station.ledger) }));
    case 'LimitsDecided':
      return noted(shown(state, data as LimitsDecided), data as LimitsDecided);
    case 'SiteNeedsReported':
      return { ...state, needsTold: data as SiteNeedsReported };
    case 'LimitAlarmReported':
      return alarmed(state, data as LimitAlarmReported);
    case 'ShortfallReported':
      return fellShort(state, data as ShortfallReported);
    default:
      return state;
  }
}
