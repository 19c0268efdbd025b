// How every service runs: a pure fold, one transaction per batch, a relay, deadlines as records, replay.
// What a particular service decides lives in its app and in libs/domain.
export { arrivals } from './arrivals.js';
export { ColumnParameter, type ColumnType } from './column.js';
export { deliverCommand, routedCommand } from './deliver-command.js';
export type { Change, Deadline, Fold, Output, ServiceDefinition } from './fold.js';
export { isNewMigration, type Migration, migrate, migrating, migrationsIn, splitStatements } from './migrations.js';
export { type FoldResult, foldBatch, type PartitionMemory } from './partition-fold.js';
export { type Replayed, type ReplayReport, replayPartition, replayTogether } from './replay.js';
export { type Effects, type HeldPartition, type Logger, ServiceRunner } from './runner.js';
export { SERVICE_MIGRATIONS } from './store.js';
export { nameOfRows, type Row, type RowWrite, type TableSpec, writeRows } from './tables.js';
export { refuseForeignRows } from './takeover.js';
export { queryAsTenant, READER as TENANT_READER, secureTenants } from './tenant-security.js';
export { compareElsewhere } from './told-elsewhere.js';
export { untilAnswered } from './until-answered.js';
