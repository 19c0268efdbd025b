// Every message that the sample of block-cases.ts leaves out, both ways, in each version that has it: `npm run chaos` kills an edge in the middle of each.
// What must have come of it is the same as without the kill, whatever that is: nothing is expected here.
import {
  type Asked,
  type AskedCases,
  asked,
  at,
  type Call,
  ended,
  idToken,
  LATER,
  reported,
  started,
  TOKEN,
  type Told,
  type ToldCases,
  told,
  variable,
} from './block-cases.js';
import type { Json } from './scripted-station.js';

/** Refused to operators, decided here, or only sent: nobody waits for an answer. */
export const WITHOUT_ANSWER: ReadonlySet<string> = new Set(['AFRRSignal', 'UsePriorityCharging', 'NotifyPeriodicEventStream']);

const certificateHashData = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '01' };
const ocspRequestData = { ...certificateHashData, responderURL: 'https://responder.example/' };
const certificate = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const schedule = { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] };
const profile = { id: 77, stackLevel: 5, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Absolute' };
const startSchedule = at(0);
const chargingProfile = { ...profile, chargingSchedule: [{ ...schedule, startSchedule }] };
const dynamic = { ...profile, id: 78, chargingProfileKind: 'Dynamic', chargingSchedule: [schedule] };
const needs = {
  evseId: 1,
  chargingNeeds: {
    requestedEnergyTransfer: 'AC_three_phase',
    acChargingParameters: { energyAmount: 20_000, evMinCurrent: 6, evMaxCurrent: 32, evMaxVoltage: 400 },
  },
};
const message = { id: 3, priority: 'NormalCycle', message: { format: 'UTF8', content: 'hello' } };
const monitoring = { id: 9, transaction: false, value: 80, type: 'UpperThreshold', severity: 4 };
const monitorReport = (monitor: Json): Call => [
  'NotifyMonitoringReport',
  { requestId: 8, seqNo: 0, generatedAt: at(0), monitor: [{ ...variable, variableMonitoring: [monitor] }] },
];
const monitors = monitorReport(monitoring);
/** Says in 2.1 whose it is, too. */
const monitors21 = monitorReport({ ...monitoring, eventNotificationType: 'CustomMonitor' });
const held = { requestId: 9, chargingLimitSource: 'CSO', evseId: 1, chargingProfile: [chargingProfile] };
const part = { requestId: 10, seqNo: 0, generatedAt: at(0) };

const TOLD_BY_2: ToldCases = {
  'A-sign': [['SignCertificate', ({ csr }) => ({ csr, certificateType: 'ChargingStationCertificate' })]],
  'B-boot': [['BootNotification', { reason: 'Watchdog', chargingStation: { vendorName: 'v', model: 'm', firmwareVersion: '2' } }]],
  'G-alive': [['Heartbeat', {}]],
  'H-over': [['ReservationStatusUpdate', { reservationId: 7, reservationUpdateStatus: 'Expired' }]],
  'K-cleared': [['ClearedChargingLimit', { chargingLimitSource: 'SO', evseId: 1 }]],
  'K-needs': [['NotifyEVChargingNeeds', needs], [started], [ended]],
  'K-schedule': [['NotifyEVChargingSchedule', { evseId: 1, timeBase: at(0), chargingSchedule: schedule }], [started], [ended]],
  'K-held': [['ReportChargingProfiles', held]],
  'L-published': [['PublishFirmwareStatusNotification', { status: 'Downloading', requestId: 5 }]],
  'M-contract': [['Get15118EVCertificate', { iso15118SchemaVersion: 'urn', action: 'Install', exiRequest: 'AA' }]],
  'M-status': [['GetCertificateStatus', { ocspRequestData }]],
  'N-customer': [['NotifyCustomerInformation', { ...part, data: 'nobody' }]],
  'N-monitors': [monitors],
  'O-shown': [['NotifyDisplayMessages', { requestId: 11, messageInfo: [message] }]],
};
const TOLD_BY_21: ToldCases = {
  'N-monitors': [monitors21],
  'C-vat': [['VatNumberValidation', { vatNumber: 'NL123', evseId: 1 }]],
  'K-pull': [['PullDynamicScheduleUpdate', { chargingProfileId: 77 }]],
  'M-chain': [
    ['GetCertificateChainStatus', { certificateStatusRequests: [{ certificateHashData, source: 'OCSP', urls: ['https://r.example/'] }] }],
  ],
  'N-close': [['ClosePeriodicEventStream', { id: 3 }]],
  'R-running': [['NotifyDERStartStop', { controlId: 'c', started: true, timestamp: at(0) }]],
  'R-report': [['ReportDERControl', { requestId: 12, tbc: false }]],
};

export const MORE_TOLD: readonly Told[] = [
  ...told('ocpp1.6', {
    alive: [['Heartbeat', {}]],
    data: [['DataTransfer', { vendorId: 'v', messageId: 'm' }]],
    sign: [['SignCertificate', ({ csr }) => ({ csr })]],
    signed: [['SignedFirmwareStatusNotification', { status: 'Downloading', requestId: 5 }]],
    log: [['LogStatusNotification', { status: 'Uploading', requestId: 6 }]],
  }),
  ...told('ocpp2.0.1', TOLD_BY_2),
  ...told('ocpp2.1', { ...TOLD_BY_2, ...TOLD_BY_21 }),
];

const ACCEPTED = { attributeStatus: 'Accepted' };
const tariff = { tariffId: 'own', currency: 'EUR', energy: { prices: [{ priceKwh: 0.3 }] } };
const control = { isDefault: true, controlType: 'FreqWatt', controlId: 'c' };
const connectionData = {
  ocppInterface: 'Wired0',
  ocppTransport: 'JSON',
  ocppVersion: 'OCPP20',
  ocppCsmsUrl: 'wss://csms.example/',
  messageTimeout: 30,
  securityProfile: 1,
};
const installed = { certificateType: 'CSMSRootCertificate', certificateHashData };

const ASKED_OF_2: AskedCases = {
  'A-signed': ['CertificateSigned', { certificateChain: certificate }],
  'B-base': [
    'GetBaseReport',
    { requestId: 13, reportBase: 'FullInventory' },
    [['NotifyReport', { ...part, requestId: 13, reportData: [reported] }]],
  ],
  'B-report': [
    'GetReport',
    { requestId: 14, componentVariable: [variable] },
    [['NotifyReport', { ...part, requestId: 14, reportData: [reported] }]],
  ],
  'B-get': [
    'GetVariables',
    { getVariableData: [variable] },
    [],
    { getVariableResult: [{ ...variable, ...ACCEPTED, attributeValue: '1' }] },
  ],
  'B-set': [
    'SetVariables',
    { setVariableData: [{ ...variable, attributeValue: '2' }] },
    [],
    { setVariableResult: [{ ...variable, ...ACCEPTED }] },
  ],
  'B-network': ['SetNetworkProfile', { configurationSlot: 1, connectionData }],
  'D-version': ['GetLocalListVersion', {}, [], { versionNumber: 4 }],
  'D-list': ['SendLocalList', { versionNumber: 4, updateType: 'Full' }],
  'E-status': ['GetTransactionStatus', { transactionId: 'T' }, [], { messagesInQueue: false, ongoingIndicator: false }],
  'F-start': ['RequestStartTransaction', { remoteStartId: 15, idToken, evseId: 1 }],
  'F-stop': ['RequestStopTransaction', { transactionId: 'T' }],
  'H-cancel': ['CancelReservation', { reservationId: 7 }],
  'I-cost': ['CostUpdated', { transactionId: 'T', totalCost: 1.5 }, [], {}],
  'K-set': ['SetChargingProfile', { evseId: 1, chargingProfile }],
  'K-clear': ['ClearChargingProfile', { chargingProfileCriteria: { stackLevel: 5 } }],
  'K-get': ['GetChargingProfiles', { requestId: 9, chargingProfile: { stackLevel: 5 } }, [['ReportChargingProfiles', held]]],
  'K-composite': ['GetCompositeSchedule', { evseId: 1, duration: 600 }],
  'L-publish': [
    'PublishFirmware',
    { location: 'https://firmware.example/f', checksum: 'a'.repeat(32), requestId: 16 },
    [['PublishFirmwareStatusNotification', { status: 'Published', location: ['https://local.example/f'], requestId: 16 }]],
  ],
  'L-unpublish': ['UnpublishFirmware', { checksum: 'a'.repeat(32) }, [], { status: 'Unpublished' }],
  'M-install': ['InstallCertificate', { certificateType: 'V2GRootCertificate', certificate }],
  'M-ids': [
    'GetInstalledCertificateIds',
    { certificateType: ['CSMSRootCertificate'] },
    [],
    { status: 'Accepted', certificateHashDataChain: [installed] },
  ],
  'M-delete': ['DeleteCertificate', { certificateHashData }],
  'N-clear': ['ClearVariableMonitoring', { id: [9] }, [], { clearMonitoringResult: [{ id: 9, status: 'Accepted' }] }],
  'N-customer': [
    'CustomerInformation',
    { requestId: 10, report: true, clear: false, customerIdentifier: 'somebody' },
    [['NotifyCustomerInformation', { ...part, data: 'nothing' }]],
  ],
  'N-monitors': ['GetMonitoringReport', { requestId: 8 }, [monitors]],
  'N-base': ['SetMonitoringBase', { monitoringBase: 'All' }],
  'N-level': ['SetMonitoringLevel', { severity: 5 }],
  'N-set': [
    'SetVariableMonitoring',
    { setMonitoringData: [{ ...variable, value: 80, type: 'UpperThreshold', severity: 4 }] },
    [],
    { setMonitoringResult: [{ ...variable, id: 9, type: 'UpperThreshold', severity: 4, status: 'Accepted' }] },
  ],
  'O-show': ['SetDisplayMessage', { message }],
  'O-clear': ['ClearDisplayMessage', { id: 3 }],
  'O-get': ['GetDisplayMessages', { requestId: 11 }, [['NotifyDisplayMessages', { requestId: 11, messageInfo: [message] }]]],
};
const ASKED_OF_21: AskedCases = {
  'N-monitors': ['GetMonitoringReport', { requestId: 8 }, [monitors21]],
  'C-web': ['NotifyWebPaymentStarted', { evseId: 1, timeout: 60 }, [], {}],
  'I-change': ['ChangeTransactionTariff', { transactionId: 'T', tariff }],
  'I-clear': ['ClearTariffs', { tariffIds: ['own'] }, [], { clearTariffsResult: [{ tariffId: 'own', status: 'Accepted' }] }],
  'I-get': ['GetTariffs', { evseId: 0 }, [], { status: 'Accepted', tariffAssignments: [{ tariffId: 'own', tariffKind: 'DefaultTariff' }] }],
  'I-set': ['SetDefaultTariff', { evseId: 0, tariff }],
  'N-adjust': ['AdjustPeriodicEventStream', { id: 3, params: { interval: 9 } }],
  'N-streams': ['GetPeriodicEventStream', {}, [], {}],
  'Q-may': ['NotifyAllowedEnergyTransfer', { transactionId: 'T', allowedEnergyTransfer: ['AC_three_phase'] }],
  'R-clear': ['ClearDERControl', { isDefault: true }],
  'R-get': ['GetDERControl', { requestId: 12 }, [['ReportDERControl', { requestId: 12, tbc: false }]]],
  'R-set': ['SetDERControl', { ...control, curve: { curveData: [{ x: 50.2, y: 100 }], priority: 1, yUnit: 'PctMaxW' } }],
  'K-update': [
    'UpdateDynamicSchedule',
    { chargingProfileId: 78, scheduleUpdate: { limit: 8 } },
    [],
    { status: 'Accepted' },
    ['SetChargingProfile', { evseId: 1, chargingProfile: dynamic }],
  ],
};

export const MORE_ASKED: readonly Asked[] = [
  ...asked('ocpp1.6', {
    cancel: ['CancelReservation', { reservationId: 7 }],
    clear: ['ClearChargingProfile', { stackLevel: 5 }],
    composite: ['GetCompositeSchedule', { connectorId: 1, duration: 600 }],
    data: ['DataTransfer', { vendorId: 'v', messageId: 'm' }],
    delete: ['DeleteCertificate', { certificateHashData }],
    diagnostics: ['GetDiagnostics', { location: 'https://logs.example/' }, [['DiagnosticsStatusNotification', { status: 'Uploaded' }]], {}],
    extended: ['ExtendedTriggerMessage', { requestedMessage: 'Heartbeat' }],
    ids: ['GetInstalledCertificateIds', { certificateType: 'CentralSystemRootCertificate' }],
    install: ['InstallCertificate', { certificateType: 'CentralSystemRootCertificate', certificate }],
    list: ['SendLocalList', { listVersion: 4, updateType: 'Full' }],
    version: ['GetLocalListVersion', {}, [], { listVersion: 4 }],
    keys: ['GetConfiguration', {}, [], { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }] }],
    profile: [
      'SetChargingProfile',
      {
        connectorId: 1,
        csChargingProfiles: {
          ...profile,
          id: undefined,
          chargingProfileId: 77,
          chargingSchedule: { chargingRateUnit: 'A', startSchedule, chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
        },
      },
    ],
    signed: ['CertificateSigned', { certificateChain: certificate }],
    start: ['RemoteStartTransaction', { connectorId: 1, idTag: TOKEN }],
    stop: ['RemoteStopTransaction', { transactionId: 1 }],
    update: [
      'SignedUpdateFirmware',
      {
        requestId: 5,
        firmware: { location: 'https://firmware.example/f', retrieveDateTime: LATER, signingCertificate: certificate, signature: 'AA==' },
      },
      [['SignedFirmwareStatusNotification', { status: 'Installed', requestId: 5 }]],
    ],
  }),
  ...asked('ocpp2.0.1', ASKED_OF_2),
  ...asked('ocpp2.1', { ...ASKED_OF_2, ...ASKED_OF_21 }),
];
