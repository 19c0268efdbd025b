// PGlite's directory between runs: never synced by PGlite, so it is trusted only after a clean end, and otherwise restored or begun anew.
// data/ (the cluster), clean.json (present only while nobody runs and everything is synced), snapshot-<n>/ with snapshot-<n>.json (its checksum).
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTree, discardTree, hashTree, replaceFile, syncPath, syncTree } from './durable-files.js';

/** Rows are rebuilt from the log after any accident, so PostgreSQL may save itself the care: small memory, little write-ahead log. */
const SETTINGS = `
shared_buffers = 32MB
wal_level = minimal
max_wal_senders = 0
full_page_writes = off
synchronous_commit = off
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

export type Origin = 'kept' | 'restored' | 'empty';

export class ClusterFiles {
  readonly data: string;
  readonly #directory: string;
  readonly #clean: string;
  #rows: string | undefined;

  /** `rows` names what is kept in the rows: where other rows are found, they are begun anew from the log. Absent: what is found stays, under its name. */
  constructor(directory: string, rows: string | undefined) {
    this.#directory = directory;
    this.#rows = rows;
    this.data = join(directory, 'data');
    this.#clean = join(directory, 'clean.json');
  }

  /** Leaves `data` as the last clean end left it, or as the newest sound snapshot has it, or absent; and no longer marked clean. */
  async prepare(): Promise<Origin> {
    const kept = existsSync(this.data) && this.#isOurs(this.#clean);
    rmSync(this.#clean, { force: true });
    syncPath(this.#directory);
    if (kept) return 'kept';
    await discardTree(this.data);
    for (const number of this.#snapshots()) {
      const { path, note } = this.#snapshot(number);
      if (!this.#isOurs(note) || readNote(note).hash !== (await hashTree(path))) continue;
      await copyTree(path, this.data);
      return 'restored';
    }
    return 'empty';
  }

  /** A copy of the template, if there is one. */
  async begin(template: string): Promise<void> {
    await discardTree(this.data);
    if (existsSync(template)) await copyTree(template, this.data);
  }

  configure(): void {
    writeFileSync(join(this.data, 'postgresql.auto.conf'), SETTINGS);
  }

  /** `data` is at rest: from here on the next start may trust it. */
  async markClean(): Promise<void> {
    await syncTree(this.data);
    replaceFile(this.#clean, JSON.stringify({ engine, rows: this.#rows }));
  }

  /** Begins a snapshot; `data` is at rest for as long as this takes. */
  async copyData(): Promise<void> {
    await discardTree(this.#draft);
    await copyTree(this.data, this.#draft);
  }

  /** Makes the copy the newest snapshot. The former ones go when it is whole. */
  async adoptCopy(): Promise<void> {
    const former = this.#snapshots();
    const { path, note } = this.#snapshot((former[0] ?? 0) + 1);
    const hash = await hashTree(this.#draft);
    await syncTree(this.#draft);
    renameSync(this.#draft, path);
    replaceFile(note, JSON.stringify({ engine, rows: this.#rows, hash }));
    for (const number of former) {
      rmSync(this.#snapshot(number).note, { force: true });
      await discardTree(this.#snapshot(number).path);
    }
  }

  get #draft(): string {
    return join(this.#directory, 'draft');
  }

  #snapshot(number: number): { readonly path: string; readonly note: string } {
    const path = join(this.#directory, `snapshot-${number}`);
    return { path, note: `${path}.json` };
  }

  /** Newest first. */
  #snapshots(): readonly number[] {
    const numbers = readdirSync(this.#directory).map((name) => Number(/^snapshot-(\d+)$/.exec(name)?.[1] ?? Number.NaN));
    return numbers.filter((number) => !Number.isNaN(number)).sort((a, b) => b - a);
  }

  #isOurs(note: string): boolean {
    if (!existsSync(note)) return false;
    const found = readNote(note);
    if (found.engine !== engine || (this.#rows !== undefined && found.rows !== this.#rows)) return false;
    this.#rows = found.rows;
    return true;
  }
}

/** A note is replaced as a whole and never torn; whatever else stands there is not ours. */
function readNote(path: string): { readonly engine?: string; readonly rows?: string; readonly hash?: string } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { engine?: string; rows?: string; hash?: string };
  } catch {
    return {};
  }
}
