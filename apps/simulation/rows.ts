// The rows as a server on the other end of a network: transactions with row locks, crashes at any statement, commits nobody hears of.
// It understands exactly the statements that libs/service writes (statements.ts, ADR 0023) and refuses every other by name.
import { type Database, PortError, type QueryResult, type Sql } from '#ports';
import type { Life } from './process.js';
import { Tables, understand } from './statements.js';
import type { Timeline } from './timeline.js';
import type { Weather } from './weather.js';

const TIMEOUT_MS = 5_000;
/** Until the server notices that a client is gone, and gives its locks back. */
const ORPHANED_MS = 1_000;

class RowsUnavailable extends PortError {
  constructor() {
    super('RowsUnavailable', 'the database cannot be reached', true);
  }
}

export interface CommittedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly rows: readonly unknown[];
  readonly rowCount: number;
}

interface Transaction {
  readonly life: Life;
  readonly statements: CommittedStatement[];
  /** Applied together at the commit. */
  readonly writes: (() => void)[];
  readonly locks: Set<string>;
}

export class Rows {
  readonly tables = new Tables();
  /** Told of what was committed, in that order. */
  onCommitted: ((statements: readonly CommittedStatement[]) => void) | undefined;
  readonly #lockedBy = new Map<string, Transaction>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #open = new WeakMap<Life, Set<Transaction>>();

  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
  ) {}

  /** The rows as one process sees them. */
  port(life: Life): Database {
    const single = <Row>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>> =>
      this.#transaction(life, (tx) => tx.query<Row>(text, values));
    return {
      query: (text, values = []) => single(text, values),
      inTransaction: (work) => this.#transaction(life, work),
      close: async () => {},
    };
  }

  async #transaction<T>(life: Life, work: (tx: Sql) => Promise<T>): Promise<T> {
    const tx: Transaction = { life, statements: [], writes: [], locks: new Set() };
    this.#openOf(life).add(tx);
    this.weather.reached(life.name, 'begin');
    try {
      const result = await work({ query: (text, values = []) => this.#statement(tx, text, values) as never });
      await this.#commit(tx);
      return result;
    } catch (error) {
      this.#unlock(tx);
      throw error;
    } finally {
      this.#openOf(life).delete(tx);
    }
  }

  #openOf(life: Life): Set<Transaction> {
    const known = this.#open.get(life);
    if (known !== undefined) return known;
    const open = new Set<Transaction>();
    this.#open.set(life, open);
    life.onDeath(() => this.timeline.after(ORPHANED_MS, () => open.forEach((tx) => void this.#unlock(tx))));
    return open;
  }

  async #statement(tx: Transaction, text: string, values: readonly unknown[]): Promise<QueryResult<unknown>> {
    await this.#reach(tx.life);
    const statement = understand(text, values);
    if (statement.lock !== undefined) await this.#lock(tx, statement.lock);
    const { result, write } = statement.run(this.tables);
    if (write !== undefined) tx.writes.push(write);
    if (this.onCommitted !== undefined) tx.statements.push({ text, values, ...result });
    return result;
  }

  /** The commit happens when its message arrives, whoever hears of it. */
  #commit(tx: Transaction): Promise<void> {
    const { life } = tx;
    return new Promise((resolve, reject) => {
      if (tx.writes.length === 0) {
        this.onCommitted?.(tx.statements);
        this.#unlock(tx);
        resolve();
        return;
      }
      const cancel = life.after(TIMEOUT_MS, () => reject(new RowsUnavailable()));
      this.timeline.after(this.weather.latency(), () => {
        if (this.weather.isCut(life.name, 'rows')) {
          this.#unlock(tx);
          return;
        }
        for (const write of tx.writes) write();
        this.onCommitted?.(tx.statements);
        this.#unlock(tx);
        this.weather.reached(life.name, 'commit');
        this.timeline.after(this.weather.latency(), () => {
          if (this.weather.isCut(life.name, 'rows')) return;
          life.run(() => {
            cancel();
            resolve();
          });
        });
      });
    });
  }

  async #reach(life: Life): Promise<void> {
    await life.sleep(this.weather.latency() / 4);
    if (!this.weather.isCut(life.name, 'rows')) return;
    await life.sleep(TIMEOUT_MS);
    throw new RowsUnavailable();
  }

  async #lock(tx: Transaction, key: string): Promise<void> {
    while (this.#lockedBy.get(key) !== undefined && this.#lockedBy.get(key) !== tx) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const line = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, line);
      line.push(() => tx.life.run(resolve));
      await promise;
    }
    this.#lockedBy.set(key, tx);
    tx.locks.add(key);
  }

  #unlock(tx: Transaction): void {
    for (const key of tx.locks) {
      this.#lockedBy.delete(key);
      for (const wake of this.#waiting.get(key)?.splice(0) ?? []) wake();
    }
    tx.locks.clear();
  }
}
