// What the site's listeners are told of a plan: only what changed, and limits that might be exceeded when that begins and ends.
// The plan itself is the domain's.
import type { EvseLimit, LimitsDecided, NodeLoad, ShortfallReported } from '#contracts';
import { COLUMNS, committedMa, dischargeableMa, type SitePlan } from '#domain/load-balancing';
import type { Output } from '#service';
import { withoutQuiet } from './outcomes.js';
import { capOn, queuesOf } from './reasons.js';
import { networkOf, type SiteState, stationsOf, withStation } from './state.js';

/** `told` is the state with the plan's grants in it: their currents count from now on. */
export function decisionsOf(before: SiteState, told: SiteState, plan: SitePlan): readonly Output[] {
  const evses = changedEvses(told, plan);
  const nodes = changedNodes(told, plan);
  const decided: Output[] =
    evses.length + nodes.length === 0 ? [] : [{ topic: 'balancing-events', type: 'LimitsDecided', data: { evses, nodes } }];
  return [...decided, ...shortfallsOf(before, plan)];
}

function changedEvses(state: SiteState, plan: SitePlan): readonly EvseLimit[] {
  const queueOf = queuesOf(state, plan);
  const wants = new Map(plan.wanted.map((each) => [`${each.stationId}/${each.evseId}`, each]));
  return stationsOf(state).flatMap((station) =>
    station.ledger.evses.flatMap((evse) => {
      const { config, ledger, shown: last } = station;
      const { stationId } = ledger;
      const want = wants.get(`${stationId}/${evse.evseId}`);
      const limitMa = want?.limitMa ?? evse.safeMa;
      const committed = committedMa(ledger, evse, state.nowMs, false);
      const dischargeMa = dischargeableMa(ledger, evse, state.nowMs);
      const behind = queueOf(want);
      const outlet = config.evses.find(({ evseId }) => evseId === evse.evseId);
      const cap = want && capOn(evse, station, outlet, limitMa, state.nowMs);
      const was = last[evse.evseId];
      const isSame =
        was?.limitMa === limitMa &&
        was.committedMa === committed &&
        (was.dischargeMa ?? 0) === dischargeMa &&
        was.reason?.nodeId === want?.reason?.nodeId &&
        was.reason?.phase === want?.reason?.phase &&
        was.reason?.isFirm === want?.reason?.isFirm &&
        was.heldBy === want?.heldBy &&
        was.behind?.join() === behind?.join() &&
        was.cap?.limitMa === cap?.limitMa &&
        was.cap?.by === cap?.by;
      if (isSame) return [];
      const now: EvseLimit = {
        stationId,
        evseId: evse.evseId,
        limitMa,
        committedMa: committed,
        ...(dischargeMa > 0 && { dischargeMa }),
        ...(want?.reason && { reason: want.reason }),
        ...(want?.heldBy && { heldBy: want.heldBy }),
        ...(behind && { behind }),
        ...(cap && { cap }),
      };
      return [now];
    }),
  );
}

const PHASES = [0, 1, 2] as const;

function changedNodes(state: SiteState, { capacity, committed, allocated }: SitePlan): readonly NodeLoad[] {
  const ma = (values: Float64Array, index: number, phase: number): number => {
    const value = values[index * COLUMNS + phase] as number;
    return Number.isFinite(value) ? value : 0;
  };
  const phases = (values: Float64Array, index: number): number[] => PHASES.map((phase) => ma(values, index, phase));
  const same = (values: Float64Array, index: number, was: readonly number[] | undefined): boolean =>
    PHASES.every((phase) => ma(values, index, phase) === was?.[phase]);
  return (networkOf(state)?.nodes ?? []).flatMap(({ nodeId }, index) => {
    const was = state.nodes[nodeId];
    const isSame =
      same(capacity, index, was?.limitMa) && same(allocated, index, was?.allocatedMa) && same(committed, index, was?.committedMa);
    return isSame
      ? []
      : [{ nodeId, limitMa: phases(capacity, index), allocatedMa: phases(allocated, index), committedMa: phases(committed, index) }];
  });
}

function shortfallsOf({ shortfalls: last }: SiteState, { shortfalls }: SitePlan): readonly Output[] {
  const report = (data: ShortfallReported): Output => ({ topic: 'balancing-events', type: 'ShortfallReported', data });
  const now = new Set(shortfalls.map(({ nodeId, phase }) => `${nodeId}/${phase}`));
  const over = last
    .filter((column) => !now.has(column))
    .map((column) => {
      const slash = column.lastIndexOf('/');
      return report({ nodeId: column.slice(0, slash), phase: column.slice(slash + 1), limitMa: 0, committedMa: 0, isOver: true });
    });
  const begun = shortfalls.filter(
    ({ nodeId, phase }, index) =>
      !last.includes(`${nodeId}/${phase}`) && shortfalls.findIndex((each) => each.nodeId === nodeId && each.phase === phase) === index,
  );
  return [...over, ...begun.map((shortfall) => report({ ...shortfall, isOver: false }))];
}

/** Remembers what was told. */
export function shown(state: SiteState, { evses, nodes }: LimitsDecided): SiteState {
  const told = evses.reduce(
    (changed, evse) =>
      withStation(changed, evse.stationId, (station) => ({ ...station, shown: { ...station.shown, [evse.evseId]: evse } })),
    state,
  );
  return { ...told, nodes: { ...state.nodes, ...Object.fromEntries(nodes.map((node) => [node.nodeId, node])) } };
}

/** Where it begins, nobody's decrease waits for the time after a failed attempt: the next plan, a moment later, is for all. */
export function fellShort(state: SiteState, { nodeId, phase, isOver }: ShortfallReported): SiteState {
  const column = `${nodeId}/${phase}`;
  const others = state.shortfalls.filter((each) => each !== column);
  return isOver ? { ...state, shortfalls: others } : withoutQuiet({ ...state, shortfalls: [...others, column] }, state.nowMs + 1);
}
