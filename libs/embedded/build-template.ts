// Run by the build: leaves an empty PostgreSQL cluster where the first start of every installation copies it from, instead of running initdb.
// Usage: node dist/libs/embedded/build-template.js
import { renameSync } from 'node:fs';
import { BUILT_TEMPLATE } from './cluster-files.js';
import { discardTree } from './durable-files.js';
import { makeTemplate } from './pglite-database.js';

const draft = `${BUILT_TEMPLATE}.draft`;
await discardTree(draft);
await makeTemplate(draft);
await discardTree(BUILT_TEMPLATE);
renameSync(draft, BUILT_TEMPLATE);
