// Run by the build: leaves an empty PostgreSQL cluster where the first start of every installation copies it from, instead of running initdb.
// Usage: node dist/libs/embedded/build-template.js
import { chmodSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_TEMPLATE } from './cluster-files.js';
import { discardTree } from './durable-files.js';
import { makeTemplate } from './pglite-database.js';

const draft = `${BUILT_TEMPLATE}.draft`;
await discardTree(draft);
await makeTemplate(draft);
// PGlite makes some of them for the eyes of whoever ran the build; the one who starts, in an image, is somebody else.
for (const entry of readdirSync(draft, { recursive: true, withFileTypes: true }))
  chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
await discardTree(BUILT_TEMPLATE);
renameSync(draft, BUILT_TEMPLATE);
