// The codes a CALLERROR may carry, spelled as each version spells them.
// When an error is answered at all is the edge's decision; billing messages get a result and a flag instead.
import type { SchemaViolation } from './validate.js';
import type { OcppVersion } from './versions.js';

/** OCPP-J 1.6, 4.2.3; the two misspellings are the standard's own and kept by its errata. */
const CODES_16 = [
  'FormationViolation',
  'GenericError',
  'InternalError',
  'NotImplemented',
  'NotSupported',
  'OccurenceConstraintViolation',
  'PropertyConstraintViolation',
  'ProtocolError',
  'SecurityError',
  'TypeConstraintViolation',
] as const;

/** OCPP 2.0.1 and 2.1 part 4, 4.3. */
const CODES_2X = [
  'FormatViolation',
  'GenericError',
  'InternalError',
  'MessageTypeNotSupported',
  'NotImplemented',
  'NotSupported',
  'OccurrenceConstraintViolation',
  'PropertyConstraintViolation',
  'ProtocolError',
  'RpcFrameworkError',
  'SecurityError',
  'TypeConstraintViolation',
] as const;

/** An error code in the words of 2.x, the ones the code here thinks in. */
export type RpcErrorCode = (typeof CODES_2X)[number];
/** An error code in the words of any version. */
export type AnyErrorCode = RpcErrorCode | (typeof CODES_16)[number];

export const errorCodes = (version: OcppVersion): readonly AnyErrorCode[] => (version === 'ocpp1.6' ? CODES_16 : CODES_2X);

const TO_16: ReadonlyMap<string, AnyErrorCode> = new Map<string, AnyErrorCode>([
  ['FormatViolation', 'FormationViolation'],
  ['OccurrenceConstraintViolation', 'OccurenceConstraintViolation'],
  ['RpcFrameworkError', 'FormationViolation'],
  ['MessageTypeNotSupported', 'NotSupported'],
]);
const TO_2X: ReadonlyMap<string, AnyErrorCode> = new Map<string, AnyErrorCode>([
  ['FormationViolation', 'FormatViolation'],
  ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
]);

/** The version's own spelling of `code`; all spellings are understood, since stations mix them, and an unknown code becomes GenericError. */
export function errorCodeIn(version: OcppVersion, code: string): AnyErrorCode {
  const own = (version === 'ocpp1.6' ? TO_16 : TO_2X).get(code) ?? code;
  return errorCodes(version).find((known) => known === own) ?? 'GenericError';
}

/** JSON Schema keyword -> what it breaks; anything else (enum, format, length, range) is a bad value of a known field. */
const CODE_OF_KEYWORD: ReadonlyMap<string, RpcErrorCode> = new Map<string, RpcErrorCode>([
  ['action', 'NotImplemented'],
  ['additionalProperties', 'FormatViolation'],
  ['required', 'OccurrenceConstraintViolation'],
  ['minItems', 'OccurrenceConstraintViolation'],
  ['maxItems', 'OccurrenceConstraintViolation'],
  ['type', 'TypeConstraintViolation'],
]);

/** The code for the first violation, in the version's spelling. */
export function errorCodeFor(version: OcppVersion, violations: readonly SchemaViolation[]): AnyErrorCode {
  const [first] = violations;
  if (first === undefined) return 'GenericError';
  return errorCodeIn(version, CODE_OF_KEYWORD.get(first.keyword) ?? 'PropertyConstraintViolation');
}
