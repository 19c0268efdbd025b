// A sample of the messages of each functional block, both ways, in each version: what a station was doing when its edge was killed.
// What must have come of them is the same as without the kill, whatever that is: nothing is expected here.
import type { OcppVersion } from '#ocpp';
import type { Json, ScriptedStation } from './scripted-station.js';

export const TOKEN = 'TAG-1';
export const LATER = '2099-01-01T00:00:00Z';
/** A station whose clock is right: what it says is at its own time once, however often it says it. */
const FIRST_MS = Date.now();
export const at = (second: number): string => new Date(FIRST_MS + 1000 * second).toISOString();
export const idToken = { idToken: TOKEN, type: 'ISO14443' };

/** What a station says; `before` and `after`: what was said by then, and what it says once it got its answer. */
export interface Told {
  readonly id: string;
  readonly version: OcppVersion;
  readonly before?: readonly Call[];
  readonly call: Call;
  readonly after?: readonly Call[];
}
/** What an operator asks; `after`: what the station says of it later. */
export interface Asked {
  readonly id: string;
  readonly version: OcppVersion;
  readonly action: string;
  readonly payload: Json;
  readonly after?: readonly Call[];
  /** Of the station; default: it accepts. */
  readonly answer?: Json;
  /** What it was asked before. */
  readonly first?: Wanted;
}
export type Wanted = readonly [action: string, payload: Json];
export type Call = readonly [action: string, payload: Json | ((station: ScriptedStation) => Json)];

export const payloadOf = ([, payload]: Call, station: ScriptedStation): Json =>
  typeof payload === 'function' ? payload(station) : payload;

