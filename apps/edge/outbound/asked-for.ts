// Which messages a command of ours asks a station for: a station that is not accepted yet may send exactly those (1.6, 4.2; 2.0.1 B02.FR.09).
// Whether it does, and whether we know them, is judged elsewhere.

const REPORTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['GetBaseReport', ['NotifyReport']],
  ['GetReport', ['NotifyReport']],
  ['GetMonitoringReport', ['NotifyMonitoringReport']],
  ['CustomerInformation', ['NotifyCustomerInformation']],
  ['GetChargingProfiles', ['ReportChargingProfiles']],
  ['GetDisplayMessages', ['NotifyDisplayMessages']],
  ['GetDiagnostics', ['DiagnosticsStatusNotification']],
  ['GetLog', ['LogStatusNotification']],
  ['SignedUpdateFirmware', ['SignedFirmwareStatusNotification']],
  ['UpdateFirmware', ['FirmwareStatusNotification']],
  ['GetDERControl', ['ReportDERControl']],
  ['RequestBatterySwap', ['BatterySwap']],
  ['PublishFirmware', ['PublishFirmwareStatusNotification']],
]);
/** TriggerMessage names whose message is called otherwise. */
const TRIGGERED: ReadonlyMap<string, string> = new Map([
  ['SignChargePointCertificate', 'SignCertificate'],
  ['SignChargingStationCertificate', 'SignCertificate'],
  ['SignV2GCertificate', 'SignCertificate'],
  ['SignV2G20Certificate', 'SignCertificate'],
  ['SignCombinedCertificate', 'SignCertificate'],
]);

export function askedFor(action: string, payload: unknown): readonly string[] {
  if (action !== 'TriggerMessage' && action !== 'ExtendedTriggerMessage') return REPORTS.get(action) ?? [];
  if (typeof payload !== 'object' || payload === null || !('requestedMessage' in payload)) return [];
  const { requestedMessage } = payload;
  return typeof requestedMessage === 'string' ? [TRIGGERED.get(requestedMessage) ?? requestedMessage] : [];
}
