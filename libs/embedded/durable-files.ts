// Files that are still there after a power loss: made, synced and named in that order.
// What is in them is someone else's.
import { closeSync, constants, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { cp, open, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** A file's or a directory's content (for a directory: the names in it) is on the disk when this returns. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Creates the directory (0700) and its parents, names included. */
export function makeDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let path = resolve(directory); path.length >= resolve(first).length; path = dirname(path)) syncPath(dirname(path));
}

/** Replaces the file as a whole: after a crash there is the old text or the new one. Mode 0600. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.draft`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
  syncPath(dirname(path));
}

/** Syncs the directory and everything below it; what goes away meanwhile needs none. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() && !entry.isDirectory()) continue;
    await using file = await open(join(entry.parentPath, entry.name), 'r').catch(unlessGone);
    await file?.sync();
  }
  syncPath(directory);
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Shares the blocks where the file system can. The copy is not synced. */
export const copyTree = (source: string, target: string): Promise<void> =>
  cp(source, target, { recursive: true, mode: constants.COPYFILE_FICLONE });

export const discardTree = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });
