// Whether a site with its stations may be accepted: everything that later code relies on without asking again.
// Whether a change may happen now (open transactions, running leases) is the site owner's question.
import { isTimeZone } from '#kernel';
import type { AllocationRequest } from './allocate.js';
import { checkLevels, checkRange, checkStation } from './check-station.js';
import { addCurrent, emptyLoad, firstFull, magnitude } from './load.js';
import { compileNetwork, linesAt, type Network } from './network.js';
import { duplicates, isAmount, refuseUnless } from './refusals.js';
import { routeOf } from './routes.js';
import type { EnergyCosts, LineSet, NodeConfig, Phase, PhaseAmps, PhaseSet, Refusal, SiteConfig, StationConfig } from './site-model.js';
import { PHASES } from './site-model.js';
import { loadToMa, phaseList, toAmps } from './units.js';
import { leastToldMa } from './watts.js';

/**
 * Empty = acceptable. Refusals about the tree and the safe levels name the node and the phase. Only `changed` stations are judged by what they
 * say of themselves: what was accepted once, under whichever rules, must not stand in the way of every later change of the site.
 */
export function checkSite(
  site: SiteConfig,
  stations: readonly StationConfig[],
  changed: readonly StationConfig[] = [],
): readonly Refusal[] {
  const tree = checkTree(site.root);
  // A tree without an end would not let anything else be asked.
  if (tree.length > 0) return [...checkHead(site), ...tree];
  const lines = new Map(linesOf(site.root, 3));
  const refusals = [
    ...checkHead(site),
    ...checkNode(site.root, 3),
    ...stations.flatMap((station) => checkPlace(site, lines, station)),
    ...changed.flatMap(checkStation),
    ...changed.flatMap((station) => checkNamedLines(lines, station)),
    ...checkDischarge(site.root, stations),
  ];
  refusals.push(
    ...duplicates(stations.map((station) => station.stationId)).map((id) => ({ path: id, message: `station ${id} is listed twice` })),
  );
  const nodeIds = new Set(nodesOf(site.root).map((node) => node.nodeId));
  for (const { stationId } of stations)
    if (nodeIds.has(stationId)) refusals.push({ path: stationId, message: 'a station and a node share this id' });
  // Sums over a broken model would only mislead.
  if (refusals.length > 0) return refusals;
  const tooMuch = checkSafeLevels(site, stations);
  return tooMuch.length > 0 ? tooMuch : neverCharging(site, changed);
}

/**
 * What else flows at the grid connection, and which lines lead on to nodes that fewer reach: nobody else knows. A node below that declares no
 * unmanaged load says that nothing but stations hangs there. Asked of new configurations only.
 */
export const checkNewTree = ({ root }: SiteConfig): readonly Refusal[] => [
  ...refuseUnless(
    root.unmanagedMaxA !== undefined,
    `${root.nodeId}.unmanagedMaxA`,
    `must be given, 0 where there is nothing but stations: nobody else knows what other loads at node ${root.nodeId} draw`,
  ),
  ...checkNodeLines(root, root.phases ?? 3),
];

/** The lines of a grid connection are named by it; those of a node below are some of them, and must say which. */
const checkNodeLines = ({ nodeId, phases, transformer, children = [] }: NodeConfig, outer: LineSet): readonly Refusal[] => {
  const reaching = transformer ? 3 : outer;
  return [
    ...refuseUnless(
      typeof phases !== 'number' || phases >= phaseList(reaching).length,
      `${nodeId}.phases`,
      `must name its lines: more than ${phases} reach node ${nodeId}, and which of them lead on nobody else knows`,
    ),
    ...children.flatMap((child) => checkNodeLines(child, phases ?? reaching)),
  ];
};

/**
 * EVSEs that could not charge even if they were alone and nothing else drew. A limit of 0 is no mistake: somebody closed what it is of. What a limit
 * from the grid leaves is temporary, and not asked here.
 */
