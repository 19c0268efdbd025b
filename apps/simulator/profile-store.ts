// The profiles a station holds; they survive a reboot, those of a transaction end with it.
// What may be stored is decided by the rules of each version; how they add up in stacking.ts.
import type { Profile, Purpose } from './profile.js';

export interface ProfileFilter {
  readonly id?: number;
  readonly evseId?: number;
  readonly purpose?: Purpose;
  readonly stackLevel?: number;
}

const matches = (profile: Profile, filter: ProfileFilter) =>
  (filter.id === undefined || profile.id === filter.id) &&
  (filter.evseId === undefined || profile.evseId === filter.evseId) &&
  (filter.purpose === undefined || profile.purpose === filter.purpose) &&
  (filter.stackLevel === undefined || profile.stackLevel === filter.stackLevel);

export class ProfileStore {
  #profiles: readonly Profile[] = [];
  /** Silent until the station is back. */
  #silent: readonly Profile[] = [];

  all(): readonly Profile[] {
    return this.#profiles;
  }

  /** The station has been offline for `offlineS`: what may not outlast that is silent until it is back, or gone (2.1). */
  absentFor(offlineS: number): void {
    const outlives = ({ maxOfflineS = Number.POSITIVE_INFINITY }: Profile) => maxOfflineS > offlineS;
    this.#silent = [...this.#silent, ...this.#profiles.filter((profile) => !outlives(profile) && profile.endsOffline !== true)];
    this.#profiles = this.#profiles.filter(outlives);
  }

  back(): void {
    this.#profiles = [...this.#profiles, ...this.#silent];
    this.#silent = [];
  }

  find(filter: ProfileFilter): readonly Profile[] {
    return this.#profiles.filter((profile) => matches(profile, filter));
  }

  /** Stores `profile` in place of those `replaces` names and of one with its id. */
  put(profile: Profile, replaces: (held: Profile) => boolean = () => false): void {
    this.#profiles = [...this.#profiles.filter((held) => held.id !== profile.id && !replaces(held)), profile];
  }

  /** Removes what matches and says how many that were. */
  clear(filter: ProfileFilter): number {
    const before = this.#profiles.length;
    this.#profiles = this.#profiles.filter((profile) => !matches(profile, filter));
    return before - this.#profiles.length;
  }

  endTransaction(key: string): void {
    const isOther = ({ transactionKey }: Profile) => transactionKey !== key;
    this.#profiles = this.#profiles.filter(isOther);
    this.#silent = this.#silent.filter(isOther);
  }
}
