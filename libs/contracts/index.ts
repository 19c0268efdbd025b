// What crosses the log: topics, envelope, and the events of each topic. Rules about them live in libs/domain.
export type * from './balancing-events.js';
export type * from './billing-events.js';
export {
  accountStream,
  type DerivedFrom,
  decode,
  derivedId,
  derivedSource,
  type Envelope,
  type EnvelopeAttributes,
  encode,
  encodeText,
  isAccountStream,
  LIMIT_TOPICS,
  NETWORK_STREAM,
  parseDerivedSource,
  type Recorded,
  streamKey,
  TOPICS,
  type Topic,
  Unwritable,
} from './envelope.js';
export type * from './grid-controls.js';
export type * from './grid-limit-outcomes.js';
export type * from './grid-limits.js';
export type * from './network-events.js';
export type * from './record-parked.js';
export type * from './session-events.js';
export type * from './site-events.js';
export type * from './vtn-events.js';
export { mayNotWrite, WRITERS, type Writer } from './writers.js';
