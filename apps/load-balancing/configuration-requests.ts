// Changes of a site's configuration that were asked for: accepted, or refused with the place and the reason.
// What an accepted one changes is configured.ts; what may be removed is removals.ts.
import type { Recorded, SiteEvent, SiteEventData } from '#contracts';
import {
  checkNewTree,
  checkSite,
  neverCharging,
  nodesOf,
  phaseIndexes,
  type Refusal,
  type SiteConfig,
  type StationConfig,
} from '#domain/load-balancing';
import type { Output } from '#service';
import { siteOutput } from './output.js';
import { DRAWN_BESIDE, siteInUse, stationInUse } from './removals.js';
import { networkOf, type SiteState, type StationState, stationConfigs, stationIn } from './state.js';

export function answerRequest(state: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  if (input.type !== 'ConfigurationRequested') return [];
  const { requestId, change, ifMatch } = input.data;
  const reasons =
    ifMatch !== undefined && ifMatch !== state.version
      ? [{ path: 'ifMatch', message: `the present version is ${state.version}` }]
      : refusals(state, change);
  const stationId = change.kind === 'station' ? change.config.stationId : change.kind === 'stationRemoved' ? change.stationId : undefined;
  return reasons.length > 0
    ? [siteOutput('ConfigurationRefused', { requestId, reasons }, stationId)]
    : [siteOutput('ConfigurationAccepted', { requestId, version: state.version + 1, change }, stationId)];
}

function refusals(state: SiteState, change: SiteEventData['ConfigurationRequested']['change']): readonly Refusal[] {
  switch (change.kind) {
    case 'site': {
      const { config } = change;
      const reasons = [...checkSite(config, stationConfigs(state)), ...limitsLost(state, config), ...checkNewTree(config)];
      return reasons.length > 0 ? reasons : closedOff(state, config);
    }
    case 'station': {
      if (state.config === undefined) return [{ path: 'siteId', message: `the site ${state.siteId} does not exist yet` }];
      const others = stationConfigs(state).filter(({ stationId }) => stationId !== change.config.stationId);
      return [
        ...checkSite(state.config, [...others, change.config], [change.config]),
        ...takenAway(stationIn(state, change.config.stationId), change.config),
      ];
    }
    case 'stationRemoved': {
      const station = stationIn(state, change.stationId);
      return station === undefined ? [] : stationInUse(station, change.isDeleted === true);
    }
    case 'siteRemoved':
      return siteInUse(state);
  }
}

/** Who could charge until now, and never could again. */
function closedOff(state: SiteState, config: SiteConfig): readonly Refusal[] {
  const stations = stationConfigs(state);
  if (state.config === undefined) return [];
  const before = new Set(neverCharging(state.config, stations).map(({ path }) => path));
  return neverCharging(config, stations).filter(({ path }) => !before.has(path));
}

const useOf = ({ demands, ledger }: StationState, evseId: number): 'transaction' | 'lease' | undefined => {
  if (evseId in demands) return 'transaction';
  return ledger.evses.some((evse) => evse.evseId === evseId && evse.plans.length > 0) ? 'lease' : undefined;
};

/** With its node a limit would go while it holds, or while its fallback does (P6). */
function limitsLost(state: SiteState, { root }: SiteConfig): readonly Refusal[] {
  const before = networkOf(state)?.indexOf;
  const after = new Set(nodesOf(root).map(({ nodeId }) => nodeId));
  return state.gridLimits
    .filter(({ nodeId, expiresMs, fallback }) => before?.has(nodeId) && !after.has(nodeId) && (expiresMs > state.nowMs || fallback))
    .map(({ nodeId, source }) => ({ path: nodeId, message: `a limit of ${source} holds at this node: let it end before the node goes` }));
}

/** An outlet, a line of it or a node above it that goes while current may flow there would count no more, and flow all the same (P6). */
function takenAway(before: StationState | undefined, after: StationConfig): readonly Refusal[] {
  if (before === undefined) return [];
  const { stationId, nodeId, evses } = after;
  const uses = nodeId === before.config.nodeId ? [] : before.config.evses.flatMap(({ evseId }) => useOf(before, evseId) ?? []);
  const moved = uses.slice(0, 1).map((use) => ({ path: `${stationId}.nodeId`, message: `a ${use} is running` }));
  const lost = before.config.evses.flatMap(({ evseId, phases }) => {
    const its = evses.find((evse) => evse.evseId === evseId);
    const kept = its === undefined ? [] : phaseIndexes(its.phases);
    const use = phaseIndexes(phases).every((phase) => kept.includes(phase)) ? undefined : useOf(before, evseId);
    const path = `${stationId}.evses.${evseId}${its === undefined ? '' : '.phases'}`;
    return use === undefined ? [] : [{ path, message: `a ${use} is running` }];
  });
  // Who does not obey counts with its rating: a lower one would hide what it draws.
  const hidden = before.ledger.evses
    .filter(({ evseId, disobedient }) => disobedient && evseId in before.demands && ratingA(after, evseId) < ratingA(before.config, evseId))
    .map(({ evseId }) => ({
      path: `${stationId}.evses.${evseId}.maxA`,
      message: 'it does not obey, and may draw what it could until now',
    }));
  const beside = nodeId !== before.config.nodeId && before.unconfigured !== undefined;
  return [...moved, ...(beside ? [{ path: `${stationId}.nodeId`, message: DRAWN_BESIDE }] : []), ...lost, ...hidden];
}

const ratingA = ({ maxA = Number.POSITIVE_INFINITY, evses }: StationConfig, evseId: number): number =>
  Math.min(maxA, evses.find((evse) => evse.evseId === evseId)?.maxA ?? 0);
