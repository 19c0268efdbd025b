// Profiles that others ask for: refused with the reason, or sent as a grant of the owner's under the same command id.
// What they could permit is read in the domain; delivery and the station's answer are those of any grant.
import type { ProfileRequested, SiteEventData } from '#contracts';
import {
  admits,
  asProven,
  clearing,
  type Grant,
  granted,
  isEndless,
  leaseSkew,
  leavesNoDefault,
  placeStation,
  profileInPlace,
  readForeign,
  type StationLedger,
  updatedDynamic,
} from '#domain/load-balancing';
import { isOcpp2 } from '#ocpp';
import type { Output } from '#service';
import { answerPriority } from './first-place.js';
import { conditionsOf, networkOf, type SiteState, stationIn, stationsOf } from './state.js';

/** The answer to one request, as the state stands. */
export function answerAsked(state: SiteState, asked: ProfileRequested): Output {
  const { commandId, stationId } = asked;
  const refuse = (reason: SiteEventData['CommandRefused']['reason'], detail?: string): Output =>
    out('CommandRefused', { commandId, reason, ...(detail !== undefined && { detail }) }, stationId);
  if (Date.parse(asked.notAfter) < state.nowMs) return refuse('PastNotAfter');
  if (asked.action === 'UsePriorityCharging') return answerPriority(state, asked);
  const grantSeq = state.grantSeq + 1;
  const order = { ownerEpoch: state.ownerEpoch, grantSeq };
  const send = (grant: Partial<NonNullable<SiteEventData['CommandRequested']['grant']>>): Output =>
    out('CommandRequested', { ...asked, grant: { ...order, slot: 'plan', evseId: 0, steps: [], raises: true, ...grant } }, stationId);

  const station = stationIn(state, stationId);
  const network = networkOf(state);
  const { ocppVersion } = station ?? {};
  const payload = asked.payload as Readonly<Record<string, unknown>>;
  const forbidden = (payload.csChargingProfiles ?? payload.chargingProfile) as { readonly chargingProfilePurpose?: unknown } | undefined;
  if (forbidden?.chargingProfilePurpose === 'ChargingStationExternalConstraints')
    return refuse('NotPermitted', 'ChargingStationExternalConstraints is not for a central system to send (OCPP 2.0.1 K01.FR.22)');
  if ((network === undefined || station === undefined) && asked.action === 'ClearChargingProfile') return send({});
  // A profile that nobody counts would outlast the configuration: the site may get its limit later, and the station its EVSEs.
  if (network === undefined || station === undefined || station.config.evses.length === 0)
    return refuse(
      'NotPermitted',
      'its EVSEs are not configured: what a profile permits there cannot be counted against the limits of the site',
    );
  if (ocppVersion === undefined) return refuse('NotConnected');

  // An update is the profile it updates, sent again.
  const isUpdate = asked.action === 'UpdateDynamicSchedule';
  const whole = isUpdate ? updatedDynamic(station.ledger, payload) : payload;
  if (typeof whole === 'string') return refuse('NotPermitted', whole);
  const action = isUpdate ? 'SetChargingProfile' : asked.action;
  const request = readForeign(ocppVersion, action, whole, station.config, state.config?.voltageV ?? 230, state.nowMs);
  if (request.kind === 'refuse') return refuse('NotPermitted', request.detail);

  const placed = stationsOf(state).map(({ config, ledger }) => ({ ledger, placement: placeStation(network, config) }));
  const here = placed.find(({ ledger }) => ledger.stationId === stationId);
  if (here === undefined) return send({});
  // While it counts with its rating for a reason that passes, nothing must slip in that would stay.
  const proven = asProven(here.ledger);
  const others = placed.map((each) => (each === here ? { ...here, ledger: proven } : each));
  const promised = (after: StationLedger, times: readonly number[], forAll: boolean) =>
    admits(network, conditionsOf(state), others, { ...here, ledger: proven }, after, times, state.nowMs, forAll);

  if (request.kind === 'clear') {
    const full = promised(clearing(proven, { ...request.clears, ...order, commandId }), [state.nowMs], true);
    return full
      ? refuse('NotPermitted', `without these profiles the station might draw more than ${full.nodeId} (${full.phase}) has left`)
      : send({ clears: request.clears });
  }
  const { slot, evseId, steps, foreign } = request;
  if (leavesNoDefault(station.ledger, request))
    return refuse('NotPermitted', `profile ${foreign.profileId} stands in the place of the safe level: remove it first, or use another id`);
  const running = station.ledger.evses.find((evse) => evse.evseId === evseId)?.transactionId;
  const isStart = action !== 'SetChargingProfile';
  const transactionId = request.transactionId ?? (slot === 'plan' && !isStart ? running : undefined);
  const grant = { slot, evseId, steps, foreign, ...(transactionId !== undefined && { transactionId }) };
  const inPlace = isOcpp2(ocppVersion) ? profileInPlace(station.ledger, grant) : undefined;
  if (inPlace !== undefined)
    return refuse('DuplicateProfile', duplicate(inPlace, foreign.stackLevel, slot === 'plan' ? 'this transaction' : `EVSE ${evseId}`));
  const entry: Grant = {
    ...order,
    commandId,
    ...grant,
    requestedMs: state.nowMs,
    notAfterMs: Date.parse(asked.notAfter),
    state: 'requested',
  };
  const leaseMs = (state.config?.leaseSeconds ?? 900) * 1000;
  const limitTimes = state.gridLimits.flatMap((limit) => [...limit.steps.map(({ fromMs }) => fromMs), limit.expiresMs]);
  // By its own clock a step may begin earlier.
  const earlyMs = leaseSkew(station.ledger) ?? 0;
  const stepTimes = steps.flatMap(({ fromMs }) => [fromMs - earlyMs, fromMs]);
  const times = [...new Set([state.nowMs, ...[...stepTimes, ...limitTimes].filter((t) => t > state.nowMs)])];
  const lasts = isEndless({ steps }) || (steps.at(-1)?.fromMs ?? 0) > state.nowMs + leaseMs;
  // A limit of the whole station holds others down; it permits nothing.
  const full = slot === 'stationMax' ? undefined : promised(granted(proven, entry), times, lasts);
  return full
    ? refuse('NotPermitted', `it would permit more than ${full.nodeId} (${full.phase}) has left${lasts ? ' for as long as it holds' : ''}`)
    : send(grant);
}

const duplicate = (profileId: number, stackLevel: number, place: string): string =>
  `profile ${profileId} is valid for ${place} at stack level ${stackLevel} with the same purpose (K01.FR.06, K01.FR.39): send it with that id to replace it, clear it, or use another level`;

const out = <Type extends 'CommandRequested' | 'CommandRefused'>(type: Type, data: SiteEventData[Type], stationId: string): Output => ({
  topic: 'site-events',
  type,
  data,
  stationId,
});
