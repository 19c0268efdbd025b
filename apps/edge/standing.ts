// How a connected station stands with us: what is configured for it, and what it believes of that.
// One that was moved or removed connects anew; that is its connection's to do.
import { correctionsFor, identityIn } from '#domain/quirks';
import type { StationEntry } from '#ports';
import type { StationPath } from './admission/path.js';
import type { EdgeServices } from './services.js';

export class Standing {
  readonly #path: StationPath;
  readonly #services: Pick<EdgeServices, 'clock' | 'stationEntry'>;
  #entry: StationEntry;
  #told: StationEntry['bootStatus'];
  #refreshedMs: number;

  constructor(path: StationPath, entry: StationEntry, services: Pick<EdgeServices, 'clock' | 'stationEntry'>) {
    this.#path = path;
    this.#services = services;
    this.#entry = entry;
    this.#told = entry.bootStatus;
    this.#refreshedMs = services.clock.now();
  }

  get entry(): StationEntry {
    return this.#entry;
  }

  /** Told at its latest boot, or where it did not boot on this connection, as it is configured. Only a boot changes it. */
  get told(): StationEntry['bootStatus'] {
    return this.#told;
  }

  /** With what it was told; the same object while the station knows what is configured. */
  get asTold(): StationEntry {
    return this.#entry.bootStatus === this.#told ? this.#entry : { ...this.#entry, bootStatus: this.#told };
  }

  get refreshedMs(): number {
    return this.#refreshedMs;
  }

  /** Picks up what was configured since; false where it was moved or removed. */
  async refresh(): Promise<boolean> {
    this.#refreshedMs = this.#services.clock.now();
    const known = await this.#services.stationEntry(this.#path);
    if (known === 'bookAway') return true;
    if (known === undefined) return this.#entry.assignmentSeq === 0;
    if (known.siteId !== this.#entry.siteId || known.assignmentSeq !== this.#entry.assignmentSeq) return false;
    this.#entry = known;
    return true;
  }

  booted(told: StationEntry['bootStatus'], payload: Readonly<Record<string, unknown>>): void {
    // On the next connection the book has its corrections and its interval; here they count from the boot on.
    const { tokenEnding: _, ...entry } = this.#entry;
    const tokenEnding = correctionsFor(identityIn(payload))?.tokenEnding;
    this.#entry = {
      ...entry,
      ...(tokenEnding !== undefined && { tokenEnding }),
      ...(told === 'Accepted' && { toldHeartbeatS: entry.heartbeatIntervalS }),
    };
    this.#told = told;
  }
}
