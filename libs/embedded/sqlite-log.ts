// The durable log of the embedded world: `log.sqlite` in a directory of its own.
// Grouping and consumers are in local-log.ts, the file in sqlite-store.ts.
import { join } from 'node:path';
import type { Clock, EventLog } from '#ports';
import { lockDirectory } from './directory-lock.js';
import { makeDirectory } from './durable-files.js';
import type { OnRejected } from './holding.js';
import { LocalLog } from './local-log.js';
import { sqliteLogReader } from './sqlite-log-reader.js';
import { freeBytesAt, SqliteStore } from './sqlite-store.js';

export const LOG_FILE = 'log.sqlite';

export interface SqliteLogOptions {
  /** Of every topic, for ever. Default 1: a single process gains nothing from more. */
  readonly partitions?: number;
  readonly clock?: Clock;
  readonly onRejected?: OnRejected;
  /** Default 64 MiB. */
  readonly reserveBytes?: number;
  readonly freeBytes?: () => number;
  /** For replay and inspection while the owner may be running: takes no directory, refuses appends and subscriptions. */
  readonly readOnly?: boolean;
}

/**
 * Synced before an append resolves; survives kill -9 and power loss. One writing process per directory: the next one gets PortError `DirectoryInUse`.
 * Records are acknowledged in groups; an append is refused with LogUnavailable while the disk is failing or nearly full, and works again by itself.
 */
export async function sqliteLog(directory: string, options: SqliteLogOptions = {}): Promise<EventLog> {
  if (options.readOnly) return sqliteLogReader(join(directory, LOG_FILE));
  const { partitions = 1, reserveBytes = 64 * 1024 * 1024, freeBytes = () => freeBytesAt(directory), ...local } = options;
  makeDirectory(directory);
  const lock = lockDirectory(directory);
  return new LocalLog(new SqliteStore({ file: join(directory, LOG_FILE), lock, partitions, reserveBytes, freeBytes }), local);
}
