// What the limits of a run cost in messages: every profile that was asked for, those that told a charger something new, and how soon after the
// one before. A set-point is new when at some moment until the earlier lease ends the charger is to have another limit than before.
import type { CommandRequested } from '#contracts';
import { limitAt } from '#domain/load-balancing';

interface Told {
  readonly transactionId: string | undefined;
  readonly steps: readonly { readonly fromMs: number; readonly limitMa: number }[];
}
/** A lease told again when this much of it is over is told in time; sooner, it is a message too many. */
const DUE_SHARE = 3 / 4;
const PAUSE_MS = 30_000;
const MOST_CHANGES = 8;
const YEAR_MS = 365 * 86_400_000;

export class Economy {
  /** Profiles the owner asked for: plans, defaults, repetitions and renewals. */
  commands = 0;
  changed = 0;
  /** Told again without anything new since a lease of usual length was about to end: P6 asks for each of these. */
  owed = 0;
  /** Changes that no safety asked for, within half a minute of the charger's last change. */
  hasty = 0;
  readonly byCause: Record<string, number> = {};
  readonly #last = new Map<string, Told>();
  /** A charger's last changes, the newest last: as many as may be on their way. */
  readonly #changes = new Map<string, readonly { readonly commandId: string; readonly decidedMs: number }[]>();

  constructor(private readonly leaseMs: number) {}

  note(command: CommandRequested, nowMs: number): void {
    const { grant, stationId, action, commandId } = command;
    if (action !== 'SetChargingProfile') return;
    this.commands++;
    const steps = grant?.steps ?? [{ fromMs: nowMs, limitMa: limitOf(command) }];
    const slot = `${stationId}/${grant?.slot ?? 'plan'}`;
    const told = { transactionId: grant?.transactionId ?? transactionOf(command), steps };
    const before = this.#last.get(slot);
    const isNew = isOther(before, told, nowMs);
    this.#last.set(slot, told);
    const cause = grant?.why?.cause ?? 'told';
    const label = `${cause}${isNew ? '' : ', nothing new'}`;
    this.byCause[label] = (this.byCause[label] ?? 0) + 1;
    if (!isNew) {
      if (before !== undefined && isOwed(before, this.leaseMs, nowMs)) this.owed++;
      return;
    }
    this.changed++;
    // By the time of the stream, which the owner decides in.
    const decidedMs = steps[0]?.fromMs ?? nowMs;
    const changes = this.#changes.get(stationId) ?? [];
    if (cause === 'raise' && decidedMs - (changes.at(-1)?.decidedMs ?? 0) < PAUSE_MS) this.hasty++;
    this.#changes.set(stationId, [...changes, { commandId, decidedMs }].slice(-MOST_CHANGES));
  }

  /** It never left: the charger's last change is the last one that did. */
  refused(stationId: string, commandId: string): void {
    const left = this.#changes.get(stationId)?.filter((change) => change.commandId !== commandId);
    if (left !== undefined) this.#changes.set(stationId, left);
  }

  writesPerChargerYear(chargers: number, ms: number): number {
    return (this.commands / chargers) * (YEAR_MS / ms);
  }
}

/** The last step is where a lease ends: when it does is no set-point. */
function isOther(before: Told | undefined, after: Told, nowMs: number): boolean {
  if (before === undefined || before.transactionId !== after.transactionId) return true;
  const endMs = Math.min(leaseEndMs(before, nowMs), leaseEndMs(after, nowMs));
  const times = [...before.steps, ...after.steps].map(({ fromMs }) => Math.max(fromMs, nowMs)).filter((t) => t < endMs);
  return [nowMs, ...times].some((t) => limitAt(before, t) !== limitAt(after, t));
}

function isOwed({ steps: [first, ...rest] }: Told, leaseMs: number, nowMs: number): boolean {
  const endMs = rest.at(-1)?.fromMs;
  return first !== undefined && endMs !== undefined && endMs - first.fromMs <= leaseMs && nowMs - first.fromMs >= DUE_SHARE * leaseMs;
}

const leaseEndMs = ({ steps }: Told, nowMs: number): number =>
  steps.length > 1 ? (steps.at(-1)?.fromMs ?? nowMs) : Number.POSITIVE_INFINITY;

interface Payload {
  readonly csChargingProfiles: {
    readonly transactionId?: number;
    readonly chargingSchedule: { readonly chargingSchedulePeriod: readonly { readonly limit: number }[] };
  };
}
const profileOf = ({ payload }: CommandRequested) => (payload as Payload).csChargingProfiles;
const limitOf = (command: CommandRequested): number => (profileOf(command).chargingSchedule.chargingSchedulePeriod[0]?.limit ?? 0) * 1000;
const transactionOf = (command: CommandRequested): string | undefined => {
  const { transactionId } = profileOf(command);
  return transactionId === undefined ? undefined : String(transactionId);
};
