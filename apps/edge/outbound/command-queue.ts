// Commands waiting for one station: limits before everything else, a newer limit in place of an older one for the same thing.
// When they may leave, and what comes of them, is decided in station-calls.ts.
import type { RoutedCommand } from '#ports';

type Grant = NonNullable<RoutedCommand['grant']>;

export const isOlderGrant = (a: Grant, b: Grant): boolean =>
  a.ownerEpoch !== b.ownerEpoch ? a.ownerEpoch < b.ownerEpoch : a.grantSeq < b.grantSeq;

const isLimit = ({ action, grant }: RoutedCommand): boolean =>
  grant !== undefined || action === 'SetChargingProfile' || action === 'ClearChargingProfile';

const field = (holder: unknown, name: string): unknown =>
  typeof holder === 'object' && holder !== null ? (holder as Readonly<Record<string, unknown>>)[name] : undefined;

/** What a profile replaces when it arrives: one purpose and level on one connector or EVSE, for one transaction. */
function profileSlot({ action, payload }: RoutedCommand): string | undefined {
  if (action !== 'SetChargingProfile') return undefined;
  const profile = field(payload, 'csChargingProfiles') ?? field(payload, 'chargingProfile');
  const parts = [field(payload, 'connectorId') ?? field(payload, 'evseId')];
  for (const name of ['chargingProfilePurpose', 'stackLevel', 'transactionId']) parts.push(field(profile, name));
  return JSON.stringify(parts);
}

export class CommandQueue {
  #limits: RoutedCommand[] = [];
  #others: RoutedCommand[] = [];
  readonly #mostOfEach: number;

  constructor(mostOfEach: number) {
    this.#mostOfEach = mostOfEach;
  }

  /** False when the queue is full and the command was not taken. `superseded` are the ones it replaced. */
  add(command: RoutedCommand): { readonly taken: boolean; readonly superseded: readonly RoutedCommand[] } {
    if (!isLimit(command)) {
      const taken = this.#others.length < this.#mostOfEach;
      if (taken) this.#others.push(command);
      return { taken, superseded: [] };
    }
    const superseded = this.#limits.filter((waiting) => replaces(command, waiting));
    const rest = this.#limits.filter((waiting) => !superseded.includes(waiting));
    if (rest.length >= this.#mostOfEach) return { taken: false, superseded: [] };
    this.#limits = [...rest, command];
    return { taken: true, superseded };
  }

  peek(): RoutedCommand | undefined {
    return this.#limits[0] ?? this.#others[0];
  }

  /** Returns a command that was taken out and could not leave to the head of its line. */
  putBack(command: RoutedCommand): void {
    (isLimit(command) ? this.#limits : this.#others).unshift(command);
  }

  next(): RoutedCommand | undefined {
    return this.#limits.shift() ?? this.#others.shift();
  }

  get size(): number {
    return this.#limits.length + this.#others.length;
  }

  /** Takes out and answers every waiting command that `isOut` names. */
  remove(isOut: (command: RoutedCommand) => boolean): readonly RoutedCommand[] {
    const out = [...this.#limits, ...this.#others].filter(isOut);
    this.#limits = this.#limits.filter((command) => !out.includes(command));
    this.#others = this.#others.filter((command) => !out.includes(command));
    return out;
  }
}

function replaces(newer: RoutedCommand, waiting: RoutedCommand): boolean {
  if (newer.grant === undefined || waiting.grant === undefined || !isOlderGrant(waiting.grant, newer.grant)) return false;
  const slot = profileSlot(newer);
  return slot !== undefined && slot === profileSlot(waiting);
}
