// Run by the build: leaves an empty PostgreSQL cluster where the first start of every installation copies it from, instead of running initdb.
// Usage: node dist/libs/embedded/build-template.js
import { rmSync } from 'node:fs';
import { BUILT_TEMPLATE } from './cluster-files.js';
import { makeTemplate } from './pglite-database.js';

rmSync(BUILT_TEMPLATE, { recursive: true, force: true });
await makeTemplate(BUILT_TEMPLATE);
