// A grant of the plan as the command that tells it: numbered, with its payload and its reasons.
// Which grants there are is the plan's, what they permit the ledger's.
import type { CommandRequested, Recorded, SiteEvent } from '#contracts';
import { clearChargingProfile, DEFAULT_LEASE_SECONDS, type ProfileSpec, type SitePlan, setChargingProfile } from '#domain/load-balancing';
import { uuidV5 } from '#kernel';
import type { Output } from '#service';
import { siteOutput } from './output.js';
import { onlyUnitOf, type SiteState, type StationState, stationIn } from './state.js';
import type { reasonsOf } from './why.js';

/** A grant leaves within this time, or not at all: what is known has to be fresh for a raise. And how long the station may think [ms]. */
const SEND_WITHIN_MS = { setup: 20_000, lower: 20_000, withdraw: 20_000, renew: 20_000, raise: 10_000 } as const;

const ANSWER_WITHIN_MS = 30_000;

/** How a limit is spelled for this station. */
export function spelledFor(
  station: StationState,
  told: Pick<ProfileSpec, 'slot' | 'evseId' | 'steps' | 'transactionId'>,
  voltageV: number,
): ProfileSpec {
  const { config, demands, facts, visits } = station;
  const connectorId = demands[told.evseId]?.connectorId;
  const { corrections } = facts;
  const onlyUnit = onlyUnitOf(station);
  const namesLines = visits[told.evseId]?.needs.namesLines;
  return {
    ...told,
    station: config,
    voltageV,
    ...(onlyUnit && { onlyUnit }),
    ...(corrections?.levelsA && { levelsA: corrections.levelsA }),
    ...(connectorId !== undefined && { connectorId }),
    ...(namesLines && { namesLines }),
  };
}

export function grantOutput(
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
  const told = { slot, evseId, steps, ...(transactionId !== undefined && { transactionId }) };
  const spec = { ...spelledFor(station, told, state.config.voltageV), leaseS: state.config.leaseSeconds ?? DEFAULT_LEASE_SECONDS };
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
