// What the generated validators call while they run: string length, integers, formats. No Ajv is needed outside the build.
// Which field uses which format is the schemas' business; clock plausibility is decided by the services.
import { instantMs } from '#kernel';

export { isWhole32 } from '#kernel';

/** One violation as the generated code reports it. */
export interface RawViolation {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Answers whether `payload` is valid; `errors` belongs to the latest call. */
export interface Validator {
  (payload: unknown): boolean;
  readonly errors?: readonly RawViolation[] | null;
}

export interface MessageValidators {
  readonly request: Validator;
  /** Absent for a message that is never answered. */
  readonly response?: Validator;
}

/** The violations found so far and one more. */
export function noted(violations: RawViolation[] | null, violation: RawViolation): RawViolation[] {
  if (violations === null) return [violation];
  violations.push(violation);
  return violations;
}

/** Length in characters (code points), which is what JSON Schema's maxLength counts. */
export function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

export const formats = {
  'date-time': (text: string): boolean => instantMs(text) !== undefined,
  uri: (text: string): boolean => URL.canParse(text),
} as const;
