// What a record of the site's stream changes in the owner's memory, apart from what the owner itself decides on it.
// Total: a record about an unknown station or command changes nothing.
import type { CommandAnswered, Recorded, SiteEvent, SiteEventData } from '#contracts';
import { disconnected, ownerChanged, perPhase, pruned, sent } from '#domain/load-balancing';
import { mapped } from '#kernel';
import { isOvertaken } from '#ports';
import { withSeen } from './abilities.js';
import { prioritised } from './answers.js';
import { absorbCall, met } from './calls.js';
import { seriesReceived } from './energy-series.js';
import { endedPriority } from './first-place.js';
import { limitReceived, limitWithdrawn } from './grid-limits.js';
import { overheard } from './inquiries.js';
import { answered, awaitOutcome, replied, withoutOutcome } from './outcomes.js';
import { adopted } from './outlook.js';
import { heardFrom, withHeard } from './presence.js';
import { type SiteState, type StationState, stationIn, withStation } from './state.js';
import { learned, stated } from './visits.js';

export function absorb(before: SiteState, input: Recorded<SiteEvent>): SiteState {
  const heardMs = Date.parse(input.time);
  const state = { ...before, nowMs: Math.max(before.nowMs, input.type === 'TimeReached' ? Date.parse(input.data.due) : heardMs) };
  const stationId = input.stationId ?? '';
  switch (input.type) {
    case 'SiteTaken':
      return {
        ...state,
        ownerId: input.data.ownerId,
        ownerEpoch: input.at.offset,
        grantSeq: 0,
        stations: mapped(state.stations, (station) => ({ ...withHeard(station, state.nowMs), ledger: ownerChanged(station.ledger) })),
      };
    case 'StationConnected':
      return withStation(state, stationId, (station) =>
        isOvertaken(heardMs, station.connectedMs) ? station : met(station, input.data.ocppVersion, input.at.offset, heardMs),
      );
    case 'StationDisconnected':
      return withStation(state, stationId, (station) => {
        const ledger = disconnected(station.ledger, input.data.generation.offset);
        return ledger === station.ledger ? station : { ...station, ledger, lostAtMs: state.nowMs };
      });
    case 'CallReceived': {
      const here = heardFrom(state, stationId, input.data.generation);
      const heard = withStation(here, stationId, (station) => absorbCall(station, input.data, input.time, state));
      return learned(state, withSeen(heard, stationIn(state, stationId), stationIn(heard, stationId)), stationId);
    }
    case 'PingsAnswered':
      return heardFrom(state, stationId, input.data.generation);
    case 'ChargingNeedsStated':
      return stated(state, stationId, input.data);
    case 'PlanComputed':
      return adopted(state, input.data);
    case 'ProfileRequested':
      return { ...state, asked: [...state.asked, input.data] };
    case 'CommandRequested':
      return input.data.grant === undefined ? overheard(awaitOutcome(state, input.data), input.data) : state;
    case 'CommandSent':
      return withStation(state, stationId, (station) => ({
        ...station,
        ledger: sent(station.ledger, input.data.commandId, input.data.generation.offset, state.nowMs),
      }));
    case 'CommandAnswered':
      return answered(
        replied(
          withEndedPriority(heardFrom(state, stationId, input.data.generation), stationId, input.data),
          stationId,
          input.data.commandId,
          input.data,
        ),
        stationId,
        input.data,
      );
    case 'CommandErrored':
    case 'CommandUnanswered':
    case 'CommandRefused':
      return withoutOutcome(
        replied(
          input.type === 'CommandErrored' ? heardFrom(state, stationId, input.data.generation) : state,
          stationId,
          input.data.commandId,
          input.type === 'CommandErrored' ? 'refused' : 'silence',
        ),
        stationId,
        input,
      );
    case 'GridLimitReceived':
      return limitReceived(state, input.data, input.at.offset);
    case 'GridLimitWithdrawn':
      return limitWithdrawn(state, input.data);
    case 'EnergySeriesReceived':
      return seriesReceived(state, input.data);
    case 'MeasurementsReported':
      return input.data.measurements.reduce(reported, state);
    default:
      return state;
  }
}

/** Of two reports of a node the one that was measured later counts, in whichever order they come. */
function reported(
  state: SiteState,
  { nodeId, at, currentA, ttlSeconds }: SiteEventData['MeasurementsReported']['measurements'][number],
): SiteState {
  const atMs = Math.min(Date.parse(at), state.nowMs);
  const before = state.measurements.find((each) => each.nodeId === nodeId);
  if (before?.atMs !== undefined && before.atMs > atMs) return state;
  const currentMa = perPhase([...currentA], (ampere) => Math.ceil(ampere * 1000));
  const others = state.measurements.filter((each) => each !== before);
  return { ...state, measurements: [...others, { nodeId, currentMa, atMs, untilMs: atMs + ttlSeconds * 1000 }] };
}

const withEndedPriority = (state: SiteState, stationId: string, answer: CommandAnswered): SiteState =>
  withStation(state, stationId, (station) => {
    const transactionId = endedPriority(station, answer);
    if (transactionId === undefined) return station;
    const { ending: _over, ...rest } = prioritised(station, transactionId, false, state.nowMs);
    return rest;
  });

/** Forgets what no longer counts: of one station, or of all. */
export const prunedStation = (state: SiteState, stationId: string): SiteState =>
  withStation(state, stationId, (station) => withPruned(station, state.nowMs));

export const prunedSite = (state: SiteState): SiteState => {
  const stations = mapped(state.stations, (station) => withPruned(station, state.nowMs));
  return stations === state.stations ? state : { ...state, stations };
};

function withPruned(station: StationState, nowMs: number): StationState {
  const ledger = pruned(station.ledger, nowMs);
  return ledger === station.ledger ? station : { ...station, ledger };
}