// 1.6
const start16: Call = ['StartTransaction', { connectorId: 1, idTag: TOKEN, meterStart: 1000, timestamp: at(0) }];
const meter16: Call = [
  'MeterValues',
  ({ transactionId }) => ({ connectorId: 1, transactionId, meterValue: [{ timestamp: at(60), sampledValue: [{ value: '1500' }] }] }),
];
const stop16: Call = ['StopTransaction', ({ transactionId }) => ({ transactionId, meterStop: 2000, timestamp: at(120), idTag: TOKEN })];
const status16: Call = ['StatusNotification', { connectorId: 1, errorCode: 'GroundFailure', status: 'Faulted', timestamp: at(0) }];
// 2.x
const event = (eventType: string, seqNo: number, wh: number, more: Json = {}): Call => [
  'TransactionEvent',
  {
    eventType,
    seqNo,
    timestamp: at(60 * seqNo),
    triggerReason: 'Trigger',
    transactionInfo: { transactionId: 'T' },
    meterValue: [{ timestamp: at(60 * seqNo), sampledValue: [{ value: wh }] }],
    ...more,
  },
];
export const [started, updated, ended] = [
  event('Started', 0, 1000, { idToken, evse: { id: 1, connectorId: 1 } }),
  event('Updated', 1, 1500),
  event('Ended', 2, 2000),
];
export const variable = { component: { name: 'Controller' }, variable: { name: 'Temperature' } };
const eventData = {
  ...variable,
  eventId: 1,
  timestamp: at(0),
  trigger: 'Alerting',
  actualValue: '90',
  eventNotificationType: 'HardWiredNotification',
};
export const reported = { ...variable, variableAttribute: [{ value: '40' }] };
const security: Call = ['SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: at(0), techInfo: 'lid' }];

export type ToldCases = Readonly<Record<string, readonly [Call, before?: readonly Call[], after?: readonly Call[]]>>;
export const told = (version: OcppVersion, cases: ToldCases): readonly Told[] =>
  Object.entries(cases).map(([id, [call, before = [], after = []]]) => ({
    id: `${version.slice(4).replaceAll('.', '')}-${id}`,
    version,
    call,
    before,
    after,
  }));

const BOTH_2: ToldCases = {
  A: [security],
  B: [['NotifyReport', { requestId: 1, seqNo: 0, generatedAt: at(0), reportData: [reported] }]],
  C: [['Authorize', { idToken }]],
  'E-started': [started, [], [updated, ended]],
  'E-updated': [updated, [started], [ended]],
  'E-ended': [ended, [started, updated]],
  G: [['StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: 'Faulted', timestamp: at(0) }]],
  J: [['MeterValues', { evseId: 1, meterValue: [{ timestamp: at(0), sampledValue: [{ value: 5 }] }] }]],
  K: [['NotifyChargingLimit', { evseId: 1, chargingLimit: { chargingLimitSource: 'SO' } }]],
  M: [['NotifyEvent', { seqNo: 0, generatedAt: at(0), eventData: [eventData] }]],
  L: [['FirmwareStatusNotification', { status: 'Downloading', requestId: 5 }]],
  N: [['LogStatusNotification', { status: 'Uploading', requestId: 6 }]],
  P: [['DataTransfer', { vendorId: 'v', messageId: 'm' }]],
};

/** `npm run chaos`: 2.1 says all of 2.0.1 as well, and message-cases.ts is played too. */
export const isAll = process.env.CHAOS_STATIONS !== undefined;

export const TOLD: readonly Told[] = [
  ...told('ocpp1.6', {
    boot: [['BootNotification', { chargePointVendor: 'v', chargePointModel: 'm', firmwareVersion: '2' }]],
    authorize: [['Authorize', { idTag: TOKEN }]],
    start: [start16, [], [meter16, stop16]],
    meter: [meter16, [start16], [stop16]],
    stop: [stop16, [start16, meter16]],
    status: [status16],
    firmware: [['FirmwareStatusNotification', { status: 'Downloading' }]],
    diagnostics: [['DiagnosticsStatusNotification', { status: 'Uploading' }]],
    security: [security],
  }),
  ...told('ocpp2.0.1', BOTH_2),
  ...told('ocpp2.1', {
    ...(isAll ? BOTH_2 : {}),
    Q: [['NotifyPriorityCharging', { transactionId: 'T', activated: true }], [started], [ended]],
    R: [['NotifyDERAlarm', { controlType: 'HVMustTrip', gridEventFault: 'OverVoltage', timestamp: at(0) }]],
    S: [
      ['BatterySwap', { eventType: 'BatteryIn', requestId: 1, idToken, batteryData: [{ evseId: 1, serialNumber: 'b', soC: 40, soH: 90 }] }],
    ],
    C25: [['NotifySettlement', { pspRef: 'p', status: 'Settled', settlementAmount: 1.5, settlementTime: at(0) }]],
    N11: [['OpenPeriodicEventStream', { constantStreamData: { id: 3, variableMonitoringId: 9, params: { interval: 5 } } }]],
  }),
];

export type AskedCases = Readonly<
  Record<string, readonly [action: string, payload: Json, after?: readonly Call[], answer?: Json, first?: Wanted]>
>;
export const asked = (version: OcppVersion, cases: AskedCases): readonly Asked[] =>
  Object.entries(cases).map(([id, [action, payload, after = [], answer, first]]) => ({
    id: `${version.slice(4).replaceAll('.', '')}-ask-${id}`,
    version,
    action,
    payload,
    after,
    ...(answer && { answer }),
    ...(first && { first }),
  }));

const update = { requestId: 5, firmware: { location: 'https://firmware.example/f', retrieveDateTime: LATER } };
const log = { logType: 'SecurityLog', requestId: 6, log: { remoteLocation: 'https://logs.example/' } };
const BOTH_2_ASKED: AskedCases = {
  B: ['Reset', { type: 'OnIdle' }],
  C: ['ClearCache', {}],
  F: ['TriggerMessage', { requestedMessage: 'Heartbeat' }],
  'F-unlock': ['UnlockConnector', { evseId: 1, connectorId: 1 }],
  G: ['ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } }],
  H: [
    'ReserveNow',
    { id: 7, evseId: 1, expiryDateTime: LATER, idToken },
    [['ReservationStatusUpdate', { reservationId: 7, reservationUpdateStatus: 'Removed' }]],
  ],
  L: ['UpdateFirmware', update, [['FirmwareStatusNotification', { status: 'Installed', requestId: 5 }]]],
  N: ['GetLog', log, [['LogStatusNotification', { status: 'Uploaded', requestId: 6 }]]],
  P: ['DataTransfer', { vendorId: 'v', messageId: 'm' }],
};
export const ASKED: readonly Asked[] = [
  ...asked('ocpp1.6', {
    reset: ['Reset', { type: 'Soft' }],
    cache: ['ClearCache', {}],
    configuration: ['ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' }],
    trigger: ['TriggerMessage', { requestedMessage: 'Heartbeat' }],
    unlock: ['UnlockConnector', { connectorId: 1 }],
    availability: ['ChangeAvailability', { connectorId: 1, type: 'Inoperative' }],
    reserve: ['ReserveNow', { reservationId: 7, connectorId: 1, expiryDate: LATER, idTag: TOKEN }],
    firmware: [
      'UpdateFirmware',
      { location: 'https://firmware.example/f', retrieveDate: LATER },
      [['FirmwareStatusNotification', { status: 'Installed' }]],
    ],
    log: ['GetLog', log, [['LogStatusNotification', { status: 'Uploaded', requestId: 6 }]]],
  }),
  ...asked('ocpp2.0.1', BOTH_2_ASKED),
  ...asked('ocpp2.1', { ...(isAll ? BOTH_2_ASKED : {}), S: ['RequestBatterySwap', { requestId: 8, idToken }] }),
];
