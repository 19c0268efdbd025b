// The rim where Nest starts and stops things. Services themselves know nothing of it.
export type { Health } from './health.js';
export { packageRoot } from './package-root.js';
export { type HttpServing, type Runnable, type Running, runApp, serveHttp } from './run-app.js';
export { firstSignal } from './signals.js';
