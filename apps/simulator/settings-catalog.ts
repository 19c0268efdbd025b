// The names under which the settings of a station are read and written in 1.6 and 2.0.1.
// What they change is in settings.ts; the messages are in the dialects.
import { MAX_PERIODS, MAX_PROFILES, MAX_STACK_LEVEL } from './profile-rules.js';
import type { Setting, Settings } from './settings.js';
import type { StationSpec } from './specs.js';
import { MOST_LISTED, MOST_PER_MESSAGE } from './token-list.js';

/** Variables it takes in one SetVariables (B05.FR.11). */
export const MOST_SET = 3;

type NumericSetting = 'heartbeatS' | 'sampleS' | 'mostAttempts' | 'retryS' | 'answerTimeoutS' | 'connectionTimeoutS';

/** OCPP-J 1.6 whitepaper: the key is hex, at most 40 digits, and its octets are the password. */
const octets = (hex: string): Uint8Array | undefined => (/^([0-9a-f]{2}){1,20}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined);

export function settingsCatalog(
  settings: Settings,
  spec: StationSpec,
  changed: (setting: NumericSetting | 'password') => void,
): readonly Setting[] {
  const number = (name: NumericSetting, least: number) => ({
    type: 'integer' as const,
    read: () => String(settings[name]),
    write: (text: string) => {
      const value = Number(text);
      if (!/^\d{1,9}$/.test(text) || value < least) return false;
      settings[name] = value;
      changed(name);
      return true;
    },
  });
  const flag = (name: 'stopOnInvalidId' | 'authorizeRemote') => ({
    type: 'boolean' as const,
    read: () => String(settings[name]),
    write: (text: string) => {
      if (text !== 'true' && text !== 'false') return false;
      settings[name] = text === 'true';
      return true;
    },
  });
  const fixed = (value: string, type: Setting['type'] = 'integer') => ({ type, read: () => value });
  const password = (accept: (text: string) => string | Uint8Array | undefined) => ({
    type: 'string' as const,
    write: (text: string) => {
      const accepted = accept(text);
      if (accepted === undefined) return false;
      settings.password = accepted;
      changed('password');
      return true;
    },
  });
  const canFeedBack = spec.ocppVersion === 'ocpp2.1' && spec.evses.some(({ maxDischargeA = 0 }) => maxDischargeA > 0);
  const back = canFeedBack ? ',Current.Export,Power.Active.Export,Energy.Active.Export.Register' : '';
  const measurands = `Voltage,Current.Import,Power.Active.Import,Energy.Active.Import.Register,Current.Offered,SoC${back}`;
  const in16 = (key: string, rest: Omit<Setting, 'key'>): Setting => ({ key, ...rest });
  const in201 = (component: string, variable: string, rest: Omit<Setting, 'component' | 'variable'>): Setting => ({
    component,
    variable,
    ...rest,
  });
  return [
    in16('HeartbeatInterval', number('heartbeatS', 1)),
    in16('MeterValueSampleInterval', number('sampleS', 0)),
    in16('TransactionMessageAttempts', number('mostAttempts', 1)),
    in16('TransactionMessageRetryInterval', number('retryS', 0)),
    in16('ConnectionTimeOut', number('connectionTimeoutS', 1)),
    in16('StopTransactionOnInvalidId', flag('stopOnInvalidId')),
    in16('AuthorizeRemoteTxRequests', flag('authorizeRemote')),
    in16('AuthorizationKey', password(octets)),
    in16('MeterValuesSampledData', fixed(measurands, 'MemberList')),
    in16('StopTxnSampledData', fixed('', 'MemberList')),
    in16('ClockAlignedDataInterval', fixed('0')),
    in16('NumberOfConnectors', fixed(String(spec.evses.length))),
    in16('GetConfigurationMaxKeys', fixed('50')),
    in16('SupportedFeatureProfiles', fixed('Core,LocalAuthListManagement,RemoteTrigger,Reservation,SmartCharging', 'MemberList')),
    in16('LocalAuthListEnabled', fixed('true', 'boolean')),
    in16('LocalAuthListMaxLength', fixed(String(MOST_LISTED))),
    in16('SendLocalListMaxLength', fixed(String(MOST_PER_MESSAGE))),
    in16('AuthorizationCacheEnabled', fixed('true', 'boolean')),
    in16('ChargeProfileMaxStackLevel', fixed(String(MAX_STACK_LEVEL))),
    in16('ChargingScheduleAllowedChargingRateUnit', fixed('Current,Power', 'MemberList')),
    in16('ChargingScheduleMaxPeriods', fixed(String(MAX_PERIODS))),
    in16('MaxChargingProfilesInstalled', fixed(String(MAX_PROFILES))),
    in16('ConnectorSwitch3to1PhaseSupported', fixed('true', 'boolean')),
    ...(spec.showsCosts === true ? [in16('CustomDisplayCostAndPrice', fixed('true', 'boolean'))] : []),
    in201('OCPPCommCtrlr', 'HeartbeatInterval', { ...number('heartbeatS', 1), unit: 's' }),
    in201('OCPPCommCtrlr', 'MessageTimeout', { ...number('answerTimeoutS', 1), unit: 's' }),
    in201('OCPPCommCtrlr', 'MessageAttempts', number('mostAttempts', 1)),
    in201('OCPPCommCtrlr', 'MessageAttemptInterval', { ...number('retryS', 0), unit: 's' }),
    in201('SampledDataCtrlr', 'TxUpdatedInterval', { ...number('sampleS', 0), unit: 's' }),
    in201('SampledDataCtrlr', 'TxUpdatedMeasurands', fixed(measurands, 'MemberList')),
    in201('TxCtrlr', 'EVConnectionTimeOut', { ...number('connectionTimeoutS', 1), unit: 's' }),
    in201('TxCtrlr', 'StopTxOnInvalidId', flag('stopOnInvalidId')),
    in201('TxCtrlr', 'TxStartPoint', fixed('Authorized', 'MemberList')),
    in201('TxCtrlr', 'TxStopPoint', fixed('Authorized,EVConnected', 'MemberList')),
    in201('AuthCtrlr', 'AuthorizeRemoteStart', flag('authorizeRemote')),
    in201(
      'SecurityCtrlr',
      'BasicAuthPassword',
      password((text) => (text.length >= 16 && text.length <= 64 ? text : undefined)),
    ),
    in201('SecurityCtrlr', 'Identity', fixed(spec.stationId, 'string')),
    in201('LocalAuthListCtrlr', 'Enabled', fixed('true', 'boolean')),
    { ...in201('DeviceDataCtrlr', 'ItemsPerMessage', fixed(String(MOST_SET))), instance: 'SetVariables' },
    { ...in201('DeviceDataCtrlr', 'BytesPerMessage', fixed('4096')), instance: 'SetVariables' },
    in201('LocalAuthListCtrlr', 'ItemsPerMessage', fixed(String(MOST_PER_MESSAGE))),
    in201('ReservationCtrlr', 'Enabled', fixed('true', 'boolean')),
    in201('DisplayMessageCtrlr', 'Enabled', fixed('true', 'boolean')),
    ...(spec.showsCosts === true
      ? [in201('TariffCostCtrlr', 'Enabled', fixed('true', 'boolean')), in201('TariffCostCtrlr', 'Currency', fixed('EUR', 'string'))]
      : []),
    in201('SmartChargingCtrlr', 'Enabled', fixed('true', 'boolean')),
    in201('SmartChargingCtrlr', 'ProfileStackLevel', fixed(String(MAX_STACK_LEVEL))),
    in201('SmartChargingCtrlr', 'RateUnit', fixed('A,W', 'MemberList')),
    in201('SmartChargingCtrlr', 'PeriodsPerSchedule', fixed(String(MAX_PERIODS))),
    in201('SmartChargingCtrlr', 'Entries', fixed(String(MAX_PROFILES))),
    ...(canFeedBack
      ? [
          in201('V2XChargingCtrlr', 'Enabled', fixed('true', 'boolean')),
          in201('V2XChargingCtrlr', 'SupportedEnergyTransferModes', fixed('AC_single_phase,AC_three_phase,AC_BPT', 'MemberList')),
          in201('V2XChargingCtrlr', 'SupportedOperationModes', fixed('ChargingOnly,CentralSetpoint', 'MemberList')),
        ]
      : []),
    in201('ChargingStation', 'VendorName', fixed(spec.vendor ?? 'Simulated', 'string')),
    in201('ChargingStation', 'Model', fixed(spec.model ?? 'AC22', 'string')),
  ];
}
