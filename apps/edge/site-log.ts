// Every append of an edge goes through here: which partition it touches, how long it takes, whether the log is well.
// What a failed append means for a socket is the connection's business.
import type { Clock, EventLog, NewRecord, Position } from '#ports';
import { LogHealth } from './admission/log-health.js';

const TOPIC = 'site-events';

export class SiteLog {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly health: LogHealth;

  constructor(log: EventLog, clock: Clock, unhealthyAfterMs: number) {
    this.#log = log;
    this.#clock = clock;
    this.health = new LogHealth(unhealthyAfterMs);
  }

  partitionOf(siteKey: string): number {
    return this.#log.partitionOf(TOPIC, siteKey);
  }

  /** Records of one site. Resolves with their positions when all are durable. Rejects with LogUnavailable. */
  async append(partition: number, records: readonly NewRecord[]): Promise<readonly Position[]> {
    const ticket = this.health.started(partition, this.#clock.now());
    try {
      const positions = await this.#log.append(TOPIC, records);
      this.health.succeeded(partition, ticket, this.#clock.now());
      return positions;
    } catch (error) {
      this.health.failed(partition, ticket, this.#clock.now());
      throw error;
    }
  }
}
