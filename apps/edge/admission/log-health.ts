// Whether the log takes records, per partition, judged by the appends themselves; and who may probe one that does not.
// What follows (503, closing sockets) is decided by the listener and the connections.

const PROBE_INTERVAL_MS = 1_000;

interface PartitionHealth {
  /** Start times of unanswered appends by ticket, oldest first. */
  readonly unanswered: Map<number, number>;
  failingSince: number | undefined;
  lastSuccess: number;
}

/** Bookkeeping only: times come in, no clock is read. */
export class LogHealth {
  readonly #partitions = new Map<number, PartitionHealth>();
  readonly #unhealthyAfterMs: number;
  #tickets = 0;
  #lastProbe = Number.NEGATIVE_INFINITY;

  constructor(unhealthyAfterMs: number) {
    this.#unhealthyAfterMs = unhealthyAfterMs;
  }

  started(partition: number, nowMs: number): number {
    const ticket = ++this.#tickets;
    this.#of(partition).unanswered.set(ticket, nowMs);
    return ticket;
  }

  succeeded(partition: number, ticket: number, nowMs: number): void {
    const health = this.#of(partition);
    health.unanswered.delete(ticket);
    health.failingSince = undefined;
    health.lastSuccess = nowMs;
  }

  failed(partition: number, ticket: number, nowMs: number): void {
    const health = this.#of(partition);
    health.unanswered.delete(ticket);
    health.failingSince ??= nowMs;
  }

  /** No attempt counts as healthy; the first success reopens. */
  isHealthy(partition: number, nowMs: number): boolean {
    const health = this.#partitions.get(partition);
    if (health === undefined) return true;
    const [oldest] = health.unanswered.values();
    const silentSince = oldest === undefined ? nowMs : Math.max(oldest, health.lastSuccess);
    return nowMs - Math.min(health.failingSince ?? nowMs, silentSince) <= this.#unhealthyAfterMs;
  }

  /** True for one caller per second and edge: its append tries whether an unhealthy partition has come back. */
  mayProbe(nowMs: number): boolean {
    if (nowMs - this.#lastProbe < PROBE_INTERVAL_MS) return false;
    this.#lastProbe = nowMs;
    return true;
  }

  #of(partition: number): PartitionHealth {
    let health = this.#partitions.get(partition);
    if (health === undefined) {
      health = { unanswered: new Map(), failingSince: undefined, lastSuccess: Number.NEGATIVE_INFINITY };
      this.#partitions.set(partition, health);
    }
    return health;
  }
}
