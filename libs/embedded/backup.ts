// A copy of a network's directory while it runs: the log as of one instant, then the keys that open what is in it.
// Rows are not copied: a start without them makes them anew from the log.
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PortError } from '#ports';
import { makeDirectory, syncTree } from './durable-files.js';
import { KEY_FILE } from './key-store.js';
import { LOG_FILE } from './sqlite-log.js';

/**
 * Copies what `directory` cannot be restored without into `target`, which must be empty. The log first: keys are only added, so those copied later open
 * every record copied earlier; of somebody erased in between, the copy has no key. Rejects with PortError `NothingToCopy` or `NotEmpty`.
 */
export async function backUp(directory: string, target: string): Promise<void> {
  const log = join(directory, 'log', LOG_FILE);
  if (!existsSync(log)) throw new PortError('NothingToCopy', `${directory} holds no log`, false);
  if (existsSync(target) && readdirSync(target).length > 0) throw new PortError('NotEmpty', `${target} is not empty`, false);
  for (const part of ['log', 'keys']) makeDirectory(join(target, part));
  const reader = new DatabaseSync(log, { readOnly: true });
  try {
    reader.prepare('VACUUM INTO ?').run(join(target, 'log', LOG_FILE)); // one read transaction: all topics as of one instant
  } finally {
    reader.close();
  }
  for (const file of [join('keys', KEY_FILE), 'admin-api-key'])
    if (existsSync(join(directory, file))) copyFileSync(join(directory, file), join(target, file));
  await syncTree(target);
}
