// The limits of dynamic profiles (OCPP 2.1 K28) that a station confirmed on this connection: what it may be told again when it asks.
// To repeat one changes nothing at the station, so no owner has to be asked; anything else is a grant and comes from the owner.
import type { RoutedCommand } from '#ports';

type Json = Readonly<Record<string, unknown>>;
/** A scheduleUpdate of the schema. */
export type ScheduleUpdate = Readonly<Record<string, number>>;

interface Told {
  readonly commandId: string;
  readonly update: ScheduleUpdate;
  readonly isConfirmed: boolean;
}

const UPDATABLE = /^(limit|dischargeLimit|setpoint|setpointReactive)(_L[23])?$/;
const valuesIn = (fields: Json): ScheduleUpdate =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => UPDATABLE.test(name) && typeof value === 'number')) as ScheduleUpdate;

/** Which profile a command touches, and what it says of it where that can be repeated; `all` where it may be any. */
function touched({ action, payload }: RoutedCommand): { readonly id: number | 'all'; readonly update?: ScheduleUpdate } | undefined {
  const fields = payload as Json;
  if (action === 'UpdateDynamicSchedule') return { id: Number(fields.chargingProfileId), update: valuesIn(fields.scheduleUpdate as Json) };
  if (action === 'ClearChargingProfile' || action === 'Reset') return { id: 'all' };
  if (action !== 'SetChargingProfile') return undefined;
  const profile = (fields.chargingProfile ?? fields.csChargingProfiles) as Json;
  if (profile.chargingProfileKind !== 'Dynamic') return { id: Number(profile.id) };
  const [schedule] = profile.chargingSchedule as readonly Json[];
  const [period] = (schedule?.chargingSchedulePeriod ?? []) as readonly Json[];
  return { id: Number(profile.id), update: valuesIn(period ?? {}) };
}

export class DynamicSchedules {
  readonly #told = new Map<number, Told>();

  /** From now on nobody knows what the station holds, until it answers. */
  sent(command: RoutedCommand): void {
    const { id, update } = touched(command) ?? {};
    if (id === undefined) return;
    if (id === 'all') this.#told.clear();
    else if (update === undefined) this.#told.delete(id);
    else this.#told.set(id, { commandId: command.commandId, update, isConfirmed: false });
  }

  /** The latest one sent counts; an answer to an earlier one, come late, says nothing of what is there now. */
  answered({ commandId }: RoutedCommand, payload: unknown): void {
    const status = (payload as { readonly status?: unknown } | null)?.status;
    for (const [id, told] of this.#told) {
      if (told.commandId !== commandId) continue;
      if (status === 'Accepted') this.#told.set(id, { ...told, isConfirmed: true });
      else this.#told.delete(id);
    }
  }

  confirmed(profileId: number): ScheduleUpdate | undefined {
    const told = this.#told.get(profileId);
    return told?.isConfirmed ? told.update : undefined;
  }
}
