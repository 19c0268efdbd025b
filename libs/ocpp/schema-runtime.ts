// What the generated validators call while they run: string length, formats. No Ajv is needed outside the build.
// Which field uses which format is the schemas' business; clock plausibility is decided by the services.

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

const ISO = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?$/;

/**
 * Milliseconds since 1970 [ms, UTC] of an OCPP timestamp, or undefined when it names no instant. A missing zone means UTC: many stations
 * leave it out, and `Date` would take the server's own zone instead. Years have four digits, a leap second counts as the second before.
 */
export function instantMs(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), Math.min(part(6), 59)];
  if (hour > 23 || minute > 59 || part(6) > 60 || part(9) > 23 || part(10) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined; // 30 February, month 13, day 0
  const offsetMinutes = (match[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10));
  const fractionMs = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  return date.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + fractionMs;
}

export const formats = {
  'date-time': (text: string): boolean => instantMs(text) !== undefined,
  uri: (text: string): boolean => URL.canParse(text),
} as const;
