// P6 from the copper's side: at every instant, per node and phase, what obedient stations draw stays below the limit that binds then, beside the ratings
// of outlets that were found not to obey. It knows the wiring and the limits as announced, and asks nobody but the stations.
import type { Fleet } from '#apps/simulator';
import type { LogRecord } from '#ports';
import type { Plan, PlannedLimit } from './plan.js';
import { type Rogue, Rogues } from './rogues.js';

export interface Excess {
  readonly atMs: number;
  readonly siteId: string;
  readonly nodeId: string;
  readonly phase: string;
  readonly drawnMa: number;
  readonly limitMa: number;
  /** Who draws what on that phase [mA]. */
  readonly by: Readonly<Record<string, number>>;
  /** Who counts with its rating there: what they draw is not in `drawnMa`, what they might draw not in `limitMa`. */
  readonly beside: readonly Rogue[];
}

interface Draw {
  readonly atMs: number;
  readonly stationId: string;
  readonly evseId: number;
  readonly currentsMa: Readonly<Record<string, number>>;
}

interface Node {
  readonly siteId: string;
  readonly nodeId: string;
  readonly limitMa: number;
  readonly isRoot: boolean;
  /** By phase, of stations that obey. */
  readonly drawnMa: Record<string, number>;
}

const PHASES = ['L1', 'L2', 'L3'];
/** What DESIGN P6 grants a limit to take hold: 30 s when all is well, else the longest lease and the skew bound besides. */
const TAKES_HOLD_MS = 30_000;
const SKEW_BOUND_MS = 60_000;

export class PowerAudit {
  readonly #excesses: Excess[] = [];
  /** What all stations drew, integrated [mA·ms over all phases]: a run that delivers nothing proves nothing. */
  deliveredMaMs = 0;
  readonly disobedient = new Set<string>();
  readonly #nodes = new Map<string, readonly Node[]>();
  readonly #last = new Map<string, Readonly<Record<string, number>>>();
  readonly #announced = new Map<string, { readonly limit: PlannedLimit; readonly bindsMs: number }[]>();
  readonly #rogues: Rogues;
  #pending: Draw[] = [];
  #totalMa = 0;
  #seenMs: number;

