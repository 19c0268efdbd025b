// Holds a payload against the official schema of its message and says, field by field, where it differs.
// What follows from a difference (error, flag, nothing) is decided by the edge, message by message.
import { validators } from './generated/index.js';
import type { RawViolation } from './schema-runtime.js';
import type { MessageKind, OcppVersion } from './versions.js';

export interface SchemaViolation {
  /** JSON Pointer to the field, the missing or superfluous one included; '' is the payload itself. */
  readonly path: string;
  /** The JSON Schema keyword that failed, or 'action' for an action the version does not know. */
  readonly keyword: string;
  /** English, without any value of the payload. */
  readonly message: string;
}

/** More would only repeat the same fault for every element of a list. */
export const MOST_VIOLATIONS = 20;
const LONGEST_NAME = 50;

const pointer = (name: unknown): string => `/${String(name).slice(0, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1')}`;

function violation({ instancePath, keyword, message, params }: RawViolation): SchemaViolation {
  if (keyword === 'required') return { path: instancePath + pointer(params.missingProperty), keyword, message: 'is required' };
  if (keyword === 'additionalProperties')
    return { path: instancePath + pointer(params.additionalProperty), keyword, message: 'is not a known field' };
  return { path: instancePath, keyword, message };
}

/** False for what is only sent (SEND of 2.1) and so has no answer. */
export const isAnswered = (version: OcppVersion, action: string): boolean => validators[version].get(action)?.response !== undefined;

/** [] means valid. One violation a field, at most 20, in a stable order; never throws. */
export function validate(version: OcppVersion, action: string, kind: MessageKind, payload: unknown): readonly SchemaViolation[] {
  const validator = validators[version].get(action)?.[kind];
  if (validator === undefined) return [{ path: '', keyword: 'action', message: `is not an action of ${version}` }];
  if (validator(payload)) return [];
  const byPath = new Map<string, SchemaViolation>();
  for (const raw of validator.errors ?? []) {
    if (byPath.size === MOST_VIOLATIONS) break;
    const found = violation(raw);
    if (!byPath.has(found.path)) byPath.set(found.path, found); // a number in place of a word breaks both `type` and `enum`
  }
  return [...byPath.values()];
}
