// The thread that writes the SQLite log, so that a slow disk holds up no socket. One request at a time, answered in order.
// It stands alone (nothing of ours is imported), because a thread starts from this file whether it was compiled or not.
//
// Measured on two cores, 1 KB records: on the main thread 2.7 µs of CPU a record at 500 a commit, but the loop stands still for each commit
// (2 ms, 9 ms when SQLite checkpoints, and as long as the disk takes on a bad day); in a thread 3.7 µs, and the loop's worst delay is 5 ms.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

export interface WriterData {
  readonly file: string;
}

export interface TableWrite {
  readonly table: string;
  /** key, headers (JSON), value, key, headers, value, … */
  readonly texts: readonly string[];
}

export type WriterRequest =
  | { readonly kind: 'open'; readonly topics: readonly string[]; readonly partitions: number }
  | { readonly kind: 'write'; readonly writes: readonly TableWrite[] }
  | { readonly kind: 'close' };

export interface OpenedTopic {
  readonly name: string;
  readonly id: number;
  readonly heads: readonly number[];
}

export type WriterAnswer =
  | { readonly kind: 'opened'; readonly topics: readonly OpenedTopic[] }
  | { readonly kind: 'written'; readonly firsts: readonly number[] }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

interface Table {
  readonly insert: StatementSync;
  head: number;
}

interface Connection {
  readonly database: DatabaseSync;
  readonly tables: Map<string, Table>;
}

const { file } = workerData as WriterData;
let connection: Connection | undefined;

parentPort?.on('message', (request: WriterRequest) => parentPort?.postMessage(answer(request)));

function answer(request: WriterRequest): WriterAnswer {
  try {
    switch (request.kind) {
      case 'open':
        return { kind: 'opened', topics: request.topics.map((name) => openTopic(connected().database, name, request.partitions)) };
      case 'write':
        return { kind: 'written', firsts: commit(connected(), request.writes) };
      case 'close':
        disconnect();
        return { kind: 'closed' };
    }
  } catch (error) {
    disconnect(); // after a failed sync nothing in memory is trusted: the next request reads the heads from the file again
    const { message, code } = error as Error & { code?: string };
    return { kind: 'failed', code: code ?? 'unknown', message };
  }
}

function connected(): Connection {
  connection ??= { database: connect(), tables: new Map() };
  return connection;
}

function connect(): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA page_size = 8192;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL);
  `);
  return database;
}

function disconnect(): void {
  try {
    connection?.database.close();
  } finally {
    connection = undefined;
  }
}

function openTopic(database: DatabaseSync, name: string, partitions: number): OpenedTopic {
  database.exec('BEGIN IMMEDIATE');
  database.prepare('INSERT INTO topics (name, partitions) VALUES (?, ?) ON CONFLICT (name) DO NOTHING').run(name, partitions);
  const stored = database.prepare('SELECT id, partitions FROM topics WHERE name = ?').get(name) as { id: number; partitions: number };
  if (stored.partitions !== partitions) {
    database.exec('ROLLBACK');
    throw Object.assign(new Error(`topic ${name} has ${stored.partitions} partitions, not ${partitions}; the number never changes`), {
      code: 'PartitionsDiffer',
    });
  }
  const tables = Array.from({ length: partitions }, (_, partition) => `records_${stored.id}_${partition}`);
  for (const table of tables) {
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (offset INTEGER PRIMARY KEY, key TEXT NOT NULL, headers TEXT NOT NULL, value TEXT NOT NULL)`,
    );
  }
  database.exec('COMMIT');
  return { name, id: stored.id, heads: tables.map((table) => headOf(database, table)) };
}

function headOf(database: DatabaseSync, table: string): number {
  return (database.prepare(`SELECT coalesce(max(offset) + 1, 0) AS head FROM ${table}`).get() as { head: number }).head;
}

/** One transaction, synced when it returns: the first offset of each write. */
function commit({ database, tables }: Connection, writes: readonly TableWrite[]): readonly number[] {
  database.exec('BEGIN IMMEDIATE');
  const firsts = writes.map(({ table, texts }) => {
    const target = tables.get(table) ?? prepareTable(database, table);
    tables.set(table, target);
    const first = target.head;
    for (let at = 0; at < texts.length; at += 3) {
      target.insert.run(target.head++, texts[at] as string, texts[at + 1] as string, texts[at + 2] as string);
    }
    return first;
  });
  database.exec('COMMIT');
  return firsts;
}

const prepareTable = (database: DatabaseSync, table: string): Table => ({
  insert: database.prepare(`INSERT INTO ${table} (offset, key, headers, value) VALUES (?, ?, ?, ?)`),
  head: headOf(database, table),
});
