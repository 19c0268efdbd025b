// Rows in PGlite: PostgreSQL compiled to WebAssembly, one session in a thread, spoken to by the same `pg` client as a real server.
// What the files are worth after a crash is in cluster-files.ts; everything in here can be rebuilt from the log.
// PGlite has none of PostgreSQL's processes beside the sessions: what they would do now and then is done here.
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { type Cancel, type Clock, type Database, PortError, type QueryResult, type Sql } from '#ports';
import { rowTypes, systemClock } from '#system';
import { BUILT_TEMPLATE, ClusterFiles } from './cluster-files.js';
import { lockDirectory } from './directory-lock.js';
import { makeDirectory } from './durable-files.js';
import { PgliteServer, PgliteSocket } from './pglite-server.js';
import { warnProcess } from './process-warning.js';
import { SerialQueue } from './serial-queue.js';

export interface EmbeddedDatabaseOptions {
  readonly clock?: Clock;
  /** How often tables with many dead rows are vacuumed and analysed. Default 60,000. */
  readonly vacuumEveryMs?: number;
  /** Nothing of it is to be there after this process: no file is synced. Default false. */
  readonly isScratch?: boolean;
  /** An empty cluster to begin with; made by `makeTemplate`. Default: the one the build made, if it did. */
  readonly template?: string;
  /** What is kept in the rows, by any name: rows that were written under another one are not opened, but begun anew. Absent: whatever they are. */
  readonly rows?: string;
  /** Told of a vacuum that failed and of files that could not be opened; default: a process warning. */
  readonly onProblem?: (error: unknown) => void;
  /** Told once, when PostgreSQL has ended by itself: nothing reads or writes rows in this process any more. PortError `DatabaseLost`; default: as any other problem. */
  readonly onLost?: (error: PortError) => void;
}

export interface EmbeddedDatabase extends Database {
  /** Does for each table what autovacuum would find due. */
  vacuum(): Promise<void>;
  /** A checkpoint where the checkpointer would find one due; otherwise what was committed until now is on the disk, as the WAL writer would have it. */
  settle(): Promise<void>;
  /** Where the rows came from at open: from the run before, whatever end it had, or from nowhere. */
  readonly origin: 'kept' | 'empty';
}

