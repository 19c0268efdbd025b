// Cars that charge with priority (OCPP 2.1 K21, K22): they get the first place in the split, and more than that nobody is promised.
// No profile that lifts limits is sent or switched on for it; what a station does by itself counts as the worst case (answers.ts).
import type { CommandRequested, PriorityDecided, ProfileRequested, Recorded, SiteEvent, SiteEventData } from '#contracts';
import type { Output, RowWrite } from '#service';
import { SESSION_PLANS } from './plan-rows.js';
import { type SiteState, type StationState, stationIn, type Wanting, withStation } from './state.js';

type Asked = { readonly transactionId: string; readonly activate: boolean };
const readAsked = (payload: unknown): Asked => {
  const { transactionId, activate } = payload as Partial<Asked>;
  return { transactionId: String(transactionId), activate: activate === true };
};

export const isFirst = ({ firstPlaces = [] }: StationState, { transactionId, hasPriority }: Wanting): boolean =>
  hasPriority === true || firstPlaces.includes(transactionId);

/** What becomes of a UsePriorityCharging: a place, none any more, or a message to a station that took priority by itself. */
export function answerPriority(state: SiteState, { commandId, stationId, ...asked }: ProfileRequested): Output {
  const { transactionId, activate } = readAsked(asked.payload);
  const station = stationIn(state, stationId);
  const [evseId, demand] = Object.entries(station?.demands ?? {}).find(([, each]) => each.transactionId === transactionId) ?? [];
  if (evseId === undefined || demand === undefined) {
    const detail = `no transaction ${transactionId} is known to charge at ${stationId}`;
    return siteOutput('CommandRefused', { commandId, reason: 'NotPermitted', detail }, stationId);
  }
  if (!activate && demand.hasPriority === true) {
    const grant = { ownerEpoch: state.ownerEpoch, grantSeq: state.grantSeq + 1, slot: 'plan', evseId: Number(evseId), steps: [] } as const;
    return siteOutput('CommandRequested', { ...asked, commandId, stationId, grant }, stationId);
  }
  const decided = { commandId, stationId, evseId: Number(evseId), transactionId, isFirst: activate };
  return siteOutput('PriorityDecided', decided, stationId);
}

export const placed = (state: SiteState, { stationId, transactionId, isFirst: isSo }: PriorityDecided): SiteState =>
  withStation(state, stationId, (station) => (isSo ? withFirstPlace(station, transactionId) : withoutFirstPlace(station, transactionId)));

const withFirstPlace = (station: StationState, transactionId: string): StationState =>
  station.firstPlaces?.includes(transactionId) ? station : { ...station, firstPlaces: [...(station.firstPlaces ?? []), transactionId] };

export function withoutFirstPlace(station: StationState, transactionId: string): StationState {
  const { firstPlaces, ...rest } = station;
  if (!firstPlaces?.includes(transactionId)) return station;
  const left = firstPlaces.filter((each) => each !== transactionId);
  return left.length === 0 ? rest : { ...rest, firstPlaces: left };
}

/** A station was told to end a priority of its own: from its answer on it has none, whether it says so again or not. */
export const endingPriority = (state: SiteState, { stationId, commandId, action, payload }: CommandRequested): SiteState =>
  action !== 'UsePriorityCharging'
    ? state
    : withStation(state, stationId, (station) => ({
        ...withoutFirstPlace(station, readAsked(payload).transactionId),
        ending: { commandId, transactionId: readAsked(payload).transactionId },
      }));

/** The transaction whose priority a station ended with this answer. */
export function endedPriority({ ending }: StationState, { commandId, payload }: SiteEventData['CommandAnswered']): string | undefined {
  const status = (payload as { readonly status?: unknown } | null)?.status;
  return ending?.commandId === commandId && (status === 'Accepted' || status === 'NoProfile') ? ending.transactionId : undefined;
}

const siteOutput = <Type extends 'CommandRequested' | 'CommandRefused' | 'PriorityDecided'>(
  type: Type,
  data: SiteEventData[Type],
  stationId: string,
): Output => ({ topic: 'site-events', type, data, stationId });

/** Who has the first place, and by whom: asked for here, or taken by the station. */
export function priorityRows(before: SiteState, after: SiteState, { stationId = '' }: Recorded<SiteEvent>): readonly RowWrite[] {
  const [was, is] = [stationIn(before, stationId), stationIn(after, stationId)];
  if (was === is || is === undefined) return [];
  const { tenantId, siteId } = after;
  return Object.entries(is.demands).flatMap(([evseId, demand]): readonly RowWrite[] => {
    const { transactionId } = demand;
    const earlier = was?.demands[evseId];
    const priority = wordFor(is, demand);
    const told = earlier?.transactionId === transactionId && was !== undefined ? wordFor(was, earlier) : null;
    if (priority === told) return [];
    const key = { tenant_id: tenantId, station_id: stationId, transaction_id: transactionId };
    return [{ table: SESSION_PLANS, row: { ...key, site_id: siteId, evse_id: Number(evseId), priority } }];
  });
}

const wordFor = ({ firstPlaces = [] }: StationState, { transactionId, hasPriority }: Wanting): 'station' | 'asked' | null =>
  hasPriority === true ? 'station' : firstPlaces.includes(transactionId) ? 'asked' : null;
