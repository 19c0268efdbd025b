// Keeps the commands of a former site owner, and those overtaken by newer ones, from reaching a station.
// Who owns a site is written in its stream; the edge only compares what passes through it.
import type { RoutedCommand } from '#ports';
import { isOlderGrant } from './command-queue.js';

type Grant = NonNullable<RoutedCommand['grant']>;

/** Remembered sites and stations per edge; the ones silent for longest are forgotten beyond it. */
const MOST_REMEMBERED = 50_000;

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= MOST_REMEMBERED) break;
    map.delete(oldest);
  }
}

export class GrantFence {
  readonly #highest = new Map<string, { readonly assignmentSeq: number; readonly grant: Grant }>();
  readonly #owners = new Map<string, number>();

  /** False for a grant older than the newest seen for this station within its site assignment, or from an owner that was replaced. */
  admit(siteKey: string, stationKey: string, assignmentSeq: number, grant: Grant): boolean {
    if (!this.isCurrentOwner(siteKey, grant.ownerEpoch)) return false;
    const seen = this.#highest.get(stationKey);
    if (seen?.assignmentSeq === assignmentSeq && isOlderGrant(grant, seen.grant)) return false;
    remember(this.#highest, stationKey, { assignmentSeq, grant });
    remember(this.#owners, siteKey, grant.ownerEpoch);
    return true;
  }

  /** Asked again when a waiting grant is about to leave: its owner may have been replaced meanwhile, at any station of the site. */
  isCurrentOwner(siteKey: string, ownerEpoch: number): boolean {
    return ownerEpoch >= (this.#owners.get(siteKey) ?? Number.NEGATIVE_INFINITY);
  }
}
