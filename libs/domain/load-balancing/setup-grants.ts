// What every station needs before it may be raised: its maximum and its defaults.
// What they permit is counted by the ledger.
import type { StationView } from './claims.js';
import { connectorsOf } from './connectors.js';
import { type Grant, type GrantSlot, limitAt } from './grant.js';
import { admits } from './headroom.js';
import { clearing, granted, type StationLedger } from './ledger.js';
import { newest } from './moves.js';
import { profileIdOf } from './profiles.js';
import { asGrant, type PlanInput, type PlannedGrant } from './site-plan.js';

/** The station's maximum and its defaults, where they are missing, changed, or may have been lost in a restart. */
function setupGrants(view: StationView, nowMs: number): readonly PlannedGrant[] {
  const { ledger, config, quietUntilMs } = view;
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
  const { evses } = ledger;
  const lowestMa = Math.min(...evses.map(({ safeMa }) => safeMa));
  if (!isOneForAll(view)) {
    const missing = evses.filter(({ defaults, safeMa }) => isMissing(defaults, safeMa));
    grants.push(...missing.map(({ evseId, safeMa }) => constant('default', evseId, safeMa)));
  } else if (evses.some(({ defaults }) => isMissing(defaults, lowestMa))) grants.push(constant('default', 0, lowestMa));
  else if (evses.every(({ defaults }) => newest(defaults)?.state === 'accepted'))
    grants.push(
      ...outOfPlace(view).map((evseId) => ({ ...removal, stationId: ledger.stationId, profileId: profileIdOf('default', evseId) })),
    );
  return config.evses.length > 0 ? grants : [];
}

const removal = { slot: 'default', evseId: 0, steps: [], cause: 'setup' } as const;

/**
 * One default for the whole station, at the lowest of the safe levels: where all are the same; where a 1.6 outlet has several connectors, since it has a
 * place for each of them and for all, and none for two; and in 2.x until one that stands there can be removed, since beside it an outlet's own is refused
 * (K01.FR.53), and it beside those (K01.FR.52).
 */
function isOneForAll(view: StationView): boolean {
  const { ledger, ocppVersion } = view;
  const isSame = ledger.evses.every(({ safeMa }) => safeMa === ledger.evses[0]?.safeMa);
  const standing = ledger.evses.map(({ defaults }) => newest(defaults)?.evseId);
  const hasOwn = standing.some((evseId = 0) => evseId !== 0);
  if (isSame && !hasOwn) return true;
  return ocppVersion === 'ocpp1.6' ? sharesOutlets(view) : !hasOwn && standing.includes(0);
}

const sharesOutlets = ({ ledger, config }: StationView): boolean =>
  ledger.evses.some(({ evseId }) => connectorsOf(config, evseId).length > 1);

/** Whose default is to go, one after the other: outlets' own behind which one for all stands now, or that one, where outlets are to have their own. */
function outOfPlace({ ledger, ocppVersion }: StationView): readonly number[] {
  const { evses, clearings } = ledger;
  if (clearings.length > 0) return [];
  if (ocppVersion !== 'ocpp1.6') return evses.every(({ safeMa }) => safeMa === evses[0]?.safeMa) ? [] : [0];
  const own = evses.flatMap(({ defaults }) => defaults.filter(({ evseId, endsMs }) => evseId !== 0 && endsMs === undefined));
  return own.slice(0, 1).map(({ evseId }) => evseId);
}

/**
 * What can be installed now, and the stations as they count with it: a higher maximum or safe level, or the way to one, waits for room like any raise, and
 * for ever; what is given to one is not there for the next.
 */
export function setups(
  input: PlanInput,
  times: readonly number[],
): { readonly grants: readonly PlannedGrant[]; readonly stations: readonly StationView[] } {
  const grants: PlannedGrant[] = [];
  let { stations } = input;
  for (let station of input.stations)
    for (const grant of setupGrants(station, input.nowMs)) {
      const after = withSetup(station.ledger, grant, input.nowMs);
      if (needsRoom(grant, station, input.nowMs)) {
        if (admits(input.network, input.conditions, stations, station, after, times, input.nowMs, true) !== undefined) continue;
        const installed = { ...station, ledger: after };
        stations = stations.map((each) => (each === station ? installed : each));
        station = installed;
      }
      grants.push(grant);
    }
  return { grants, stations };
}

function needsRoom({ slot, steps, profileId }: PlannedGrant, { ledger }: StationView, nowMs: number): boolean {
  if (profileId !== undefined) return true;
  const limitMa = steps[0]?.limitMa ?? 0;
  const installed = slot === 'stationMax' ? ledger.stationMax : ledger.evses.flatMap(({ defaults }) => defaults);
  return installed.some((grant) => grant.state === 'accepted' && limitAt(grant, nowMs) < limitMa);
}

const withSetup = (ledger: StationLedger, { slot, evseId, steps, profileId }: PlannedGrant, nowMs: number): StationLedger => {
  const grant = asGrant({ slot, evseId, steps }, nowMs);
  return profileId === undefined
    ? granted(ledger, grant)
    : clearing(ledger, { ...grant, evseIds: ledger.evses.map((evse) => evse.evseId), profileId });
};
