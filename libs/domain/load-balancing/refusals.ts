// How a configuration is refused, field by field, and what many fields are asked.
// What each of them has to be is in the check- files.
import type { Refusal } from './site-model.js';

export function duplicates(ids: readonly (string | number)[]): readonly string[] {
  const seen = new Set<string | number>();
  return [...new Set(ids.filter((id) => seen.size === seen.add(id).size))].map(String);
}

export const refuseUnless = (good: boolean, path: string, message: string): readonly Refusal[] => (good ? [] : [{ path, message }]);

export const isAmount = (value: number | undefined): boolean => value === undefined || (Number.isFinite(value) && value >= 0);
