// One process per data directory: the operating system holds the lock and drops it with the process, so none is ever stale.
// What the directory is for is its owner's business.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PortError } from '#ports';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the directory for this process; a second taker, in this process or another, gets PortError `DirectoryInUse` (not retriable).
 * SQLite's exclusive lock does the work on every platform: file locks that a kill -9 releases, unlike a file with a process id in it.
 * That id is written beside it for the reader of the message only.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const ownerFile = join(directory, 'owner.txt');
  const holder = new DatabaseSync(join(directory, 'owner.lock'), { timeout: 0 });
  try {
    holder.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    holder.close();
    throw new PortError('DirectoryInUse', `${directory} is in use by ${ownerOf(ownerFile)}: stop it, or name another DATA_DIR`, false, {
      cause,
    });
  }
  writeFileSync(ownerFile, `process ${process.pid}, started ${new Date(Date.now() - process.uptime() * 1000).toISOString()}`);
  return { release: () => holder.close() };
}

function ownerOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'another process'; // the note is for people; the lock does not need it
  }
}
