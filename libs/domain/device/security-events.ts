// Which security events of stations are critical: OCPP 2.0.1 and 2.1 Part 2, Appendix 1 (1.6: security whitepaper, the same with other names).
// Keeping them is the stations service's.

const CRITICAL: ReadonlySet<string> = new Set([
  'FirmwareUpdated',
  'SettingSystemTime',
  'StartupOfTheDevice',
  'ResetOrReboot',
  'SecurityLogWasCleared',
  'MemoryExhaustion',
  'TamperDetectionActivated',
  'InvalidFirmwareSignature',
  'InvalidFirmwareSigningCertificate',
  'InvalidCsmsCertificate',
  'InvalidCentralSystemCertificate',
  'InvalidChargingStationCertificate',
  'InvalidChargePointCertificate',
  'DiscardedRenewedClientCertificate',
  'InvalidTLSVersion',
  'InvalidTLSCipherSuite',
  'MaintenanceLoginAccepted',
  'MaintenanceLoginFailed',
]);
const ORDINARY: ReadonlySet<string> = new Set([
  'FailedToAuthenticateAtCsms',
  'FailedToAuthenticateAtCentralSystem',
  'CsmsFailedToAuthenticate',
  'CentralSystemFailedToAuthenticate',
  'ReconfigurationOfSecurityParameters',
  'AttemptedReplayAttacks',
  'InvalidMessages',
]);

export type Criticality = 'critical' | 'ordinary' | 'unknown';

/** `unknown`: a vendor's own event; nobody but the vendor can tell. */
export const criticalityOf = (type: string): Criticality => (CRITICAL.has(type) ? 'critical' : ORDINARY.has(type) ? 'ordinary' : 'unknown');
