// What the owner of a site decides on a record: configuration, grants below every limit, silence, disobedience.
// `decide` tells; `evolve` remembers, from the record and what was told, so that a replay repeats and never decides again.
import { NETWORK_STREAM, type Recorded, type SiteEvent } from '#contracts';
import { leaseSkew, nextLook, planSite } from '#domain/load-balancing';
import { Later } from '#kernel';
import type { Fold, Output } from '#service';
import { absorb, prunedSite, prunedStation } from './absorb.js';
import { alarmNews } from './alarms.js';
import { answerAsked } from './asked.js';
import { answerRequest } from './configuration-requests.js';
import { deadlines, nextDue } from './deadlines.js';
import { pulled } from './dynamic-schedules.js';
import { exceedanceNews, withExceedances } from './exceedance.js';
import { grantOutput } from './grant-command.js';
import { questions } from './inquiries.js';
import { needsReports } from './needs.js';
import { isNewsAhead } from './outlook.js';
import { siteOutput } from './output.js';
import { withPeak } from './quarter-peak.js';
import { nextTurnMs, rotated } from './queue.js';
import { remember } from './remember.js';
import { viewOf } from './site-view.js';
import { newSite, type SiteState, type StationState, stationCount, stationIn } from './state.js';
import { projectSite } from './tables.js';
import { decisionsOf } from './told.js';
import { reasonsOf } from './why.js';

/**
 * A plan looks at every station of its site. Where there are many, what they say within this time is answered by one plan [ms per
 * station beyond the first ones]; a limit from the grid is never kept waiting.
 */
const PLAN_PAUSE = { stations: 50, msPerStation: 0.5 } as const;

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
  const remembered = withPeak(before, withExceedances(before, heard, outputs.reduce(remember, heard), input, outputs));
  const state = isNewsAhead(before, remembered, input) ? { ...remembered, outlookAt: input.at.offset } : remembered;
  if (planFromMs === undefined) return state;
  if (planFromMs > state.nowMs) return { ...state, lookAgainMs: planFromMs };
  return { ...state, plannedMs: state.nowMs, lookAgainMs: lookAgain(state) };
}

/** Only a live owner waits for it, and of the records of a batch for the last: whoever folds the log again finds it once, at the end (ADR 0139). */
function lookAgain(state: SiteState): Later {
  const { lookAgainMs: _before, ...planned } = state;
  return new Later(() => {
    const view = viewOf(planned);
    const next = view === undefined ? Number.POSITIVE_INFINITY : Math.min(nextLook(view), nextTurnMs(planned));
    return Number.isFinite(next) ? Math.max(next, planned.nowMs + 1) : undefined;
  });
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
    case 'PingsAnswered':
      return changesPlan(stationIn(before, input.stationId ?? ''), stationIn(heard, input.stationId ?? ''));
    case 'TimeReached':
      return input.data.service === 'load-balancing';
    case 'CommandRequested':
    case 'ConfigurationAccepted':
    case 'ConfigurationRefused':
    case 'SiteTariffChanged':
    case 'CommandSent':
    case 'PriorityDecided':
    case 'PriceDisplayReported':
    case 'SessionCostKnown':
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
    leaseSkew(a) !== leaseSkew(b) ||
    a.evses.some((evse, index) => evse !== b.evses[index])
  );
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
