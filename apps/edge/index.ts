// What others may use of the edge: to create one, and its settings.
// Starting it as a process of its own is main.ts.
export type { EdgeConfig } from './config.js';
export { createEdge, type Edge, type EdgeOptions } from './edge.js';
export type { CreateListener, Listener, ListenerPorts, StationSocket, UpgradeRequest } from './listener.js';
