// What the api answers with, as its description has it (OpenAPI, ADR 0092): a client is generated from these, and specs hold every answer they get against them.
// What it takes is schemas.ts. A field may be added at any time; none goes, and none that is always there becomes null.
export * from './access.js';
export * from './billing.js';
export * from './certificates.js';
export * from './devices.js';
export * from './grid.js';
export * from './held.js';
export * from './metering.js';
export * from './notifications.js';
export * from './reports.js';
export * from './sessions.js';
export * from './shapes.js';
export * from './sites.js';
export * from './stations.js';
export * from './tariffs.js';
export * from './uptime.js';
