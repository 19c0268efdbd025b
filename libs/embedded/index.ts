// The ports in one process: SQLite log, PGlite, in-process routing, key file. The default world.
// What the ports promise is in libs/ports.
export { systemClock, systemIds, systemRandom } from './chance-and-time.js';
export { memoryLog } from './memory-log.js';
export { type SqliteLogOptions, sqliteLog } from './sqlite-log.js';
