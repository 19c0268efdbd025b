// Outlets of which the owner of their site has said that they do not follow their limits: from then on each counts with its rating (DESIGN P6).
// What is drawn beside them is held against the limit in power-audit.ts; whether the owner finds them at all is never-exceed.spec's.
import type { StationConfig } from '#domain/load-balancing';
import type { LogRecord } from '#ports';

export interface Rogue {
  readonly stationId: string;
  readonly evseId: number;
  readonly ratingMa: number;
  readonly phases: readonly string[];
  readonly foundMs: number;
  /** From then on others have made room for it. */
  bindsMs: number;
  /** When it was found to follow its limits again, by the record that says so: that may be published late. */
  overMs: number;
}

const LINES = ['L1', 'L2', 'L3'];

export class Rogues {
  readonly #known: Rogue[] = [];

  constructor(
    private readonly stations: readonly StationConfig[],
    private readonly takesHoldMs: number,
    /** What is added where something was down meanwhile. */
    private readonly lateMs: number,
  ) {}

  /** A record was stored. */
  stored({ headers, value }: LogRecord, nowMs: number, isWell: boolean): void {
    if (headers.ce_type !== 'LimitAlarmReported') return;
    const { stationId, evseId, kind, isOver } = JSON.parse(value) as {
      readonly [Name in 'stationId' | 'kind']: string;
    } & { readonly evseId: number; readonly isOver: boolean };
    if (kind !== 'ignores') return;
    const last = this.#known.findLast((rogue) => rogue.stationId === stationId && rogue.evseId === evseId);
    const saidMs = Date.parse(headers.ce_time ?? '');
    if (isOver) {
      if (last !== undefined) last.overMs = Math.min(last.overMs, saidMs);
      return;
    }
    const evse = this.stations.find((each) => each.stationId === stationId)?.evses.find((each) => each.evseId === evseId);
    // It may be published again.
    if (evse === undefined || (last !== undefined && last.overMs > saidMs)) return;
    const phases = evse.phases === 3 ? LINES : (evse.phases as readonly string[]);
    const bindsMs = nowMs + this.takesHoldMs + (isWell ? 0 : this.lateMs);
    this.#known.push({ stationId, evseId, ratingMa: evse.maxA * 1000, phases, foundMs: nowMs, bindsMs, overMs: Number.POSITIVE_INFINITY });
  }

  /** Trouble began: others need longer to make room. */
  troubled(atMs: number): void {
    for (const rogue of this.#known)
      if (atMs < rogue.bindsMs && rogue.bindsMs === rogue.foundMs + this.takesHoldMs) rogue.bindsMs += this.lateMs;
  }

  /** When each of them begins to count [ms]. */
  bindMs(): readonly number[] {
    return this.#known.map(({ bindsMs }) => bindsMs);
  }

  /** Those that count at `atMs`, as far as is known now. */
  at(atMs: number): readonly Rogue[] {
    return this.#known.filter(({ bindsMs, overMs }) => bindsMs <= atMs && atMs < overMs);
  }
}
