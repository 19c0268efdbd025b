// A fresh PGlite for a test: copied from an empty cluster that the first test of a machine initialises.
// What PGlite is and does is in libs/embedded.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedDatabase, type EmbeddedDatabaseOptions, embeddedDatabase, engine, makeTemplate } from '#embedded';
import { scratch } from './scratch.js';

/** Initialised once per machine, user and PGlite version; whoever comes first makes it, and a second maker in the same moment yields. */
export async function databaseTemplate(): Promise<string> {
  const template = join(tmpdir(), `joulestream-${engine.replace(' ', '-')}-${process.getuid?.() ?? 'user'}`);
  if (existsSync(template)) return template;
  const draft = scratch('template');
  await makeTemplate(draft);
  try {
    renameSync(draft, template);
  } catch (error) {
    if (!existsSync(template)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return template;
}

/** In a scratch directory unless one is given. */
export async function scratchDatabase(directory = scratch('database'), options: EmbeddedDatabaseOptions = {}): Promise<EmbeddedDatabase> {
  return embeddedDatabase(directory, { template: await databaseTemplate(), isScratch: true, ...options });
}
