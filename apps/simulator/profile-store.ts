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

  all(): readonly Profile[] {
    return this.#profiles;
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
    this.#profiles = this.#profiles.filter(({ transactionKey }) => transactionKey !== key);
  }
}