  constructor(
    private readonly plan: Plan,
    private readonly fleet: Fleet,
    /** Until then stations are being commissioned: nobody could have told them anything. */
    private readonly fromMs: number,
    /** A process whose clock is as far ahead takes a limit for over that much early. */
    private readonly clockErrorMs: number,
  ) {
    this.#seenMs = plan.startMs;
    const configs = plan.stations.map(({ config }) => config);
    this.#rogues = new Rogues(configs, TAKES_HOLD_MS, plan.leaseMs + SKEW_BOUND_MS);
    for (const { siteId, root } of plan.sites) {
      const nodes = [root, ...(root.children ?? [])].map(
        ({ nodeId, limitA }): Node => ({
          siteId,
          nodeId,
          limitMa: (limitA as number) * 1000,
          isRoot: nodeId === root.nodeId,
          drawnMa: { L1: 0, L2: 0, L3: 0 },
        }),
      );
      for (const { config } of plan.stations.filter((station) => station.config.siteId === siteId))
        this.#nodes.set(
          config.stationId,
          nodes.filter(({ isRoot, nodeId }) => isRoot || nodeId === config.nodeId),
        );
    }
    for (const station of fleet.stations)
      station.listen((event) => {
        if (event.type !== 'Drawing') return;
        const { at, evseId, currentsMa } = event;
        this.#pending.push({ atMs: at, stationId: station.stationId, evseId, currentsMa });
      });
  }

  /** A record was stored. */
  stored(record: LogRecord, nowMs: number, isWell: boolean): void {
    this.#rogues.stored(record, nowMs, isWell);
  }

  /** In the end, when it is known of all outlets until when they did not obey. */
  excesses(): readonly Excess[] {
    return this.#excesses.filter(({ atMs, beside }) => beside.every(({ overMs }) => atMs < overMs));
  }

  /** The utility's limit was handed in now. */
  announced(limit: PlannedLimit, isWell: boolean): void {
    const line = this.#announced.get(limit.siteId) ?? [];
    this.#announced.set(limit.siteId, line);
    const late = isWell ? 0 : this.plan.leaseMs + SKEW_BOUND_MS;
    line.push({ limit, bindsMs: limit.announcedMs + TAKES_HOLD_MS + late });
  }

  /** Trouble began at `atMs`: limits that were taking hold get the longer time. */
  troubled(atMs: number): void {
    this.#rogues.troubled(atMs);
    for (const line of this.#announced.values())
      for (const [index, { limit, bindsMs }] of line.entries())
        if (atMs < bindsMs && bindsMs === limit.announcedMs + TAKES_HOLD_MS)
          line[index] = { limit, bindsMs: bindsMs + this.plan.leaseMs + SKEW_BOUND_MS };
  }

  /** Looks at everything drawn up to `nowMs`. */
  check(nowMs: number): void {
    this.fleet.draws(); // lets every installation reach the present
    const fromMs = this.#seenMs;
    const draws = Map.groupBy(this.#pending, ({ atMs }) => atMs);
    this.#pending = [];
    const everywhere = new Set([...this.#lowered(), nowMs].filter((atMs) => atMs > fromMs && atMs <= nowMs));
    for (const atMs of [...new Set([...draws.keys(), ...everywhere])].sort((a, b) => a - b)) {
      this.#pass(atMs);
      const touched = new Set<Node>(everywhere.has(atMs) ? [...this.#nodes.values()].flat() : []);
      for (const draw of draws.get(atMs) ?? []) this.#apply(draw, touched);
      for (const node of touched) this.#judge(node, atMs);
    }
  }

  /** When less is allowed than before without anybody drawing anything else: a limit binds, an outlet counts with its rating, or all is commissioned [ms]. */
  #lowered(): readonly number[] {
    return [this.fromMs, ...[...this.#announced.values()].flat().map(({ bindsMs }) => bindsMs), ...this.#rogues.bindMs()];
  }

  #pass(atMs: number): void {
    this.deliveredMaMs += this.#totalMa * Math.max(0, atMs - this.#seenMs);
    this.#seenMs = Math.max(this.#seenMs, atMs);
  }

  #apply({ stationId, evseId, currentsMa }: Draw, touched: Set<Node>): void {
    const key = `${stationId}/${evseId}`;
    const before = this.#last.get(key) ?? {};
    this.#last.set(key, currentsMa);
    for (const phase of PHASES) {
      const change = (currentsMa[phase] ?? 0) - (before[phase] ?? 0);
      if (change === 0) continue;
      this.#totalMa += change;
      if (this.disobedient.has(stationId)) continue;
      for (const node of this.#nodes.get(stationId) ?? []) {
        node.drawnMa[phase] = (node.drawnMa[phase] ?? 0) + change;
        touched.add(node);
      }
    }
  }

  #judge(node: Node, atMs: number): void {
    if (atMs < this.fromMs) return;
    const limitMa = this.#limitMa(node, atMs);
    const rogues = this.#rogues.at(atMs).filter(({ stationId }) => this.#nodes.get(stationId)?.includes(node));
    for (const phase of PHASES) {
      const drawnMa = node.drawnMa[phase] ?? 0;
      const at = { atMs, siteId: node.siteId, nodeId: node.nodeId, phase };
      if (drawnMa > limitMa) this.#excess({ ...at, drawnMa, limitMa, beside: [] });
      const beside = rogues.filter(({ phases }) => phases.includes(phase));
      if (beside.length === 0) continue;
      const othersMa = drawnMa - sum(beside.map((rogue) => this.#obedientMa(rogue, phase)));
      const leftMa = Math.max(0, limitMa - sum(beside.map(({ ratingMa }) => ratingMa)));
      if (othersMa > leftMa) this.#excess({ ...at, drawnMa: othersMa, limitMa: leftMa, beside });
    }
  }

  /** What an outlet that was found not to obey has in the account of those who do. */
  #obedientMa({ stationId, evseId }: Rogue, phase: string): number {
    return this.disobedient.has(stationId) ? 0 : (this.#last.get(`${stationId}/${evseId}`)?.[phase] ?? 0);
  }

  /** One a minute for each node and phase is enough to know. */
  #excess(excess: Omit<Excess, 'by'>): void {
    const { siteId, nodeId, phase, atMs, beside } = excess;
    const isTold = this.#excesses.some(
      (other) =>
        other.siteId === siteId &&
        other.nodeId === nodeId &&
        other.phase === phase &&
        other.beside.length === beside.length &&
        atMs - other.atMs < 60_000,
    );
    if (isTold) return;
    const by = [...this.#last].flatMap(([key, currentsMa]): [string, number][] => {
      const ofNode = this.#nodes.get(key.slice(0, key.indexOf('/')))?.some((node) => node.siteId === siteId && node.nodeId === nodeId);
      return ofNode && currentsMa[phase] ? [[key, currentsMa[phase]]] : [];
    });
    this.#excesses.push({ ...excess, by: Object.fromEntries(by) });
  }

  /** The newest announced limit binds once it has taken hold; until then the one before it, or the higher of the two. */
  #limitMa({ siteId, isRoot, limitMa }: Node, atMs: number): number {
    if (!isRoot) return limitMa;
    let binding = limitMa;
    for (const { limit, bindsMs } of this.#announced.get(siteId) ?? []) {
      const told = Math.min(limitMa, limit.limitA * 1000);
      if (atMs >= limit.untilMs - this.clockErrorMs) binding = limitMa;
      else if (atMs >= bindsMs) binding = told;
      else if (atMs >= limit.announcedMs) binding = Math.max(binding, told);
    }
    return binding;
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
