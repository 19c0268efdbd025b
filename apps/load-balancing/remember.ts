// What the owner remembers of what it told itself: grants in the ledger, questions on their way, what was shown and alarmed.
// What it heard is absorb.ts.
import type {
  CommandRequested,
  LimitAlarmReported,
  LimitsDecided,
  PriorityDecided,
  Recorded,
  ShortfallReported,
  SiteEvent,
  SiteEventData,
  SiteNeedsReported,
} from '#contracts';
import { clearing, granted, presumedOffline } from '#domain/load-balancing';
import type { Output } from '#service';
import { absorb } from './absorb.js';
import { alarmed } from './alarms.js';
import { configured } from './configured.js';
import { endingPriority, placed } from './first-place.js';
import { inquiryOf } from './inquiries.js';
import { awaitOutcome } from './outcomes.js';
import { noted } from './queue.js';
import { type SiteState, withStation } from './state.js';
import { fellShort, shown } from './told.js';

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

export function remember(state: SiteState, { type, data, stationId = '' }: Output): SiteState {
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
