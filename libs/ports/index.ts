// What the product needs from the world, as promises in prose. Two worlds keep them: embedded (one process) and cluster.
// Adapters live in libs/embedded and libs/cluster; one contract suite per port runs on both.
export type { AnswerBook, BookEntry, BookVersion, OpenSession, StationEntry, TokenEntry, TokenPlace } from './answer-book.js';
export type {
  CertificateAuthority,
  CertificateStatuses,
  CertificateUse,
  ContractAnswer,
  ContractPool,
  ContractQuestion,
  IssuedCertificate,
  SigningOrder,
  StatusAnswer,
  StatusQuestion,
} from './certificates.js';
export type { Cancel, Clock, Ids, Random } from './chance-and-time.js';
export type { Company, CompanyRegister } from './company-register.js';
export type { Database, QueryResult, Sql } from './database.js';
export { LogUnavailable, OwnershipLost, PortError, RouterUnavailable } from './errors.js';
export type {
  Batch,
  EventLog,
  Lease,
  LogRecord,
  NewRecord,
  PartitionRef,
  Position,
  RecordHeaders,
  Signed,
  Subscriber,
  Subscription,
} from './event-log.js';
export { type Generation, isNewer, isOvertaken } from './generation.js';
export { type KeyStore, readable } from './key-store.js';
export type { PaymentAnswer, PaymentCall, PaymentProvider } from './payment-provider.js';
export type { CommandRouter, DirectoryEntry, RoutedCommand, RoutedMessage, StationDirectory } from './routing.js';
export type { World } from './world.js';
