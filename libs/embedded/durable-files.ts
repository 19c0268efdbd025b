// Files that are still there after a power loss: made, synced and named in that order.
// What is in them is someone else's.
import { closeSync, constants, cpSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** The directory itself and everything below it. */
export function syncTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncPath(path);
  }
  syncPath(directory);
}

/** Replaces `target` by a copy of `source`: the copy is complete and synced before it takes the name. */
export function copyTree(source: string, target: string): void {
  const draft = `${target}.draft`;
  discardTree(draft);
  cpSync(source, draft, { recursive: true, mode: constants.COPYFILE_FICLONE });
  syncTree(draft);
  discardTree(target);
  renameSync(draft, target);
  syncPath(dirname(target));
}

export function discardTree(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
