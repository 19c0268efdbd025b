// The ports in one process: SQLite log, PGlite, in-process routing, key file. The default world.
// What the ports promise is in libs/ports.
export { inProcessBook } from './answer-book.js';
export { backUp } from './backup.js';
export { engine } from './cluster-files.js';
export { fileKeyStore } from './key-store.js';
export { memoryLog } from './memory-log.js';
export { type EmbeddedDatabase, type EmbeddedDatabaseOptions, embeddedDatabase, makeTemplate } from './pglite-database.js';
export { inProcessDirectory, inProcessRouter } from './routing.js';
export { type SqliteLogOptions, sqliteLog } from './sqlite-log.js';
export { type EmbeddedWorld, type EmbeddedWorldOptions, embeddedWorld } from './world.js';