export function neverCharging({ root, voltageV }: SiteConfig, stations: readonly StationConfig[]): readonly Refusal[] {
  const network = compileNetwork(root, voltageV, stations);
  const most = new Float64Array(network.columns.length).fill(Number.POSITIVE_INFINITY);
  for (const [column, { node, phase }] of network.columns.entries()) {
    const { limitMa, totalMa, marginMa } = network.nodes[node] as Network['nodes'][number];
    const [limit, margin] = phase === 'total' ? [totalMa, 3 * marginMa] : [limitMa[PHASES.indexOf(phase) as 0 | 1 | 2], marginMa];
    if (limit > 0) most[column] = limit - margin;
  }
  return stations.flatMap((station) =>
    station.evses.flatMap((evse) => {
      const { stationId, nodeId } = station;
      const leastTold = Math.min(...(evse.levelsA ?? []).filter((level) => level > 0 && level >= evse.minA).map(loadToMa));
      const least = Number.isFinite(leastTold) ? leastTold : leastToldMa(evse, station);
      const route = routeOf(network, network.indexOf.has(stationId) ? stationId : nodeId, evse.phases);
      const full = network.columns[firstFull(emptyLoad(network), most, route, least)];
      if (full === undefined) return [];
      const message = `can never charge: it needs ${toAmps(least)} A, more than node ${network.nodes[full.node]?.nodeId} can carry`;
      return [{ path: `${stationId}.evses.${evse.evseId}.minA`, message }];
    }),
  );
}

/** What is wrong with a request for a split; empty = it can be answered. */
export function checkAllocation({ root, evses }: AllocationRequest): readonly Refusal[] {
  const tree = checkTree(root);
  if (tree.length > 0) return tree;
  const lines = new Map(linesOf(root, 3));
  return [
    ...checkNode(root, 3),
    ...duplicates(evses.map(({ evseId }) => evseId)).map((id) => ({ path: `evses.${id}`, message: `EVSE ${id} is listed twice` })),
    ...evses.flatMap(({ evseId, nodeId, phases, minA, maxA, levelsA }) => {
      const path = `evses.${evseId}`;
      const reaching = lines.get(nodeId);
      if (reaching === undefined) return [{ path: `${path}.nodeId`, message: `there is no node ${nodeId}` }];
      return [...checkWiring(path, phases, nodeId, reaching), ...checkRange(path, minA, maxA), ...checkLevels(path, levelsA, minA, maxA)];
    }),
  ];
}

/** A limit for a node that is not there would bind nobody, and nobody would know. Stations with a maximum of their own are nodes too. */
export const checkLimitedNode = ({ root }: Pick<SiteConfig, 'root'>, stationIds: readonly string[], nodeId: string): readonly Refusal[] =>
  refuseUnless(stationIds.includes(nodeId) || nodesOf(root).some((node) => node.nodeId === nodeId), 'nodeId', `there is no node ${nodeId}`);

/** The clock of a meter may be off by this much, as that of a station [ms]. */
const AHEAD_MS = 60_000;

/** Load is reported for nodes of the site, and for a time that is not over and has come. */
export const checkMeasurements = (
  { root }: Pick<SiteConfig, 'root'>,
  measurements: readonly { readonly nodeId: string; readonly at: string; readonly ttlSeconds: number }[],
  nowMs: number,
): readonly Refusal[] => {
  const nodeIds = new Set(nodesOf(root).map(({ nodeId }) => nodeId));
  return measurements.flatMap(({ nodeId, at, ttlSeconds }, index) => [
    ...refuseUnless(nodeIds.has(nodeId), `${index}.nodeId`, `there is no node ${nodeId}`),
    ...refuseUnless(
      Date.parse(at) + ttlSeconds * 1000 > nowMs,
      `${index}.at`,
      `what was measured at node ${nodeId} is out of date already`,
    ),
    ...refuseUnless(Date.parse(at) <= nowMs + AHEAD_MS, `${index}.at`, `node ${nodeId} cannot have been measured in the future`),
  ]);
};

