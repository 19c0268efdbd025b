// Why a limit is sent: what was known when it was decided, written into the command itself.
// What was decided is the plan's; how it reads later is the api's.
import type { GrantFacts } from '#contracts';
import { COLUMN_NAMES, COLUMNS, limitedBy, type SitePlan, unmanagedAt } from '#domain/load-balancing';
import { capOn, planLapsedAt } from './reasons.js';
import { conditionsOf, networkOf, type SiteState, stationIn } from './state.js';

type Why = NonNullable<GrantFacts['why']>;
type PlannedGrant = SitePlan['grants'][number];

/** As many of those that wait are named. */
const NAMED = 5;

/** Asked of one plan for each of its grants: what they have in common is looked up once. */
export function reasonsOf(state: SiteState, plan: SitePlan): (grant: PlannedGrant) => Why {
  const network = networkOf(state);
  const isAnyTight = plan.grants.some(({ reason }) => reason !== undefined);
  const others = network === undefined || !isAnyTight ? [] : unmanagedAt(network, conditionsOf(state), state.nowMs);
  const waiting = plan.wanted.filter(({ limitMa, reason, heldBy }) => limitMa === 0 && reason !== undefined && heldBy === undefined);
  const queue = { cars: plan.wanted.length, waiting: waiting.slice(0, NAMED).map(({ stationId, evseId }) => `${stationId}/${evseId}`) };

  const tightAt = ({ nodeId, phase, isFirm }: NonNullable<PlannedGrant['reason']>): Why['tight'] => {
    const index = network?.indexOf.get(nodeId);
    if (network === undefined || index === undefined) return undefined;
    const place = COLUMN_NAMES.indexOf(phase);
    const column = index * COLUMNS + place;
    const load = others[index] ?? [0, 0, 0];
    const source = limitedBy(network, state.gridLimits, index, phase, state.nowMs);
    return {
      nodeId,
      phase,
      ...(isFirm && { isFirm }),
      limitMa: (isFirm ? plan.firm : plan.capacity)?.[column] ?? 0,
      committedMa: plan.committed[column] ?? 0,
      otherMa: load[place] ?? load[0] + load[1] + load[2],
      limitedBy: source ?? 'site',
    };
  };

  return ({ stationId, evseId, cause, wantedMa, reason, heldBy }) => {
    const tight = reason && tightAt(reason);
    const station = stationIn(state, stationId);
    const sample = station?.measured[evseId];
    const shown = station?.shown[evseId];
    const evse = station?.ledger.evses.find((each) => each.evseId === evseId);
    const outlet = station?.config.evses.find((each) => each.evseId === evseId);
    const cap = evse && wantedMa !== undefined ? capOn(evse, station, outlet, wantedMa, state.nowMs) : undefined;
    const lapsedAt = planLapsedAt(state, stationId, evseId);
    const seen = {
      committedMa: shown?.committedMa ?? 0,
      ...(sample?.currentMa !== undefined && { drawnMa: sample.currentMa, drawnAt: new Date(sample.atMs).toISOString() }),
      ...queue,
      ...(cap && { capMa: cap.limitMa, capBy: cap.by, ...(cap.source !== undefined && { capSource: cap.source }) }),
      ...(lapsedAt !== undefined && { planLapsedAt: lapsedAt }),
    };
    return {
      cause,
      ...(wantedMa !== undefined && { wantedMa }),
      ...(heldBy && { heldBy }),
      ...(tight && { tight }),
      ...(evseId > 0 && wantedMa !== undefined && { seen }),
    };
  };
}
