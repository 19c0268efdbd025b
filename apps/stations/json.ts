// Reading what stations and operators wrote, whatever it turns out to be. What has another type than asked for counts as not said.
import { isWhole32 } from '#kernel';

export type Json = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
export const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(asObject) : []);
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
export const idOrZero = (value: unknown): number => (isWhole32(value) ? value : 0);
export const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
/** An instant [ms since 1970] as rows take it: of years 1 to 9999; null for another. */
export const instantOf = (ms: number): string | null => (ms >= FIRST_MS && ms <= LAST_MS ? new Date(ms).toISOString() : null);
export const instantOrNull = (value: unknown): string | null => instantOf(typeof value === 'string' ? Date.parse(value) : Number.NaN);
