// The OCPP language: versions, actions, message types, schema verdicts, frames and error codes. Pure, no I/O.
// Sockets, call queues and the meaning of messages live with the edge and the domain.

export { instantMs } from '#kernel';
export { type ActionInfo, actions, type Direction, isAction, mayComeFromStation } from './actions.js';
export type { Behaviours } from './behaviour.js';
export { type AnyErrorCode, errorCodeFor, errorCodeIn, errorCodes, type RpcErrorCode } from './error-codes.js';
export { type Frame, parseFrame } from './frame.js';
export { callFrame, errorFrame, resultErrorFrame, resultFrame } from './frame-text.js';
export type { V16, V21, V201 } from './generated/index.js';
export { officialWords } from './generated/words.js';
export { isNamed, nameIn } from './names.js';
export { isAnswered, MOST_VIOLATIONS, type SchemaViolation, validate } from './validate.js';
export {
  type ActionOf,
  isOcpp2,
  isOcppVersion,
  type MessageKind,
  type MessageOf,
  type Ocpp2Version,
  type OcppVersion,
  type RequestOf,
  type ResponseOf,
  SUBPROTOCOLS,
} from './versions.js';
