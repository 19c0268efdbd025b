// Every action of every version: which side may call it, and the functional block it belongs to.
// Message shapes come from the schemas; what an action means is said where it is handled.
import type { ActionOf, OcppVersion } from './versions.js';

export type Direction = 'fromStation' | 'toStation' | 'both';

export interface ActionInfo {
  readonly direction: Direction;
  /** Functional block: a profile name in 1.6, a letter A to S in 2.x. */
  readonly block: string;
}

type Block = readonly [block: string, fromStation: string, toStation: string];

const V16: readonly Block[] = [
  [
    'Core',
    'Authorize BootNotification DataTransfer Heartbeat MeterValues StartTransaction StatusNotification StopTransaction',
    'ChangeAvailability ChangeConfiguration ClearCache DataTransfer GetConfiguration RemoteStartTransaction RemoteStopTransaction Reset UnlockConnector',
  ],
  ['FirmwareManagement', 'DiagnosticsStatusNotification FirmwareStatusNotification', 'GetDiagnostics UpdateFirmware'],
  ['LocalAuthListManagement', '', 'GetLocalListVersion SendLocalList'],
  ['Reservation', '', 'CancelReservation ReserveNow'],
  ['RemoteTrigger', '', 'TriggerMessage'],
  ['SmartCharging', '', 'ClearChargingProfile GetCompositeSchedule SetChargingProfile'],
  [
    'Security',
    'LogStatusNotification SecurityEventNotification SignCertificate SignedFirmwareStatusNotification',
    'CertificateSigned DeleteCertificate ExtendedTriggerMessage GetInstalledCertificateIds GetLog InstallCertificate SignedUpdateFirmware',
  ],
];

const V201: readonly Block[] = [
  ['A', 'SecurityEventNotification SignCertificate', 'CertificateSigned'],
  ['B', 'BootNotification NotifyReport', 'GetBaseReport GetReport GetVariables Reset SetNetworkProfile SetVariables'],
  ['C', 'Authorize', 'ClearCache'],
  ['D', '', 'GetLocalListVersion SendLocalList'],
  ['E', 'TransactionEvent', 'GetTransactionStatus'],
  ['F', '', 'RequestStartTransaction RequestStopTransaction TriggerMessage UnlockConnector'],
  ['G', 'Heartbeat StatusNotification', 'ChangeAvailability'],
  ['H', 'ReservationStatusUpdate', 'CancelReservation ReserveNow'],
  ['I', '', 'CostUpdated'],
  ['J', 'MeterValues', ''],
  [
    'K',
    'ClearedChargingLimit NotifyChargingLimit NotifyEVChargingNeeds NotifyEVChargingSchedule ReportChargingProfiles',
    'ClearChargingProfile GetChargingProfiles GetCompositeSchedule SetChargingProfile',
  ],
  ['L', 'FirmwareStatusNotification PublishFirmwareStatusNotification', 'PublishFirmware UnpublishFirmware UpdateFirmware'],
  ['M', 'Get15118EVCertificate GetCertificateStatus', 'DeleteCertificate GetInstalledCertificateIds InstallCertificate'],
  [
    'N',
    'LogStatusNotification NotifyCustomerInformation NotifyEvent NotifyMonitoringReport',
    'ClearVariableMonitoring CustomerInformation GetLog GetMonitoringReport SetMonitoringBase SetMonitoringLevel SetVariableMonitoring',
  ],
  ['O', 'NotifyDisplayMessages', 'ClearDisplayMessage GetDisplayMessages SetDisplayMessage'],
  ['P', 'DataTransfer', 'DataTransfer'],
];

/** What 2.1 adds to 2.0.1; it removes nothing. Q: bidirectional charging, R: distributed energy resources, S: battery swapping. */
const NEW_IN_V21: readonly Block[] = [
  ['C', 'NotifySettlement VatNumberValidation', 'NotifyWebPaymentStarted'],
  ['I', '', 'ChangeTransactionTariff ClearTariffs GetTariffs SetDefaultTariff'],
  ['K', 'NotifyPriorityCharging PullDynamicScheduleUpdate', 'UpdateDynamicSchedule UsePriorityCharging'],
  ['M', 'GetCertificateChainStatus', ''],
  ['N', 'ClosePeriodicEventStream NotifyPeriodicEventStream OpenPeriodicEventStream', 'AdjustPeriodicEventStream GetPeriodicEventStream'],
  ['Q', '', 'AFRRSignal NotifyAllowedEnergyTransfer'],
  ['R', 'NotifyDERAlarm NotifyDERStartStop ReportDERControl', 'ClearDERControl GetDERControl SetDERControl'],
  ['S', 'BatterySwap', 'RequestBatterySwap'],
];

const names = (list: string): readonly string[] => list.split(' ').filter((name) => name !== '');

function table(blocks: readonly Block[]): ReadonlyMap<string, ActionInfo> {
  const actions = new Map<string, ActionInfo>();
  for (const [block, fromStation, toStation] of blocks) {
    for (const action of names(fromStation)) actions.set(action, { direction: 'fromStation', block });
    for (const action of names(toStation)) actions.set(action, { direction: actions.has(action) ? 'both' : 'toStation', block });
  }
  return actions;
}

const TABLES: { readonly [version in OcppVersion]: ReadonlyMap<string, ActionInfo> } = {
  'ocpp1.6': table(V16),
  'ocpp2.0.1': table(V201),
  'ocpp2.1': table([...V201, ...NEW_IN_V21]),
};

/** Action -> direction and block. A map, so that an action called `constructor` is simply unknown. */
export const actions = (version: OcppVersion): ReadonlyMap<string, ActionInfo> => TABLES[version];

/** Narrows a text to an action of `version`; false means the answer is NotImplemented. */
export const isAction = <V extends OcppVersion>(version: V, action: string): action is ActionOf<V> => TABLES[version].has(action);

export const mayComeFromStation = (version: OcppVersion, action: string): boolean => {
  const info = TABLES[version].get(action);
  return info !== undefined && info.direction !== 'toStation';
};
