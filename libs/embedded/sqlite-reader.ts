// Reads of the SQLite log, on a connection that cannot write.
// Who may read what, and when, is the log's business.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { LogRecord, PartitionRef } from '#ports';

/** A read stops early once it has this much text: a batch is bounded in memory, too. */
const READ_TEXT = 4 * 1024 * 1024;

type Row = { offset: number; key: string; headers: string; value: string };

/** The table of a partition; the thread that writes is told the name. */
export const tableOf = (topicId: number, partition: number): string => `records_${topicId}_${partition}`;

/** Reads by topic and partition; a topic that nobody created is empty. */
export class SqliteReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, { readonly read: StatementSync; readonly head: StatementSync }>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  }

  topics(): readonly { readonly name: string; readonly partitions: number }[] {
    return this.#database.prepare('SELECT name, partitions FROM topics ORDER BY id').all() as { name: string; partitions: number }[];
  }

  read(ref: PartitionRef, from: number, to: number, limit: number): readonly LogRecord[] {
    const records: LogRecord[] = [];
    let text = 0;
    for (const row of this.#statementsOf(ref).read.iterate(from, to, limit)) {
      const { offset, key, headers, value } = row as Row;
      records.push({ topic: ref.topic, partition: ref.partition, offset, key, headers: JSON.parse(headers), value });
      text += value.length;
      if (text > READ_TEXT) break;
    }
    return records;
  }

  head(ref: PartitionRef): number {
    return (this.#statementsOf(ref).head.get() as { head: number }).head;
  }

  close(): void {
    this.#database.close();
  }

  #statementsOf({ topic, partition }: PartitionRef): { readonly read: StatementSync; readonly head: StatementSync } {
    const name = `${topic}/${partition}`;
    const known = this.#statements.get(name);
    if (known !== undefined) return known;
    const { id } = this.#database.prepare('SELECT id FROM topics WHERE name = ?').get(topic) as { id: number };
    const table = tableOf(id, partition);
    const prepared = {
      read: this.#database.prepare(
        `SELECT offset, key, headers, value FROM ${table} WHERE offset >= ? AND offset < ? ORDER BY offset LIMIT ?`,
      ),
      head: this.#database.prepare(`SELECT coalesce(max(offset) + 1, 0) AS head FROM ${table}`),
    };
    this.#statements.set(name, prepared);
    return prepared;
  }
}