/** A node and all below it. */
export const nodesOf = (node: NodeConfig): readonly NodeConfig[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

/** Each node once, and none below itself. */
function checkTree(root: NodeConfig): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const seen = new Set<string>();
  const visit = (node: NodeConfig, above: readonly string[]): void => {
    const { nodeId } = node;
    if (above.includes(nodeId)) {
      refusals.push({ path: nodeId, message: `node ${nodeId} is below itself: ${[...above, nodeId].join(' > ')}` });
      return;
    }
    if (seen.has(nodeId)) refusals.push({ path: nodeId, message: `node ${nodeId} is listed twice` });
    seen.add(nodeId);
    for (const child of node.children ?? []) visit(child, [...above, nodeId]);
  };
  visit(root, []);
  return refusals;
}

/** Lines that reach each node. */
const linesOf = (node: NodeConfig, outer: LineSet): readonly (readonly [string, LineSet])[] => {
  const lines = linesAt(node, outer);
  return [[node.nodeId, lines], ...(node.children ?? []).flatMap((child) => linesOf(child, lines))];
};

const areAmounts = (value: PhaseAmps | undefined): boolean =>
  value === undefined || (typeof value === 'number' ? isAmount(value) : value.length === 3 && value.every(isAmount));

/**
 * What is charged and what is fed back are summed apart, each below the limits. Any mix of the two is then below them as well where both flow in
 * one line of action; behind a transformer that turns phases it need not be.
 */
function checkDischarge(root: NodeConfig, stations: readonly StationConfig[]): readonly Refusal[] {
  const turned = turnedNodes(root, false);
  return stations.flatMap(({ stationId, nodeId, evses }) =>
    evses.flatMap(({ evseId, maxA, maxDischargeA = 0, roundTripEfficiency }) => {
      const path = `${stationId}.evses.${evseId}`;
      return [
        ...refuseUnless(isAmount(maxDischargeA), `${path}.maxDischargeA`, 'must be zero or more'),
        ...refuseUnless(maxDischargeA <= maxA, `${path}.maxDischargeA`, 'must not exceed maxA: the same wires carry it'),
        ...refuseUnless(
          maxDischargeA === 0 || !turned.has(nodeId),
          `${path}.maxDischargeA`,
          'must be 0 behind a transformer that turns phases',
        ),
        ...refuseUnless(
          roundTripEfficiency === undefined || (roundTripEfficiency > 0 && roundTripEfficiency <= 1),
          `${path}.roundTripEfficiency`,
          'must lie in (0, 1]',
        ),
      ];
    }),
  );
}

/** Nodes with such a transformer between them and the grid connection, or as their own. */
function turnedNodes({ nodeId, transformer, children = [] }: NodeConfig, isTurned: boolean): ReadonlySet<string> {
  const turned = isTurned || (transformer !== undefined && transformer.vectorGroup !== 'Yy0');
  return new Set([...(turned ? [nodeId] : []), ...children.flatMap((child) => [...turnedNodes(child, turned)])]);
}

function checkHead({ voltageV, leaseSeconds, sampleSeconds, timeZone, energy, openingHours = [] }: SiteConfig): readonly Refusal[] {
  return [
    ...(energy === undefined ? [] : checkEnergy(energy)),
    ...openingHours.flatMap(({ startTime, endTime }, index) => [
      ...refuseUnless(isTimeOfDay(startTime), `openingHours.${index}.startTime`, 'must be a time of day, HH:MM'),
      ...refuseUnless(isTimeOfDay(endTime), `openingHours.${index}.endTime`, 'must be a time of day, HH:MM'),
    ]),
    ...refuseUnless(Number.isFinite(voltageV) && voltageV > 0, 'voltageV', 'must be a positive voltage'),
    ...refuseUnless(
      leaseSeconds === undefined || (Number.isInteger(leaseSeconds) && leaseSeconds >= 60 && leaseSeconds <= 86_400),
      'leaseSeconds',
      'must be a whole number of seconds from 60 to 86400',
    ),
    ...refuseUnless(
      sampleSeconds === undefined || (Number.isInteger(sampleSeconds) && sampleSeconds >= 10 && sampleSeconds <= 900),
      'sampleSeconds',
      'must be a whole number of seconds from 10 to 900',
    ),
    ...refuseUnless(isTimeZone(timeZone), 'timeZone', `${timeZone} is not a known IANA time zone`),
  ];
}

