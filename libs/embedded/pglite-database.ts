// Rows in PGlite: PostgreSQL compiled to WebAssembly, one session in a thread, spoken to by the same `pg` client as a real server.
// What the files are worth after a crash is in cluster-files.ts; everything in here can be rebuilt from the log.
import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import pg from 'pg';
import { type Clock, type Database, PortError, type QueryResult, type Sql } from '#ports';
import { rowTypes, systemClock } from '#system';
import { BUILT_TEMPLATE, ClusterFiles, type Origin } from './cluster-files.js';
import { lockDirectory } from './directory-lock.js';
import { makeDirectory } from './durable-files.js';
import { PgliteServer, PgliteSocket } from './pglite-server.js';
import { warnProcess } from './process-warning.js';
import { SerialQueue } from './serial-queue.js';

export interface EmbeddedDatabaseOptions {
  readonly clock?: Clock;
  /** How often tables with many dead rows are vacuumed and analysed. Default 60,000. */
  readonly vacuumEveryMs?: number;
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
  /** Copies the rows as they are between two transactions; what a crash leaves is replaced by the newest such copy. Holds up queries while it copies. */
  snapshot(): Promise<void>;
  /** PGlite has no autovacuum: does for each table what autovacuum would find due. */
  vacuum(): Promise<void>;
  /** Where the rows came from at open. */
  readonly origin: Origin;
}

/** One process per directory: the next one gets PortError `DirectoryInUse`. Answers in well under a second, or in three where PostgreSQL has to be initialised first. */
export async function embeddedDatabase(directory: string, options: EmbeddedDatabaseOptions = {}): Promise<EmbeddedDatabase> {
  makeDirectory(directory);
  const lock = lockDirectory(directory);
  try {
    const files = new ClusterFiles(directory, options.rows);
    const onProblem = options.onProblem ?? warnProcess;
    const { server, origin } = await startServer(files, options.template ?? BUILT_TEMPLATE, onProblem);
    const client = new pg.Client({ stream: () => new PgliteSocket(server), user: 'postgres', database: 'postgres', types: rowTypes });
    const onLost = options.onLost ?? onProblem;
    client.once('error', (cause) => {
      client.on('error', onProblem);
      onLost(new PortError('DatabaseLost', 'PostgreSQL in this process has ended: a start anew goes on from the log', false, { cause }));
    });
    await client.connect();
    const stop = async (): Promise<void> => {
      try {
        await server.stop();
        await files.markClean();
      } finally {
        lock.release();
      }
    };
    return new PgliteDatabase(client, files, origin, stop, { clock: systemClock, vacuumEveryMs: 60_000, ...options, onProblem });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Makes an empty cluster in `directory`, in a thread of its own that takes initdb's memory with it. */
export async function makeTemplate(directory: string): Promise<void> {
  await (await PgliteServer.start(directory)).stop();
}

async function startServer(
  files: ClusterFiles,
  template: string,
  onProblem: (error: unknown) => void,
): Promise<{ readonly server: PgliteServer; readonly origin: Origin }> {
  const found = await files.prepare();
  if (found !== 'empty') {
    files.configure();
    try {
      return { server: await PgliteServer.start(files.data), origin: found };
    } catch (error) {
      onProblem(error); // begun anew: the log has everything that was in it
    }
  }
  await files.begin(template);
  if (!existsSync(files.data)) await makeTemplate(files.data);
  files.configure();
  return { server: await PgliteServer.start(files.data), origin: 'empty' };
}

type Settled = Required<Pick<EmbeddedDatabaseOptions, 'clock' | 'vacuumEveryMs' | 'onProblem'>>;

const VACUUM_DUE = `
  select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup`;

class PgliteDatabase implements EmbeddedDatabase {
  readonly origin: Origin;
  readonly #client: pg.Client;
  readonly #files: ClusterFiles;
  readonly #stop: () => Promise<void>;
  readonly #options: Settled;
  readonly #statements = new SerialQueue();
  readonly #snapshots = new SerialQueue();
  /** The transaction whose work is running here; waiting for one's own end would be for ever. */
  readonly #inside = new AsyncLocalStorage<{ running: boolean }>();
  #closing: Promise<void> | undefined;
  #cancelVacuum: () => void = () => {};

  constructor(client: pg.Client, files: ClusterFiles, origin: Origin, stop: () => Promise<void>, options: Settled) {
    this.#client = client;
    this.#files = files;
    this.origin = origin;
    this.#stop = stop;
    this.#options = options;
    this.#scheduleVacuum();
  }

  get isFresh(): boolean {
    return this.origin !== 'kept';
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

  snapshot(): Promise<void> {
    return this.#snapshots.run(async () => {
      await this.#inTurn(async () => {
        await this.#client.query('CHECKPOINT');
        await this.#files.copyData();
      });
      await this.#files.adoptCopy();
    });
  }

  async vacuum(): Promise<void> {
    const { rows } = await this.query<{ name: string }>(VACUUM_DUE);
    for (const { name } of rows) await this.query(`VACUUM (ANALYZE) ${name}`);
  }

  close(): Promise<void> {
    this.#cancelVacuum();
    this.#closing ??= this.#snapshots.run(() => this.#statements.run(this.#stop));
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

  #scheduleVacuum(): void {
    const { clock, vacuumEveryMs, onProblem } = this.#options;
    this.#cancelVacuum = clock.after(vacuumEveryMs, () => {
      this.vacuum()
        .catch((error: unknown) => this.#closing ?? onProblem(error))
        .finally(() => this.#closing ?? this.#scheduleVacuum());
    });
  }
}
