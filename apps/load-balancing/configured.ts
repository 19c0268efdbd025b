// What an accepted configuration changes in the owner's memory.
// Whether it is accepted is configuration-requests.ts.
import type { SiteEvent } from '#contracts';
import { newStationLedger, reconfigured } from '#domain/load-balancing';
import { withEntry, withoutEntry } from '#kernel';
import { withFloor } from './grid-limits.js';
import { type SiteState, type StationState, stationIn } from './state.js';
import { stillUnconfigured } from './unconfigured.js';

/** A configuration the owner accepted. */
export function configured(
  state: SiteState,
  version: number,
  change: Extract<SiteEvent, { type: 'ConfigurationAccepted' }>['data']['change'],
): SiteState {
  switch (change.kind) {
    case 'site': {
      const gridLimits = state.gridLimits.map((limit) => withFloor(limit, change.config));
      return { ...state, version, config: change.config, configuredMs: state.nowMs, gridLimits };
    }
    case 'station': {
      const { config, credentialHash, assignmentSeq } = change;
      const before = stationIn(state, config.stationId);
      const hash = credentialHash ?? before?.credentialHash;
      const station: StationState = before
        ? { ...before, config, assignmentSeq, ledger: reconfigured(before.ledger, config) }
        : {
            config,
            assignmentSeq,
            ledger: newStationLedger(config),
            demands: {},
            measured: {},
            visits: {},
            quietUntilMs: 0,
            shown: {},
            facts: {},
          };
      return {
        ...state,
        version,
        stations: withEntry(
          state.stations,
          config.stationId,
          stillUnconfigured({ ...station, ...(hash !== undefined && { credentialHash: hash }) }),
        ),
      };
    }
    case 'stationRemoved': {
      return { ...state, version, stations: withoutEntry(state.stations, change.stationId) };
    }
    case 'siteRemoved': {
      const { config: _gone, plan: _over, ...rest } = state;
      return { ...rest, version, gridLimits: [], measurements: [], nodes: {}, shortfalls: [], exceeded: {} };
    }
  }
}
