// Throw-away directories of a test run.
// What is put into them is the test's business.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'joulestream-scratch-';

// Jest runs one file at a time in a process and shows it no real end: what earlier files of this process and ended processes left is swept here.
for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
  const owner = Number(name.slice(PREFIX.length).split('-')[0]);
  if (owner === process.pid || !isAlive(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

/** A new empty directory; gone soon after its test file has ended. */
export const scratch = (name = 'test'): string => mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-${name}-`));

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and someone else's
  }
}
