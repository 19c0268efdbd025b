// What holds for devices whatever they are asked for: security events, wanted settings, transfers of firmware and logs.
// States and rows are the stations service's.
export { type CampaignMessage, type CampaignOrder, campaignMessage, silentUntilMs } from './campaign-messages.js';
export { type Criticality, criticalityOf } from './security-events.js';
export {
  differences,
  keysAtOnce,
  limitsOf,
  MAX_KEYS,
  type Setting,
  type SettingState,
  settingMessages,
  type Template,
  type ToldVariable,
  type VariableName,
  wantedOf,
} from './settings.js';
export { spelledAsTold, type ToldName, variablesIn } from './spelling.js';
export { BEGINS, endOf, isBegun, TELLS, type TransferEnd, type TransferKind } from './transfers.js';