const isTimeOfDay = (text: string | undefined): boolean => text === undefined || /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** A price may be negative, as it is on some days; a charge or an emission may not. */
function checkEnergy({ prices, feedInPerKwh = 0, demandPerKw, carbonPerKg, wearPerKwh }: EnergyCosts): readonly Refusal[] {
  return [
    ...prices.flatMap(({ startTime, endTime, pricePerKwh, carbonKgPerKwh }, index) => [
      ...refuseUnless(isTimeOfDay(startTime), `energy.prices.${index}.startTime`, 'must be a time of day, HH:MM'),
      ...refuseUnless(isTimeOfDay(endTime), `energy.prices.${index}.endTime`, 'must be a time of day, HH:MM'),
      ...refuseUnless(Number.isFinite(pricePerKwh), `energy.prices.${index}.pricePerKwh`, 'must be a number'),
      ...refuseUnless(isAmount(carbonKgPerKwh), `energy.prices.${index}.carbonKgPerKwh`, 'must be zero or more'),
    ]),
    ...refuseUnless(Number.isFinite(feedInPerKwh), 'energy.feedInPerKwh', 'must be a number'),
    ...refuseUnless(isAmount(demandPerKw), 'energy.demandPerKw', 'must be zero or more'),
    ...refuseUnless(isAmount(carbonPerKg), 'energy.carbonPerKg', 'must be zero or more'),
    ...refuseUnless(isAmount(wearPerKwh), 'energy.wearPerKwh', 'must be zero or more'),
  ];
}

