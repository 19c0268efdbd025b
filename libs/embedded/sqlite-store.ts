// Records in one SQLite file: one table per partition, the offset its row id, readable with any sqlite3 shell.
// Writes go through a thread (sqlite-writer.ts); reads are short and stay here, on a connection of their own.
import { statfsSync } from 'node:fs';
import { type LogRecord, LogUnavailable, type PartitionRef, PortError } from '#ports';
import type { DirectoryLock } from './directory-lock.js';
import type { LogStore, PartitionWrite, StoredTopic } from './log-store.js';
import { SqliteReader, tableOf } from './sqlite-reader.js';
import type { OpenedTopic, WriterAnswer, WriterData, WriterRequest } from './sqlite-writer.js';
import { Thread, threadFile } from './thread.js';

export interface SqliteStoreOptions {
  readonly file: string;
  /** Held already; released at close. */
  readonly lock: DirectoryLock;
  readonly partitions: number;
  /** Appends are refused while fewer bytes than this are free, so that the disk is never full in the middle of a write. */
  readonly reserveBytes: number;
  /** Free bytes where the file is. */
  readonly freeBytes: () => number;
}

export const freeBytesAt = (directory: string): number => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** One sync then covers several times as many answers, which is most of what a call costs; nobody notices the wait. */
const GATHER = { ms: 1, longMs: 4 } as const;

export class SqliteStore implements LogStore {
  readonly gather = GATHER;
  readonly #options: SqliteStoreOptions;
  readonly #topicIds = new Map<string, number>();
  #writer: Thread<WriterRequest, WriterAnswer> | undefined;
  #reader: SqliteReader | undefined;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
  }

  async open(topics: readonly string[]): Promise<readonly StoredTopic[]> {
    const answer = await this.#ask({ kind: 'open', topics, partitions: this.#options.partitions });
    const opened: readonly OpenedTopic[] = answer.kind === 'opened' ? answer.topics : [];
    for (const { name, id } of opened) this.#topicIds.set(name, id);
    this.#reader ??= new SqliteReader(this.#options.file);
    return opened;
  }

  async write(writes: readonly PartitionWrite[]): Promise<readonly number[]> {
    const free = this.#freeBytes();
    if (free < this.#options.reserveBytes)
      throw new LogUnavailable(`only ${free} bytes are free where the log is; ${this.#options.reserveBytes} are kept in reserve`);
    const answer = await this.#ask({ kind: 'write', writes: writes.map((write) => this.#encode(write)) });
    return answer.kind === 'written' ? answer.firsts : [];
  }

  read(partition: PartitionRef, from: number, to: number, limit: number): readonly LogRecord[] {
    return this.#openReader().read(partition, from, to, limit);
  }

  head(partition: PartitionRef): number {
    return this.#openReader().head(partition);
  }

  async close(): Promise<void> {
    try {
      this.#reader?.close();
      if (this.#writer !== undefined) await this.#ask({ kind: 'close' });
      await this.#writer?.end();
    } finally {
      this.#options.lock.release();
    }
  }

  #encode({ topic, partition, records }: PartitionWrite): { table: string; texts: string[] } {
    const texts: string[] = [];
    for (const { key, headers, value } of records) texts.push(key, JSON.stringify(headers), value);
    return { table: tableOf(this.#topicIds.get(topic) as number, partition), texts };
  }

  /** A thread that died is started anew by the next request. */
  async #ask(request: WriterRequest): Promise<WriterAnswer> {
    const data: WriterData = { file: this.#options.file };
    if (this.#writer === undefined || this.#writer.isGone) this.#writer = new Thread(threadFile('sqlite-writer', import.meta.url), data);
    const answer = await this.#writer.ask(request).catch((cause: unknown) => {
      throw new LogUnavailable('the thread that writes the log has ended', { cause });
    });
    if (answer.kind !== 'failed') return answer;
    if (answer.code === 'PartitionsDiffer') throw new PortError(answer.code, answer.message, false);
    throw new LogUnavailable(`the log could not be written: ${answer.message}`);
  }

  #freeBytes(): number {
    try {
      return this.#options.freeBytes();
    } catch (cause) {
      throw new LogUnavailable('the free space of the disk cannot be read', { cause });
    }
  }

  #openReader(): SqliteReader {
    if (this.#reader === undefined) throw new LogUnavailable('no topic was opened yet');
    return this.#reader;
  }
}
