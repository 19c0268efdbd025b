// What was above a limit within a window of time: episodes as rows have them, and how long and how much that was, in all and by node.
// Why each was is in its reasons; finding them is load balancing's.

type Json = Record<string, unknown>;

export interface Violation {
  readonly nodeId: string;
  readonly phase: string;
  /** `export`: more was fed back than allowed. */
  readonly direction: 'import' | 'export';
  readonly since: Date;
  readonly endedAt: Date | null;
  readonly countedAt: Date;
  readonly limitMa: number;
  readonly flowMa: number;
  readonly seconds: number;
  readonly energyAboveWh: number;
  readonly reasons: readonly { readonly kind: string }[];
}

/** `episodes` overlap [fromMs, toMs); those that reach out of it count with the part inside, their energy as if it had flowed evenly. */
export function violationsWithin(episodes: readonly Violation[], fromMs: number, toMs: number): Json {
  const inside = episodes.map((episode) => {
    const { since, endedAt, countedAt, seconds, energyAboveWh } = episode;
    const startMs = Math.max(fromMs, since.getTime());
    const endMs = Math.max(startMs, Math.min(toMs, (endedAt ?? countedAt).getTime()));
    const insideS = (endMs - startMs) / 1000;
    const share = seconds > 0 ? Math.min(1, insideS / seconds) : 0;
    return { episode, startMs, endMs, seconds: insideS, energyAboveWh: energyAboveWh * share };
  });
  const nodes = [...Map.groupBy(inside, ({ episode: { nodeId, phase, direction } }) => `${nodeId} ${phase} ${direction}`).values()].map(
    (each) => ({
      nodeId: each[0]?.episode.nodeId,
      phase: each[0]?.episode.phase,
      direction: each[0]?.episode.direction,
      seconds: sumOf(each, ({ seconds }) => seconds),
      energyAboveWh: Math.round(sumOf(each, ({ energyAboveWh }) => energyAboveWh) * 1000) / 1000,
    }),
  );
  return {
    seconds: unionS(inside),
    isExplained: episodes.every(({ reasons }) => reasons.some(({ kind }) => kind !== 'unknown')),
    nodes: nodes.toSorted((a, b) => b.seconds - a.seconds),
    episodes: episodes.map(shown),
  };
}

function shown({ countedAt: _seen, limitMa, flowMa, reasons, ...episode }: Violation): Json {
  return { ...episode, limitA: limitMa / 1000, flowA: flowMa / 1000, reasons: reasons.map(reasonShown) };
}

/** Amperes and times instead of milliamperes and milliseconds. */
export function reasonShown(reason: Readonly<Json>): Json {
  return Object.fromEntries(
    Object.entries(reason).map(([name, value]) => {
      if (name.endsWith('Ma') && typeof value === 'number') return [`${name.slice(0, -2)}A`, value / 1000];
      if (name.endsWith('Ms') && typeof value === 'number') return [`${name.slice(0, -2)}At`, new Date(value).toISOString()];
      return [name, value];
    }),
  );
}

const sumOf = <T>(all: readonly T[], of: (each: T) => number): number => all.reduce((sum, each) => sum + of(each), 0);

/** Time covered by any of them [s]. */
function unionS(spans: readonly { readonly startMs: number; readonly endMs: number }[]): number {
  let [coveredMs, reachedMs] = [0, Number.NEGATIVE_INFINITY];
  for (const { startMs, endMs } of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    coveredMs += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return coveredMs / 1000;
}
