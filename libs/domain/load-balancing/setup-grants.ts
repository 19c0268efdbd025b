// What every station needs before it may be raised: its maximum and its defaults.
// What they permit is counted by the ledger.
import type { StationView } from './claims.js';
import { type Grant, type GrantSlot, limitAt } from './grant.js';
import { admits } from './headroom.js';
import { granted } from './ledger.js';
import { newest } from './moves.js';
import { asGrant, type PlanInput, type PlannedGrant } from './site-plan.js';

/** The station's maximum and its defaults, where they are missing, changed, or may have been lost in a restart. */
export function setupGrants({ ledger, config, quietUntilMs }: StationView, nowMs: number): readonly PlannedGrant[] {
  if (ledger.contact !== 'online' || ledger.profilesUnsupported || quietUntilMs > nowMs) return [];
  const constant = (slot: GrantSlot, evseId: number, limitMa: number): PlannedGrant => ({
    slot,
    stationId: ledger.stationId,
    evseId,
    steps: [{ fromMs: nowMs, limitMa }],
    cause: 'setup',
  });
  const isMissing = (grants: readonly Grant[], limitMa: number): boolean => {
    const last = newest(grants);
    return (
      last === undefined ||
      last.state === 'unanswered' ||
      limitAt(last, nowMs) !== limitMa ||
      (ledger.bootedSinceDefault && last.state === 'accepted' && last.sentOn !== ledger.connection)
    );
  };
  const grants: PlannedGrant[] = [];
  if (ledger.maxMa !== undefined && isMissing(ledger.stationMax, ledger.maxMa)) grants.push(constant('stationMax', 0, ledger.maxMa));
  const missing = ledger.evses.filter(({ defaults, safeMa }) => isMissing(defaults, safeMa));
  const levels = new Set(ledger.evses.map(({ safeMa }) => safeMa));
  // One for all stands behind those that outlets have of their own (1.6, 3.13.3), and beside them it is refused (2.x, K01.FR.52).
  const hasOwn = ledger.evses.some(({ defaults }) => (newest(defaults)?.evseId ?? 0) !== 0);
  if (missing.length > 0 && levels.size === 1 && !hasOwn) grants.push(constant('default', 0, ledger.evses[0]?.safeMa ?? 0));
  else grants.push(...missing.map(({ evseId, safeMa }) => constant('default', evseId, safeMa)));
  return config.evses.length > 0 ? grants : [];
}

/** A higher maximum or safe level than the station has: like any raise it waits for room, and for ever. */
export function mayInstall(
  { slot, evseId, steps }: PlannedGrant,
  station: StationView,
  times: readonly number[],
  input: PlanInput,
): boolean {
  const { ledger } = station;
  const { network, conditions, stations, nowMs } = input;
  const limitMa = steps[0]?.limitMa ?? 0;
  const installed = slot === 'stationMax' ? ledger.stationMax : ledger.evses.flatMap(({ defaults }) => defaults);
  const isRaise = installed.some((grant) => grant.state === 'accepted' && limitAt(grant, nowMs) < limitMa);
  if (!isRaise) return true;
  const grant = asGrant({ slot, evseId, steps }, nowMs);
  return admits(network, conditions, stations, station, granted(ledger, grant), times, nowMs, true) === undefined;
}
