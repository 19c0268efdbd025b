// Reads what an answer may or may not hold: never refuses, what is not there is null or empty.
// What must be there is read, and refused, by strict-json.ts.

export type Row = Readonly<Record<string, unknown>>;

export const rowOf = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
/** ISO 8601 to ms since 1970. */
export function timeOrNull(value: unknown): number | null {
  const ms = Date.parse(text(value));
  return Number.isNaN(ms) ? null : ms;
}
