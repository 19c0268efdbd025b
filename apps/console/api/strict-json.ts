// Reads what an answer must hold: refuses what has another shape. What may be missing is loose-json.ts.
import { ShapeError } from './errors.js';

export function objectOf(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new ShapeError('Expected an object');
  return json as Record<string, unknown>;
}

export function arrayOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new ShapeError('Expected a list');
  return json;
}

export function textOf(json: unknown, field: string): string {
  if (typeof json !== 'string' || json === '') throw new ShapeError(`${field} is missing`);
  return json;
}

/** Databases hand wide numbers over as text; both are read. */
export function numberOf(json: unknown): number | null {
  const value = typeof json === 'string' && json.trim() !== '' ? Number(json) : json;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function timeOf(json: unknown): number | null {
  if (typeof json !== 'string') return null;
  const ms = Date.parse(json);
  return Number.isNaN(ms) ? null : ms;
}
