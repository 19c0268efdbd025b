// What the owner of a site takes from messages, and which it sends of itself.
import type { Behaviours } from '#ocpp';

const absorb = 'apps/load-balancing/calls.ts';
const inquiries = 'apps/load-balancing/inquiries.ts';
const dynamic = 'apps/load-balancing/dynamic-schedules.ts';
const foreign = 'libs/domain/load-balancing/foreign.ts';

export const BALANCING_BEHAVIOURS: Behaviours = {
  AFRRSignal: { in: foreign, does: 'never leaves: it is refused to operators, since no profile follows such a signal', isRefusal: true },
  BootNotification: { in: absorb, does: 'the defaults are sent again' },
  ChangeConfiguration: { in: inquiries, does: 'is sent to shorten the interval of samples' },
  ClearChargingProfile: { in: foreign, does: 'is sent for an operator where it lifts no limit of the site’s owner' },
  ClearedChargingLimit: { in: absorb, does: 'ends a limit from outside' },
  GetCompositeSchedule: { in: inquiries, does: 'is sent to compare what the station believes with what it was told' },
  GetConfiguration: { in: inquiries, does: 'is sent to learn what profiles the station can hold' },
  GetVariables: { in: inquiries, does: 'is sent to learn what profiles the station can hold' },
  MeterValues: { in: absorb, does: 'what an outlet draws is held against its limit' },
  NotifyAllowedEnergyTransfer: { in: 'apps/load-balancing/feed-back-leave.ts', does: 'is sent when a car may feed back, or no longer' },
  NotifyChargingLimit: { in: absorb, does: 'is a limit from outside that plans keep below' },
  NotifyEVChargingNeeds: { in: absorb, does: 'is planned for' },
  NotifyEVChargingSchedule: { in: absorb, does: 'a refused car is given its schedule again' },
  NotifyPriorityCharging: { in: absorb, does: 'the car comes first, and its outlet counts as the worst case while it lasts' },
  PullDynamicScheduleUpdate: { in: dynamic, does: 'the limit that stands is sent as a grant where the edge had none to repeat' },
  SetChargingProfile: {
    in: 'libs/domain/load-balancing/profiles.ts',
    does: 'carries defaults and plans; an operator’s own only where it has room',
  },
  SetVariables: { in: inquiries, does: 'is sent to shorten the interval of samples' },
  StartTransaction: { in: absorb, does: 'the outlet asks for power' },
  StatusNotification: { in: absorb, does: 'is a time of the station’s clock' },
  StopTransaction: { in: absorb, does: 'the outlet gives its power back' },
  TransactionEvent: { in: absorb, does: 'the outlet asks for power, or gives it back' },
  TriggerMessage: { in: inquiries, does: 'is sent for a StatusNotification, to learn the station’s clock' },
  UpdateDynamicSchedule: {
    in: dynamic,
    does: 'is sent for an operator where its limit has room, and counts like a grant until a later one is confirmed',
  },
  UsePriorityCharging: {
    in: 'apps/load-balancing/first-place.ts',
    does: 'asked to begin, it never leaves: the car is given the first place within the limits, by us; asked to end, it leaves only where the station took that priority by itself',
  },
};