/** One process per directory: the next one gets PortError `DirectoryInUse`. Answers in well under a second, or in three where PostgreSQL has to be initialised first. */
export async function embeddedDatabase(directory: string, options: EmbeddedDatabaseOptions = {}): Promise<EmbeddedDatabase> {
  makeDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const { isScratch = false, onProblem = warnProcess } = options;
    const files = new ClusterFiles(directory, options.rows);
    const { server, origin } = await startServer(files, options);
    const kept = origin === 'kept' || isScratch ? undefined : files.keep().catch(onProblem);
    const client = new pg.Client({ stream: () => new PgliteSocket(server), user: 'postgres', database: 'postgres', types: rowTypes });
    const onLost = options.onLost ?? onProblem;
    client.once('error', (cause) => {
      client.on('error', onProblem);
      onLost(new PortError('DatabaseLost', 'PostgreSQL in this process has ended: a start anew goes on from the log', false, { cause }));
    });
    await client.connect();
    const stop = async (): Promise<void> => {
      try {
        await kept;
        await server.stop();
      } finally {
        lock.release();
      }
    };
    return new PgliteDatabase(client, origin, stop, { clock: systemClock, vacuumEveryMs: 60_000, ...options, onProblem });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Makes an empty cluster in `directory`, in a thread of its own that takes initdb's memory with it. */
export async function makeTemplate(directory: string): Promise<void> {
  await (await PgliteServer.start({ dataDirectory: directory, isScratch: true })).stop();
}

async function startServer(
  files: ClusterFiles,
  { template = BUILT_TEMPLATE, isScratch = false, onProblem = warnProcess }: EmbeddedDatabaseOptions,
): Promise<{ readonly server: PgliteServer; readonly origin: EmbeddedDatabase['origin'] }> {
  const start = (): Promise<PgliteServer> => {
    files.configure(isScratch);
    return PgliteServer.start({ dataDirectory: files.data, isScratch });
  };
  if (files.isKept())
    try {
      return { server: await start(), origin: 'kept' };
    } catch (error) {
      onProblem(error); // begun anew: the log has everything that was in it
    }
  await files.begin(template, makeTemplate);
  return { server: await start(), origin: 'empty' };
}

type Settled = Required<Pick<EmbeddedDatabaseOptions, 'clock' | 'vacuumEveryMs' | 'onProblem'>> &
  Pick<EmbeddedDatabaseOptions, 'isScratch'>;

const VACUUM_DUE = `
  select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup`;

/** How much there is in the write-ahead log that a start after a kill would read, and for how long [bytes, s]: the checkpointer's `max_wal_size` and `checkpoint_timeout`. */
const CHECKPOINT_DUE = `
  select pg_current_wal_insert_lsn() - redo_lsn > 67108864 or now() - checkpoint_time > '5 min' as due from pg_control_checkpoint()`;
/** A word in the write-ahead log for nobody, on the disk with all before it when this is answered. */
const FLUSH = `select pg_logical_emit_message(false, 'flush', '', true)`;
const SETTLE_EVERY_MS = 10_000;

class PgliteDatabase implements EmbeddedDatabase {
  readonly origin: EmbeddedDatabase['origin'];
  readonly #client: pg.Client;
  readonly #stop: () => Promise<void>;
  readonly #options: Settled;
  readonly #statements = new SerialQueue();
  /** The transaction whose work is running here; waiting for one's own end would be for ever. */
  readonly #inside = new AsyncLocalStorage<{ running: boolean }>();
  #closing: Promise<void> | undefined;
  #cancelCare: () => void = () => {};

  constructor(client: pg.Client, origin: EmbeddedDatabase['origin'], stop: () => Promise<void>, options: Settled) {
    this.#client = client;
    this.origin = origin;
    this.#stop = stop;
    this.#options = options;
    this.#care();
  }

  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<QueryResult<Row>> {
    return this.#inTurn(() => this.#send<Row>(text, values));
  }

  inTransaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const here = { running: true };
      const tx: Sql = {
        query: (text, values) => (here.running ? this.#send(text, values) : Promise.reject(new Error('this transaction has ended'))),
      };
      await this.#client.query('BEGIN');
      try {
        const result = await this.#inside.run(here, () => work(tx));
        here.running = false;
        const { command } = await this.#client.query('COMMIT');
        if (command !== 'COMMIT') throw new PortError('TransactionAborted', 'a statement had failed, so nothing was committed', false);
        return result;
      } catch (error) {
        here.running = false;
        await this.#client.query('ROLLBACK').catch((second: unknown) => {
          throw new AggregateError([error, second], 'a transaction could be neither committed nor rolled back');
        });
        throw error;
      }
    });
  }

  async vacuum(): Promise<void> {
    const { rows } = await this.query<{ name: string }>(VACUUM_DUE);
    for (const { name } of rows) await this.query(`VACUUM (ANALYZE) ${name}`);
  }

  async settle(): Promise<void> {
    const { rows } = await this.query<{ due: boolean }>(CHECKPOINT_DUE);
    await this.query(rows[0]?.due ? 'CHECKPOINT' : FLUSH);
  }

  close(): Promise<void> {
    this.#cancelCare();
    this.#closing ??= this.#statements.run(this.#stop);
    return this.#closing;
  }

  async #send<Row>(text: string, values: readonly unknown[] = []): Promise<QueryResult<Row>> {
    const { rows, rowCount } = await this.#client.query(text, [...values]);
    return { rows: rows as Row[], rowCount: rowCount ?? 0 };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new PortError('DatabaseClosed', 'the database is closed', false));
    if (this.#inside.getStore()?.running) return Promise.reject(new Error('inside a transaction only its own `tx` may be used'));
    return this.#statements.run(work);
  }

  #care(): void {
    const { isScratch, vacuumEveryMs } = this.#options;
    const ends = [
      this.#every(vacuumEveryMs, () => this.vacuum()),
      ...(isScratch ? [] : [this.#every(SETTLE_EVERY_MS, () => this.settle())]),
    ];
    this.#cancelCare = () => {
      for (const end of ends) end();
    };
  }

  #every(ms: number, work: () => Promise<void>): Cancel {
    const { clock, onProblem } = this.#options;
    let cancel: Cancel = () => undefined;
    const next = (): void => {
      cancel = clock.after(ms, () => {
        work()
          .catch((error: unknown) => this.#closing ?? onProblem(error))
          .finally(() => this.#closing ?? next());
      });
    };
    next();
    return () => cancel();
  }
}
