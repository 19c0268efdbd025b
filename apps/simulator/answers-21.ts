// What came with 2.1 beside feeding back, as this station has it: dynamic limits that it asks for, DER controls and tariffs that it holds, and batteries it swaps.
// It has no profile for priority and follows no signal of frequency. How limits add up is in stacking.ts.
import type { RequestOf, ResponseOf } from '#ocpp';
import type { StationControls } from './dialect.js';
import type { Handlers } from './replies.js';

type SetProfile = RequestOf<'ocpp2.1', 'SetChargingProfile'>;
type Update = RequestOf<'ocpp2.1', 'UpdateDynamicSchedule'>['scheduleUpdate'];
type Control = RequestOf<'ocpp2.1', 'SetDERControl'>;
type Tariff = RequestOf<'ocpp2.1', 'SetDefaultTariff'>['tariff'];
type Report = RequestOf<'ocpp2.1', 'ReportDERControl'>;

const rejected = (reasonCode: string) => ({ result: { status: 'Rejected' as const, statusInfo: { reasonCode } } });

export function answers21(
  controls: StationControls,
  setProfile: NonNullable<Handlers<'ocpp2.0.1'>['SetChargingProfile']>,
): Handlers<'ocpp2.1'> {
  const dynamic = new Map<number, SetProfile>();
  const der = new Map<string, Control>();
  const tariffs = new Map<number, Tariff>();

  /** K28: it holds from now on, and lapses with its duration unless it is moved before. */
  function install(request: SetProfile, update: Update = {}): ReturnType<typeof setProfile> {
    const { dynUpdateInterval: _pulls, dynUpdateTime: _since, ...profile } = request.chargingProfile;
    const [schedule, ...others] = profile.chargingSchedule;
    const [period, ...more] = schedule?.chargingSchedulePeriod ?? [];
    if (schedule === undefined || period === undefined || others.length + more.length > 0) return rejected('InvalidSchedule');
    const moved = { ...period, ...update } as typeof period;
    const startSchedule = new Date(controls.now()).toISOString();
    const held = [{ ...schedule, startSchedule, chargingSchedulePeriod: [moved] }];
    const reply = setProfile({
      evseId: request.evseId,
      chargingProfile: { ...profile, chargingProfileKind: 'Absolute', chargingSchedule: held },
    } as never);
    if ('result' in reply && (reply.result as { readonly status: string }).status === 'Accepted')
      dynamic.set(profile.id, {
        ...request,
        chargingProfile: { ...request.chargingProfile, chargingSchedule: [{ ...schedule, chargingSchedulePeriod: [moved] }] },
      });
    return reply;
  }

  function apply(id: number, update: Update): 'Accepted' | 'Rejected' {
    const request = dynamic.get(id);
    if (request === undefined) return 'Rejected';
    const reply = install(request, update);
    if ('result' in reply) reply.afterwards?.();
    return 'result' in reply && (reply.result as { readonly status: string }).status === 'Accepted' ? 'Accepted' : 'Rejected';
  }

  /** As often as the profile says, as long as the station has it. */
  function pull(id: number, intervalS: number): void {
    controls.later(intervalS * 1000, () => {
      if (!controls.installation.profiles.all().some((profile) => profile.id === id)) dynamic.delete(id);
      if (!dynamic.has(id)) return;
      controls.send({
        action: 'PullDynamicScheduleUpdate',
        kind: 'volatile',
        payload: () => ({ chargingProfileId: id }),
        answered: (answer) => {
          const { status, scheduleUpdate } = answer as ResponseOf<'ocpp2.1', 'PullDynamicScheduleUpdate'>;
          if (status === 'Accepted' && scheduleUpdate !== undefined) apply(id, scheduleUpdate);
        },
      });
      pull(id, intervalS);
    });
  }

  const isMeant = (control: Control, { isDefault, controlType, controlId }: RequestOf<'ocpp2.1', 'GetDERControl'>): boolean =>
    (isDefault ?? control.isDefault) === control.isDefault &&
    (controlType ?? control.controlType) === control.controlType &&
    (controlId ?? control.controlId) === control.controlId;

  /** This inverter has curves only. */
  const report = (requestId: number, found: readonly Control[]): void => {
    const curve = found.flatMap(({ controlId: id, controlType: curveType, isDefault, curve: held }) =>
      held === undefined ? [] : [{ id, curveType, isDefault, isSuperseded: false, curve: held }],
    );
    const payload = { requestId, curve, tbc: false } as unknown as Report;
    controls.send({ action: 'ReportDERControl', kind: 'volatile', triggered: true, payload: () => payload });
  };

  return {
    SetChargingProfile: (request) => {
      if (request.chargingProfile.chargingProfileKind !== 'Dynamic') return setProfile(request as never);
      const reply = install(request);
      const { id, dynUpdateInterval = 0 } = request.chargingProfile;
      if (dynamic.has(id) && dynUpdateInterval > 0) pull(id, dynUpdateInterval);
      return reply;
    },
    UpdateDynamicSchedule: ({ chargingProfileId, scheduleUpdate }) => ({ result: { status: apply(chargingProfileId, scheduleUpdate) } }),
    UsePriorityCharging: () => ({ result: { status: 'NoProfile' } }),
    AFRRSignal: () => rejected('UnsupportedRequest'),
    SetDERControl: (control) => {
      if (control.curve === undefined) return { result: { status: 'NotSupported' } };
      const others = [...der.values()].filter(
        ({ controlId, controlType, isDefault }) =>
          controlId !== control.controlId && controlType === control.controlType && isDefault === control.isDefault,
      );
      for (const { controlId } of others) der.delete(controlId);
      der.set(control.controlId, control);
      const [first, ...rest] = others.map(({ controlId }) => controlId);
      return { result: { status: 'Accepted', ...(first !== undefined && { supersededIds: [first, ...rest] }) } };
    },
    GetDERControl: (request) => {
      const found = [...der.values()].filter((control) => isMeant(control, request));
      if (found.length === 0) return { result: { status: 'NotFound' } };
      return { result: { status: 'Accepted' }, afterwards: () => report(request.requestId, found) };
    },
    ClearDERControl: (request) => {
      const found = [...der.values()].filter((control) => isMeant(control, { requestId: 0, ...request }));
      for (const { controlId } of found) der.delete(controlId);
      return { result: { status: found.length === 0 ? 'NotFound' : 'Accepted' } };
    },
    SetDefaultTariff: ({ evseId, tariff }) => {
      tariffs.set(evseId, tariff);
      return { result: { status: 'Accepted' } };
    },
    GetTariffs: ({ evseId }) => {
      const held = [...tariffs].filter(([place]) => evseId === 0 || place === 0 || place === evseId);
      const [first, ...rest] = held.map(([place, { tariffId }]) => ({
        tariffId,
        tariffKind: 'DefaultTariff' as const,
        ...(place > 0 && { evseIds: [place] as [number] }),
      }));
      return { result: first === undefined ? { status: 'NoTariff' } : { status: 'Accepted', tariffAssignments: [first, ...rest] } };
    },
    ClearTariffs: ({ tariffIds, evseId }) => {
      const gone = [...tariffs].filter(
        ([place, { tariffId }]) =>
          (evseId === undefined || place === evseId) && (tariffIds as readonly string[] | undefined)?.includes(tariffId) !== false,
      );
      for (const [place] of gone) tariffs.delete(place);
      return { result: { clearTariffsResult: [{ status: gone.length === 0 ? 'NoTariff' : 'Accepted' }] } };
    },
    ChangeTransactionTariff: ({ transactionId }) => ({
      result: {
        status: controls.charging.running().some(({ transaction }) => transaction.key === transactionId) ? 'Accepted' : 'TxNotFound',
      },
    }),
    NotifyWebPaymentStarted: () => ({ result: {} }),
    GetPeriodicEventStream: () => ({ result: {} }),
    AdjustPeriodicEventStream: () => rejected('NotFound'),
    RequestBatterySwap: () => rejected('UnsupportedRequest'),
  };
}
