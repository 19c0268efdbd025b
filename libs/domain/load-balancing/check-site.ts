// Whether a site with its stations may be accepted: everything that later code relies on without asking again.
// Whether a change may happen now (open transactions, running leases) is the site owner's question.
import type { EvseConfig, NodeConfig, PhaseAmps, PhaseSet, Refusal, SiteConfig, StationConfig } from './site-model.js';
import { PHASES } from './site-model.js';
import { limitToMa, loadToMa, type PhaseValues, perPhase, phaseIndexes, phaseList, toAmps } from './units.js';

/** Empty = acceptable. Refusals about the safe levels name the node and the phase. */
export function checkSite(site: SiteConfig, stations: readonly StationConfig[]): readonly Refusal[] {
  const refusals = [...checkHead(site), ...checkNodes(site.root), ...stations.flatMap((station) => checkStation(site, station))];
  refusals.push(
    ...duplicates(stations.map((station) => station.stationId)).map((id) => ({ path: id, message: `station ${id} is listed twice` })),
  );
  const nodeIds = new Set(nodesOf(site.root).map((node) => node.nodeId));
  for (const { stationId } of stations)
    if (nodeIds.has(stationId)) refusals.push({ path: stationId, message: 'a station and a node share this id' });
  // Sums over a broken model would only mislead.
  return refusals.length > 0 ? refusals : checkSafeLevels(site.root, stations);
}