function checkNode(node: NodeConfig, outer: LineSet): readonly Refusal[] {
  const { nodeId, limitA, limitW, firmLimitA, exportLimitA, unmanagedMaxA, marginA, meterId, transformer, children = [] } = node;
  const lines = linesAt(node, outer);
  const reaching = transformer ? PHASES : phaseList(outer);
  return [
    ...refuseUnless(nodeId.length > 0, 'nodeId', 'must not be empty'),
    ...refuseUnless(new Set(phaseList(lines)).size === phaseList(lines).length, `${nodeId}.phases`, 'must name each line once'),
    ...refuseUnless(areAmounts(limitA), `${nodeId}.limitA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(areAmounts(firmLimitA), `${nodeId}.firmLimitA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(areAmounts(exportLimitA), `${nodeId}.exportLimitA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(areAmounts(unmanagedMaxA), `${nodeId}.unmanagedMaxA`, 'must be zero or more, one value or one per phase'),
    ...refuseUnless(isAmount(limitW), `${nodeId}.limitW`, 'must be zero or more'),
    ...refuseUnless(isAmount(marginA), `${nodeId}.marginA`, 'must be zero or more'),
    ...refuseUnless(
      meterId === undefined || unmanagedMaxA !== undefined,
      `${nodeId}.unmanagedMaxA`,
      `must be given: while meter ${meterId} is silent, nobody else knows what other loads at node ${nodeId} draw`,
    ),
    ...refuseUnless(
      transformer === undefined || (Number.isFinite(transformer.turnsRatio) && transformer.turnsRatio > 0),
      `${nodeId}.transformer.turnsRatio`,
      'must be above zero',
    ),
    ...refuseUnless(
      phaseList(lines).length > 0 && phaseList(lines).every((phase) => reaching.includes(phase)),
      `${nodeId}.phases`,
      `names a line that does not reach node ${nodeId}: ${phaseList(lines).filter((phase) => !reaching.includes(phase))}`,
    ),
    ...children.flatMap((child) => checkNode(child, lines)),
  ];
}

/** How it stands in the tree. */
function checkPlace(
  site: SiteConfig,
  linesAtNode: ReadonlyMap<string, LineSet>,
  { stationId, siteId, nodeId, evses }: StationConfig,
): readonly Refusal[] {
  const lines = linesAtNode.get(nodeId);
  return [
    ...refuseUnless(siteId === site.siteId, `${stationId}.siteId`, `is not site ${site.siteId}`),
    ...refuseUnless(lines !== undefined, `${stationId}.nodeId`, `there is no node ${nodeId} at site ${site.siteId}`),
    ...evses.flatMap(({ evseId, phases }) => checkWiring(`${stationId}.evses.${evseId}`, phases, nodeId, lines ?? 3)),
  ];
}

/** How many lines it is wired to says which only where it is all that reach its node: counted on a wrong one, a line could carry more than it bears. */
const checkNamedLines = (linesAtNode: ReadonlyMap<string, LineSet>, { stationId, nodeId, evses }: StationConfig): readonly Refusal[] =>
  evses.flatMap(({ evseId, phases }) =>
    refuseUnless(
      typeof phases !== 'number' || phases >= phaseList(linesAtNode.get(nodeId) ?? phases).length,
      `${stationId}.evses.${evseId}.phases`,
      `must name its lines: node ${nodeId} has more than ${phases}, and which of them carry this current nobody else knows`,
    ),
  );

function checkWiring(path: string, phases: PhaseSet, nodeId: string, reaching: LineSet): readonly Refusal[] {
  const wired = phaseList(phases);
  const missing = wired.filter((phase) => !phaseList(reaching).includes(phase));
  return [
    ...refuseUnless(wired.length > 0 && new Set(wired).size === wired.length, `${path}.phases`, 'must name each wired line once'),
    ...refuseUnless(missing.length === 0, `${path}.phases`, `names a line that does not reach node ${nodeId}: ${missing}`),
  ];
}

/** Σ safe + Σ unmanaged maximum + margin must fit the firm limit on every node and phase, or a silent site could exceed it. */
function checkSafeLevels({ root, voltageV }: SiteConfig, stations: readonly StationConfig[]): readonly Refusal[] {
  const network = compileNetwork(root, voltageV, stations);
  const load = emptyLoad(network);
  for (const { stationId, nodeId, evses } of stations)
    for (const { phases, safeA } of evses)
      addCurrent(load, routeOf(network, network.indexOf.has(stationId) ? stationId : nodeId, phases), loadToMa(safeA));
  return network.columns.flatMap(({ node, phase }, column) => {
    const { nodeId, firmMa, unmanagedMaxMa, totalMa, marginMa } = network.nodes[node] as Network['nodes'][number];
    const line = PHASES.indexOf(phase as Phase) as 0 | 1 | 2;
    const [a, b, c] = unmanagedMaxMa;
    const [other, firm] = phase === 'total' ? [a + b + c, totalMa] : [unmanagedMaxMa[line], firmMa[line]];
    const keptFree = phase === 'total' ? 3 * marginMa : marginMa;
    const needed = Math.ceil(magnitude(load, column) - 1e-6) + other + keptFree;
    if (needed <= firm) return [];
    const message = `node ${nodeId}, ${phase === 'total' ? 'all phases' : `phase ${phase}`}: safe levels${keptFree > 0 ? ', margin' : ''} and unmanaged load need ${toAmps(needed)} A, firm are ${toAmps(firm)} A`;
    return [{ path: nodeId, message }];
  });
}
