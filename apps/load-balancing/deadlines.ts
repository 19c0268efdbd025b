// When silence means something: a command without an outcome, a station that does not come back, a question to be asked again.
// What follows from it is remembered like anything that was heard.
import { entriesOf, numberOf, perShard } from '#kernel';
import type { Deadline, Output } from '#service';
import { nextExceedanceLookMs } from './exceedance.js';
import { nextQuestionMs } from './inquiries.js';
import { siteOutput } from './output.js';
import { awayFromMs } from './presence.js';
import { type Pending, type SiteState, type StationState, stationIn, stationsOf } from './state.js';

export function deadlines(state: SiteState): readonly Output[] {
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
    .filter((station) => awayFromMs(station) <= state.nowMs)
    .map(({ config: { stationId }, lostAtMs, heardMs }) =>
      siteOutput('StationPresumedOffline', { stationId, lastHeardAt: new Date(lostAtMs ?? heardMs ?? 0).toISOString() }, stationId),
    );
  return [...silent, ...gone];
}

/** When silence to a command counts as an outcome, when a lost or silent station counts as offline, when one is to be asked again: by shard. */
const silences = perShard<Pending, number>((pending) => Math.min(...pending.map(({ giveUpMs }) => giveUpMs)));

const losses = perShard<StationState, number>((stations) => Math.min(...stations.map(awayFromMs)));

const openQuestions = perShard<StationState, readonly number[]>((stations) => stations.map(nextQuestionMs).filter(Number.isFinite));

export function nextDue(state: SiteState): Deadline | undefined {
  const { tenantId, siteId, pending, stations, ownerEpoch, nowMs } = state;
  const lookAgainMs = ownerEpoch >= 0 ? numberOf(state.lookAgainMs) : undefined;
  const times = [
    ...(lookAgainMs !== undefined ? [lookAgainMs] : []),
    ...silences(pending),
    ...losses(stations),
    ...nextExceedanceLookMs(state),
    ...openQuestions(stations).flatMap((ms) => ms.filter((each) => each > nowMs)),
  ];
  const dueMs = Math.ceil(Math.min(...times));
  return Number.isFinite(dueMs) ? { deadlineId: `${siteId}@${dueMs}`, dueMs, tenantId, siteId } : undefined;
}
