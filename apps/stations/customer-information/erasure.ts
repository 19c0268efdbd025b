// Destroys what a driver was named by at a station once the station has forgotten him, or said that it never will.
// Safe to repeat; where it was lost it is made up for when the partition is taken again.
import { erasureSubject } from '#domain/privacy';
import type { KeyStore } from '#ports';
import type { StationState } from '../definition.js';
import { type Customers, customerInformation } from './part.js';

const ENDED: ReadonlySet<string> = new Set(['cleared', 'unsupported']);

function endedIn({ station, parts }: StationState): readonly string[] {
  const { clearings = {} } = (parts[customerInformation.name] ?? {}) as Partial<Customers>;
  return Object.entries(clearings).flatMap(([tokenHash, { state }]) => (ENDED.has(state) ? [erasureSubject(tokenHash, station)] : []));
}

export async function forgetCleared(keys: Pick<KeyStore, 'destroy'>, after: StationState, before?: StationState): Promise<void> {
  if (before !== undefined && before.parts[customerInformation.name] === after.parts[customerInformation.name]) return;
  const known = new Set(before === undefined ? [] : endedIn(before));
  for (const subject of endedIn(after)) if (!known.has(subject)) await keys.destroy(subject);
}
