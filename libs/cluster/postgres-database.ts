// Rows in PostgreSQL or TimescaleDB through a pool. Everything in them can be rebuilt from the log.
// Tables and migrations belong to the services.
import pg from 'pg';
import { type Database, PortError, type QueryResult, type Sql } from '#ports';
import { rowTypes } from '#system';
import { postgresConnection } from './postgres-connection.js';
import type { OnTrouble } from './trouble.js';

export interface PostgresOptions {
  readonly url: string;
  /** Connections of this process; default 10. */
  readonly connections?: number;
  readonly onTrouble: OnTrouble;
}

/**
 * A process that stops between two statements loses its transaction after this, and with it the locks that keep another from taking its
 * partitions (ADR 0008). Below the time after which a consumer group gives partitions away.
 */
const IDLE_TRANSACTION_MS = 8_000;

/** Rejects with PortError `DatabaseUnavailable` (retriable) when the server does not answer; statements reject with their SQLSTATE as `code`. */
export async function postgresDatabase({ url, connections = 10, onTrouble }: PostgresOptions): Promise<Database> {
  const pool = new pg.Pool({
    ...postgresConnection(url),
    max: connections,
    options: `-c TimeZone=UTC -c idle_in_transaction_session_timeout=${IDLE_TRANSACTION_MS}`,
    application_name: 'joulestream',
    types: rowTypes,
  });
  pool.on('error', (error) => onTrouble({ server: 'postgres', message: 'an idle connection failed', error }));
  try {
    await reachable(pool.query('select 1'));
    return new PostgresDatabase(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

class PostgresDatabase implements Database {
  readonly #pool: pg.Pool;
  #closing: Promise<void> | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
    return this.#closing === undefined ? send<Row>(this.#pool, text, values) : Promise.reject(closed());
  }

  async inTransaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closed();
    const client = await reachable(this.#pool.connect());
    let running = true;
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    const tx: Sql = {
      query: (text, values) => (running ? send(client, text, values) : Promise.reject(new Error('this transaction has ended'))),
    };
    try {
      await send(client, 'BEGIN');
      const result = await work(tx);
      running = false;
      const { command } = await reachable(client.query('COMMIT'));
      if (command !== 'COMMIT') throw new PortError('TransactionAborted', 'a statement had failed, so nothing was committed', false);
      return result;
    } catch (error) {
      running = false;
      await client.query('ROLLBACK').catch((second: Error) => {
        broken ??= second; // the connection is given up, and the server rolls back by itself
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }
}

const closed = (): PortError => new PortError('DatabaseClosed', 'the database is closed', false);

async function send<Row>(to: pg.Pool | pg.PoolClient, text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
  const { rows, rowCount } = await reachable(values === undefined ? to.query(text) : to.query(text, [...values]));
  return { rows: rows as readonly Row[], rowCount: rowCount ?? 0 };
}

const CONNECTION_FAILURES = /^(08...|57P0[1-5]|53300)$/;

/** Errors of the server keep their SQLSTATE; a server that is away or going away is named as such. */
export async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code !== undefined && !CONNECTION_FAILURES.test(code)) throw error;
    throw new PortError('DatabaseUnavailable', 'PostgreSQL did not answer', true, { cause: error });
  }
}
