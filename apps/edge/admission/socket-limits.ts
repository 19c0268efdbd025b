// How many sockets one address may hold: strangers, who have not shown that they are a station, few; all together, many.
// A whole site may share an address, and a proxy of ours speaks for everybody, so it is not counted.

export interface SocketLimits {
  readonly socketsPerAddress: number;
  readonly strangersPerAddress: number;
}

interface Held {
  sockets: number;
  stations: number;
}

/** Bounded by the sockets that are open. */
export class SocketCounts {
  readonly #held = new Map<string, Held>();
  readonly #limits: SocketLimits;
  readonly #isExempt: (address: string) => boolean;

  constructor(limits: SocketLimits, isExempt: (address: string) => boolean) {
    this.#limits = limits;
    this.#isExempt = isExempt;
  }

  /** Takes a place; false when there is none for this address. */
  enter(address: string | undefined): boolean {
    if (address === undefined || this.#isExempt(address)) return true;
    const held = this.#held.get(address) ?? { sockets: 0, stations: 0 };
    const { socketsPerAddress, strangersPerAddress } = this.#limits;
    if (held.sockets >= socketsPerAddress || held.sockets - held.stations >= strangersPerAddress) return false;
    held.sockets++;
    this.#held.set(address, held);
    return true;
  }

  /** One of the address's strangers turned out to be a station. */
  known(address: string | undefined): void {
    const held = this.#held.get(address ?? '');
    if (held !== undefined) held.stations++;
  }

  /** `isStation`: it was counted by `known`. */
  leave(address: string | undefined, isStation: boolean): void {
    const held = this.#held.get(address ?? '');
    if (held === undefined) return;
    held.sockets--;
    if (isStation) held.stations--;
    if (held.sockets === 0) this.#held.delete(address ?? '');
  }
}
