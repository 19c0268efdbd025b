// What tests use of the standalone process: the whole network on a world of their own.

export { compareRows, migrateAll, placesWritten } from './compare-rows.js';
export { type Network, startNetwork } from './network.js';
export { ROWS, rebuildRows, SERVICES } from './rebuild.js';
