// PGlite's directory between runs: data/ (the cluster) and rows.json (what is kept in it; absent until it is whole).
// PostgreSQL syncs what has to last by itself, so whatever end a process had, its rows are those of a moment before it.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTree, discardTree, replaceFile, syncPath, syncTree } from './durable-files.js';

/**
 * Small memory, and commits that nobody waits for: what the last of them held is in the log. A page goes to the write-ahead log whole when it is first
 * changed after a checkpoint, because a kill can end the writing of it in the middle. Synced by `fsync`, because PGlite makes nothing of `fdatasync`.
 */
const SETTINGS = `
shared_buffers = 32MB
wal_level = minimal
max_wal_senders = 0
synchronous_commit = off
wal_sync_method = fsync
min_wal_size = 32MB
max_wal_size = 128MB
jit = off
autovacuum = off
timezone = 'UTC'
`;

/** A cluster made by another version is not opened: its files may mean something else. */
export const engine = `pglite ${(JSON.parse(readFileSync(join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), '../package.json'), 'utf8')) as { version: string }).version}`;

/** Where the build puts an empty cluster, to save the first start its two seconds of initdb. */
export const BUILT_TEMPLATE = fileURLToPath(new URL('./pglite-template', import.meta.url));

export class ClusterFiles {
  readonly data: string;
  readonly #directory: string;
  readonly #note: string;
  readonly #rows: string | undefined;

  /** `rows` names what is kept in the rows: where other rows are found, they are begun anew from the log. Absent: what is found stays, under its name. */
  constructor(directory: string, rows: string | undefined) {
    this.#directory = directory;
    this.#rows = rows;
    this.data = join(directory, 'data');
    this.#note = join(directory, 'rows.json');
  }

  /** Whether there is a cluster of this version with the rows that are wanted. */
  isKept(): boolean {
    const { engine: by, rows } = readNote(this.#note);
    return existsSync(this.data) && by === engine && (this.#rows === undefined || rows === this.#rows);
  }

  /** An empty cluster in place of whatever was there: a copy of the template, if there is one, or what `make` puts into the directory it is given. */
  async begin(template: string, make: (directory: string) => Promise<void>): Promise<void> {
    rmSync(this.#note, { force: true });
    syncPath(this.#directory);
    for (const entry of readdirSync(this.#directory, { withFileTypes: true }))
      if (entry.isDirectory()) await discardTree(join(this.#directory, entry.name));
    if (existsSync(template)) await copyTree(template, this.data);
    else await make(this.data);
  }

  /** From here on the next start goes on with what was begun: what PostgreSQL does not sync, because it was there before it, is on the disk. */
  async keep(): Promise<void> {
    await syncTree(this.data);
    replaceFile(this.#note, JSON.stringify({ engine, rows: this.#rows }));
  }

  configure(isScratch: boolean): void {
    writeFileSync(join(this.data, 'postgresql.auto.conf'), isScratch ? `${SETTINGS}full_page_writes = off\n` : SETTINGS);
  }
}

/** A note is replaced as a whole and never torn; whatever else stands there is not ours. */
function readNote(path: string): { readonly engine?: string; readonly rows?: string } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { engine?: string; rows?: string };
  } catch {
    return {};
  }
}
