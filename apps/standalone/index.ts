// What tests use of the standalone process: the whole network on a world of their own.
export { type Network, startNetwork } from './network.js';
export { ROWS } from './rebuild.js';
