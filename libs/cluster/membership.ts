// How long this process may believe that it is a member of its consumer group. The coordinator gives our partitions away when it has not
// heard from us for the session's length; we count from when we *asked*, so we always stop believing first, even after having been stopped.
// Which partitions a member holds is the subscription's knowledge.

export class Membership {
  readonly #sessionMs: number;
  readonly #now: () => number;
  #memberId: string | undefined;
  #until = Number.NEGATIVE_INFINITY;
  #tenure = 0;

  /** `now`: milliseconds that never jump back. */
  constructor(sessionMs: number, now: () => number = () => performance.now()) {
    this.#sessionMs = sessionMs;
    this.#now = now;
  }

  /** Changes whenever another process may have held our partitions in between; a lease is good for one tenure. */
  get tenure(): number {
    return this.#tenure;
  }

  isAlive(): boolean {
    return this.#now() < this.#until;
  }

  /** The coordinator answered a request that left us `ageMs` ago. */
  renew(ageMs: number): void {
    if (!this.isAlive()) this.#tenure++;
    this.#until = Math.max(this.#until, this.#now() - ageMs + this.#sessionMs);
  }

  /** A new generation of the group; a member with another id may have missed some. */
  join(memberId: string, ageMs: number): void {
    if (memberId !== this.#memberId) this.end();
    this.#memberId = memberId;
    this.renew(ageMs);
  }

  end(): void {
    this.#tenure++;
    this.#memberId = undefined;
    this.#until = Number.NEGATIVE_INFINITY;
  }
}
