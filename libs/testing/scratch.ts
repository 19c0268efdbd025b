// Throw-away directories of a test run.
// What is put into them is the test's business.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new empty directory; everything made here disappears with the process. */
export function scratch(name = 'test'): string {
  if (made.length === 0) process.once('exit', () => made.forEach((directory) => void rmSync(directory, { recursive: true, force: true })));
  const directory = mkdtempSync(join(tmpdir(), `joulestream-${name}-`));
  made.push(directory);
  return directory;
}
