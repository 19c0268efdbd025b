// What tests of several parts share: scratch directories, watchable consumers, and one contract suite per port.
// Nothing that runs in production imports it.
export { Consumer, type ConsumerOptions, consume } from './consumer.js';
export { type AnswerBookUnderTest, answerBookContract } from './contracts/answer-book.js';
export { type DatabaseUnderTest, databaseContract } from './contracts/database.js';
export { type EventLogFeatures, type EventLogUnderTest, eventLogContract, readAll, record } from './contracts/event-log.js';
export { type KeyStoreUnderTest, keyStoreContract } from './contracts/key-store.js';
export { type RoutingUnderTest, routingContract } from './contracts/routing.js';
export { type ServiceUnderTest, serviceTakeoverContract } from './contracts/service-takeover.js';
export { tenantSecurityContract } from './contracts/tenant-security.js';
export { MortalProcess } from './mortal-process.js';
export { KIND, type OtlpReceiver, otlpReceiver, pathTo, type ReceivedSpan } from './otlp-receiver.js';
export { scratch } from './scratch.js';
export { databaseTemplate, scratchDatabase } from './scratch-database.js';
