// The commands every station gets by the HTTP interface while it charges, and the answers they must bring back.
import type { Client } from './station-process.js';

export interface Try {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly state: 'accepted' | 'failed';
  /** What the answer must contain. */
  readonly answer?: unknown;
  /** For one that fails: why. */
  readonly reason?: RegExp;
  /** The message it must bring about, by action. */
  readonly brings?: string;
}

const heartbeatInterval = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
const nonsense = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'Nonsense' } };

const TRIES_16: readonly Try[] = [
  {
    action: 'ChangeConfiguration',
    payload: { key: 'HeartbeatInterval', value: '120' },
    state: 'accepted',
    answer: { status: 'Accepted' },
  },
  {
    action: 'GetConfiguration',
    payload: { key: ['HeartbeatInterval', 'Nonsense'] },
    state: 'accepted',
    answer: { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '120' }], unknownKey: ['Nonsense'] },
  },
  {
    action: 'TriggerMessage',
    payload: { requestedMessage: 'MeterValues', connectorId: 1 },
    state: 'accepted',
    answer: { status: 'Accepted' },
    brings: 'MeterValues',
  },
  { action: 'ChangeAvailability', payload: { connectorId: 1, type: 'Operative' }, state: 'accepted', answer: { status: 'Accepted' } },
  { action: 'UnlockConnector', payload: { connectorId: 1 }, state: 'accepted', answer: { status: 'Unlocked' } },
  { action: 'ClearCache', payload: {}, state: 'accepted', answer: { status: 'Accepted' } },
  { action: 'GetLocalListVersion', payload: {}, state: 'failed', reason: /^Not(Supported|Implemented)$/ },
];

const TRIES_201: readonly Try[] = [
  {
    action: 'SetVariables',
    payload: { setVariableData: [{ ...heartbeatInterval, attributeValue: '120' }] },
    state: 'accepted',
    answer: { setVariableResult: [{ ...heartbeatInterval, attributeStatus: 'Accepted' }] },
  },
  {
    action: 'GetVariables',
    payload: { getVariableData: [heartbeatInterval, nonsense] },
    state: 'accepted',
    answer: {
      getVariableResult: [
        { ...heartbeatInterval, attributeStatus: 'Accepted', attributeValue: '120' },
        { ...nonsense, attributeStatus: 'UnknownVariable' },
      ],
    },
  },
  {
    action: 'GetBaseReport',
    payload: { requestId: 7, reportBase: 'FullInventory' },
    state: 'accepted',
    answer: { status: 'Accepted' },
    brings: 'NotifyReport',
  },
  {
    action: 'TriggerMessage',
    payload: { requestedMessage: 'TransactionEvent', evse: { id: 1 } },
    state: 'accepted',
    answer: { status: 'Accepted' },
    brings: 'TransactionEvent',
  },
  { action: 'GetTransactionStatus', payload: {}, state: 'accepted', answer: { messagesInQueue: false } },
  { action: 'ChangeAvailability', payload: { operationalStatus: 'Operative' }, state: 'accepted', answer: { status: 'Accepted' } },
  { action: 'UnlockConnector', payload: { evseId: 1, connectorId: 1 }, state: 'accepted', answer: { status: 'Unlocked' } },
  { action: 'ClearCache', payload: {}, state: 'accepted', answer: { status: 'Accepted' } },
  { action: 'GetLocalListVersion', payload: {}, state: 'failed', reason: /^Not(Supported|Implemented)$/ },
];

const TRIES_21: readonly Try[] = [
  // Of 2.1 messages the library leaves those it has no handler for without an answer.
  ...TRIES_201.filter(({ action }) => action !== 'GetLocalListVersion'),
  {
    action: 'GetPeriodicEventStream',
    payload: {},
    state: 'accepted',
    answer: { constantStreamData: [{ id: 3, variableMonitoringId: 9 }] },
  },
  {
    action: 'SetDefaultTariff',
    payload: { evseId: 0, tariff: { tariffId: 'flat', currency: 'EUR', energy: { prices: [{ priceKwh: 0.4 }] } } },
    state: 'accepted',
    answer: { status: 'Accepted' },
  },
];

const TRIES = { '1.6': TRIES_16, '2.0.1': TRIES_201, '2.1': TRIES_21 } as const;
export const triesOf = ({ version }: Client): readonly Try[] => TRIES[version];

export const remoteStart = ({ version }: Client, idToken: string): Pick<Try, 'action' | 'payload'> =>
  version === '1.6'
    ? { action: 'RemoteStartTransaction', payload: { idTag: idToken, connectorId: 1 } }
    : { action: 'RequestStartTransaction', payload: { evseId: 1, remoteStartId: 11, idToken: { idToken, type: 'ISO14443' } } };

export const remoteStop = ({ version }: Client, transactionId: string | number): Pick<Try, 'action' | 'payload'> => ({
  action: version === '1.6' ? 'RemoteStopTransaction' : 'RequestStopTransaction',
  payload: { transactionId },
});

export const compositeSchedule = ({ version }: Client): Pick<Try, 'action' | 'payload'> => ({
  action: 'GetCompositeSchedule',
  payload: { [version === '1.6' ? 'connectorId' : 'evseId']: 1, duration: 60, chargingRateUnit: 'A' },
});

export const reset = ({ version }: Client): Pick<Try, 'action' | 'payload'> => ({
  action: 'Reset',
  payload: { type: version === '1.6' ? 'Soft' : 'Immediate' },
});

export const ownProfile = ({ version }: Client): Pick<Try, 'action' | 'payload'> => {
  const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 32 }] };
  const rest = { stackLevel: 9, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative' };
  return {
    action: 'SetChargingProfile',
    payload:
      version === '1.6'
        ? { connectorId: 1, csChargingProfiles: { chargingProfileId: 99, ...rest, chargingSchedule: schedule } }
        : { evseId: 1, chargingProfile: { id: 99, ...rest, chargingSchedule: [{ id: 1, ...schedule }] } },
  };
};
