// A process that is killed or stopped at one of its calls to the world: before it, or when it was done and nobody heard.
// What runs in it, and what has to be true afterwards, is the test's.
import type { Database, EventLog, LogRecord, Sql, World } from '#ports';

export const KILLED = new Error('killed');

/** The world as one process sees it: after so many calls it is killed before the call or just after it, or stopped until it is woken. */
export class MortalProcess {
  readonly world: World;
  isDead = false;
  isStopped = false;
  #left: number;
  readonly #wakeUp = Promise.withResolvers<void>();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(
    log: EventLog,
    database: Database,
    calls: number,
    readonly end: 'killedBefore' | 'killedAfter' | 'stopped',
  ) {
    this.#left = calls;
    const through = (sql: Sql, mayStop: boolean): Sql => ({ query: (text, values) => this.call(() => sql.query(text, values), mayStop) });
    this.world = {
      clock: {
        now: () => 0,
        after(_delayMs: number, task: () => void) {
          setImmediate(task);
          return () => undefined;
        },
      },
      log: {
        partitionCount: (topic: string) => log.partitionCount(topic),
        partitionOf: (topic: string, key: string) => log.partitionOf(topic, key),
        append: (topic: string, records: LogRecord[]) => this.call(() => log.append(topic, records)),
        head: (topic: string, partition: number) => this.call(() => log.head(topic, partition)),
        read: (topic: string, partition: number, from: number, to: number) => log.read(topic, partition, from, to),
      },
      database: {
        ...through(database, true),
        // A process that is stopped inside a transaction would hold up an embedded database with it.
        inTransaction: <T>(work: (tx: Sql) => Promise<T>) => this.call(() => database.inTransaction((tx) => work(through(tx, false)))),
      },
    } as unknown as World;
  }

  wakeUp(): void {
    this.#wakeUp.resolve();
  }

  kill(): void {
    this.isDead = true;
    this.wakeUp();
  }

  /** Resolves when what it had asked for has been done: a database that is copied or restored has nobody left who writes. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** One call to the world. Rejects with KILLED from its end on. */
  async call<T>(work: () => Promise<T>, mayStop = true): Promise<T> {
    if (this.isDead) throw KILLED;
    const isLast = this.#left-- === 0;
    if (isLast && this.end === 'killedBefore') this.kill();
    if (this.#left < 0 && this.end === 'stopped' && mayStop && !this.isStopped) {
      this.isStopped = true;
      await this.#wakeUp.promise;
    }
    if (this.isDead) throw KILLED;
    const doing = work();
    this.#underWay.add(doing);
    const result = await doing.finally(() => this.#underWay.delete(doing));
    if (isLast && this.end === 'killedAfter') this.kill();
    if (this.isDead) throw KILLED;
    return result;
  }
}