const nodesOf = (node: NodeConfig): readonly NodeConfig[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

const duplicates = (ids: readonly (string | number)[]): readonly string[] =>
  [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map(String);

const refuseUnless = (good: boolean, path: string, message: string): readonly Refusal[] => (good ? [] : [{ path, message }]);

const isAmount = (value: number | undefined): boolean => value === undefined || (Number.isFinite(value) && value >= 0);
const areAmounts = (value: PhaseAmps | undefined): boolean =>
  value === undefined || (typeof value === 'number' ? isAmount(value) : value.length === 3 && value.every(isAmount));

function checkHead({ voltageV, leaseSeconds, timeZone }: SiteConfig): readonly Refusal[] {
  return [
    ...refuseUnless(Number.isFinite(voltageV) && voltageV > 0, 'voltageV', 'must be a positive voltage'),
    ...refuseUnless(
      leaseSeconds === undefined || (Number.isInteger(leaseSeconds) && leaseSeconds >= 60 && leaseSeconds <= 86_400),
      'leaseSeconds',
      'must be a whole number of seconds from 60 to 86400',
    ),
    ...refuseUnless(isTimeZone(timeZone), 'timeZone', `${timeZone} is not a known IANA time zone`),
  ];
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function checkNodes(root: NodeConfig): readonly Refusal[] {
  const twice = duplicates(nodesOf(root).map((node) => node.nodeId)).map((id) => ({ path: id, message: `node ${id} is listed twice` }));
  return [...twice, ...checkNode(root, 3)];
}

function checkNode(node: NodeConfig, outer: PhaseSet): readonly Refusal[] {
  const { nodeId, limitA, limitW, firmLimitA, unmanagedMaxA, marginA, phases = outer, children = [] } = node;
  return [
    ...refuseUnless(nodeId.length > 0, 'nodeId', 'must not be empty'),
    ...refuseUnless(areAmounts(limitA), `${nodeId}.limitA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(areAmounts(firmLimitA), `${nodeId}.firmLimitA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(areAmounts(unmanagedMaxA), `${nodeId}.unmanagedMaxA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(isAmount(limitW), `${nodeId}.limitW`, 'must be zero or more'),
    ...refuseUnless(isAmount(marginA), `${nodeId}.marginA`, 'must be zero or more'),
    ...refuseUnless(
      phaseList(phases).every((phase) => phaseList(outer).includes(phase)),
      `${nodeId}.phases`,
      'names a line that does not reach this node',
    ),
    ...children.flatMap((child) => checkNode(child, phases)),
  ];
}

function checkStation(site: SiteConfig, station: StationConfig): readonly Refusal[] {
  const { stationId, siteId, nodeId, maxA, evses } = station;
  const lines = linesOf(site.root, nodeId, 3);
  return [
    ...refuseUnless(siteId === site.siteId, `${stationId}.siteId`, `is not site ${site.siteId}`),
    ...refuseUnless(lines !== undefined, `${stationId}.nodeId`, `there is no node ${nodeId} at site ${site.siteId}`),
    ...refuseUnless(isAmount(maxA), `${stationId}.maxA`, 'must be zero or more'),
    ...refuseUnless(evses.length > 0, `${stationId}.evses`, 'must list at least one EVSE'),
    ...duplicates(evses.map((evse) => evse.evseId)).map((id) => ({ path: `${stationId}.evses`, message: `EVSE ${id} is listed twice` })),
    ...evses.flatMap((evse) => checkEvse(`${stationId}.evses.${evse.evseId}`, evse, lines ?? 3)),
  ];
}

function linesOf(node: NodeConfig, nodeId: string, outer: PhaseSet): PhaseSet | undefined {
  const lines = node.phases ?? outer;
  if (node.nodeId === nodeId) return lines;
  for (const child of node.children ?? []) {
    const found = linesOf(child, nodeId, lines);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkEvse(path: string, evse: EvseConfig, lines: PhaseSet): readonly Refusal[] {
  const { evseId, phases, minA, maxA, safeA, levelsA, efficiency } = evse;
  const wired = phaseList(phases);
  return [
    ...refuseUnless(Number.isInteger(evseId) && evseId > 0, `${path}.evseId`, 'must be a whole number from 1'),
    ...refuseUnless(wired.length > 0 && new Set(wired).size === wired.length, `${path}.phases`, 'must name each wired line once'),
    ...refuseUnless(
      wired.every((phase) => phaseList(lines).includes(phase)),
      `${path}.phases`,
      'names a line that does not reach the node',
    ),
    ...refuseUnless(isAmount(minA), `${path}.minA`, 'must be zero or more'),
    ...refuseUnless(isAmount(maxA) && maxA >= minA, `${path}.maxA`, 'must be at least minA'),
    ...refuseUnless(safeA === 0 || (safeA >= minA && isAmount(safeA)), `${path}.safeA`, 'must be 0 or at least minA'),
    ...refuseUnless(safeA <= maxA, `${path}.safeA`, 'must not exceed maxA'),
    ...refuseUnless(levelsA?.every(isAmount) ?? true, `${path}.levelsA`, 'must be zero or more'),
    ...refuseUnless(efficiency === undefined || (efficiency > 0 && efficiency <= 1), `${path}.efficiency`, 'must lie in (0, 1]'),
  ];
}

/** Σ safe + Σ unmanaged maximum must fit the firm limit on every node and phase, or a silent site could exceed it. */
function checkSafeLevels(root: NodeConfig, stations: readonly StationConfig[]): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const visit = (node: NodeConfig): PhaseValues => {
    const load: [number, number, number] = [...perPhase(node.unmanagedMaxA ?? 0, loadToMa)];
    for (const station of stations.filter(({ nodeId }) => nodeId === node.nodeId)) {
      const safe = safeOfStation(station);
      for (const phase of [0, 1, 2] as const) load[phase] += safe[phase];
      if (station.maxA !== undefined && Math.max(...safe) > limitToMa(station.maxA)) {
        refusals.push({
          path: station.stationId,
          message: `station ${station.stationId}: safe levels of ${toAmps(Math.max(...safe))} A exceed its ${station.maxA} A`,
        });
      }
    }
    for (const child of node.children ?? []) {
      const below = visit(child);
      for (const phase of [0, 1, 2] as const) load[phase] += below[phase];
    }
    const limit = perPhase(node.limitA, limitToMa);
    const firm = perPhase(node.firmLimitA ?? node.limitA, limitToMa);
    for (const phase of [0, 1, 2] as const) {
      const available = Math.min(limit[phase], firm[phase]);
      if (load[phase] <= available) continue;
      const message = `node ${node.nodeId}, phase ${PHASES[phase]}: safe levels and unmanaged load need ${toAmps(load[phase])} A, firm are ${toAmps(available)} A`;
      refusals.push({ path: node.nodeId, message });
    }
    return load;
  };
  visit(root);
  return refusals;
}

function safeOfStation({ evses }: StationConfig): PhaseValues {
  const safe: [number, number, number] = [0, 0, 0];
  for (const evse of evses) for (const phase of phaseIndexes(evse.phases) as readonly (0 | 1 | 2)[]) safe[phase] += loadToMa(evse.safeA);
  return safe;
}
