// What still uses a station or a site that is to go, with what to do about it: what is taken out of the ledger counts no more, and may flow all the same (P6).
// That it is gone is remembered in absorb.ts; who asks is the api.
import type { Refusal } from '#domain/load-balancing';
import { type SiteState, type StationState, stationConfigs } from './state.js';

export const DRAWN_BESIDE = 'current is drawn where nothing is configured: configure that outlet, or end what draws there';
/** As many stations are named. */
const NAMED = 5;

/** One that moved is gone from where it was; one that is deleted may hang there still, and is sent nothing any more. */
export function stationInUse(
  { config: { stationId }, demands, ledger, unconfigured }: StationState,
  isDeleted: boolean,
): readonly Refusal[] {
  const refuse = (message: string): readonly Refusal[] => [{ path: stationId, message }];
  if (Object.keys(demands).length > 0) return refuse('a transaction is running: stop it, or let it end');
  if (unconfigured !== undefined) return refuse(DRAWN_BESIDE);
  const plans = ledger.evses.flatMap((evse) => evse.plans);
  if (plans.length > 0) {
    const endMs = Math.max(...plans.map(({ steps }) => steps.at(-1)?.fromMs ?? 0));
    return refuse(`a lease is running, until ${new Date(endMs).toISOString()} by our clock: it is over a little later`);
  }
  const lifting = ledger.evses.flatMap(({ foreign, safeMa }) =>
    foreign.filter(({ slot, endsMs }) => slot !== 'stationMax' && endsMs === undefined).map((grant) => ({ ...grant, safeMa })),
  );
  if (!isDeleted)
    return lifting.length === 0
      ? []
      : refuse('a profile somebody asked for may hold there, and its next site would not know: remove that first (ClearChargingProfile)');
  if (ledger.evses.some(({ disobedient }) => disobedient))
    return refuse(
      'it does not follow its limits, and may draw what it is rated for: let it obey first, or cut it off and move it to a site of its own',
    );
  return lifting.some(({ steps, safeMa }) => steps.some(({ limitMa }) => limitMa > safeMa))
    ? refuse('a profile somebody asked for lets it draw more than its safe level: remove that first (ClearChargingProfile)')
    : [];
}

export function siteInUse(state: SiteState): readonly Refusal[] {
  const { config, gridLimits, nowMs } = state;
  if (config === undefined) return [{ path: 'siteId', message: `the site ${state.siteId} does not exist` }];
  const stations = stationConfigs(state).map(({ stationId }) => stationId);
  const more = stations.length > NAMED ? ` and ${stations.length - NAMED} more` : '';
  const held = gridLimits.filter(({ expiresMs, fallback }) => expiresMs > nowMs || fallback !== undefined);
  return [
    ...(stations.length === 0
      ? []
      : [{ path: 'stations', message: `delete or move its stations first: ${stations.slice(0, NAMED).join(', ')}${more}` }]),
    ...held.map(({ nodeId, source, limitId, shareSeq }) => ({
      path: nodeId,
      message:
        shareSeq === undefined
          ? `the limit ${limitId} of ${source} holds here: withdraw it, or let it end`
          : `it has a share of the limit ${limitId} of ${source} over several sites: send one without this site, or withdraw it`,
    })),
  ];
}
