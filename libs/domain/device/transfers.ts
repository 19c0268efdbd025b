// Firmware and logs on their way: what a station's status says about how far it is, of 1.6, its security extension, 2.0.1 and 2.1 alike.
// Who asked, and what follows, is the stations service's.

export type TransferKind = 'firmware' | 'publish' | 'log';

/** Command → what it begins. */
export const BEGINS: ReadonlyMap<string, TransferKind> = new Map([
  ['UpdateFirmware', 'firmware'],
  ['SignedUpdateFirmware', 'firmware'],
  ['PublishFirmware', 'publish'],
  ['GetDiagnostics', 'log'],
  ['GetLog', 'log'],
]);
/** Call → what it is about. */
export const TELLS: ReadonlyMap<string, TransferKind> = new Map([
  ['FirmwareStatusNotification', 'firmware'],
  ['SignedFirmwareStatusNotification', 'firmware'],
  ['PublishFirmwareStatusNotification', 'publish'],
  ['DiagnosticsStatusNotification', 'log'],
  ['LogStatusNotification', 'log'],
]);

const DONE: Readonly<Record<TransferKind, ReadonlySet<string>>> = {
  firmware: new Set(['Installed']),
  publish: new Set(['Published']),
  log: new Set(['Uploaded']),
};
const FAILED: Readonly<Record<TransferKind, ReadonlySet<string>>> = {
  firmware: new Set(['DownloadFailed', 'InstallationFailed', 'InstallVerificationFailed', 'InvalidSignature']),
  publish: new Set(['DownloadFailed', 'InvalidChecksum', 'PublishFailed']),
  log: new Set(['BadMessage', 'NotSupportedOperation', 'PermissionDenied', 'UploadFailed', 'UploadFailure', 'AcceptedCanceled']),
};

export type TransferEnd = 'done' | 'failed';

/** Undefined while it goes on. `Idle` says nothing of the transfer: it is what a station tells that is asked in between. */
export function endOf(kind: TransferKind, status: string): TransferEnd | undefined {
  if (DONE[kind].has(status)) return 'done';
  return FAILED[kind].has(status) ? 'failed' : undefined;
}

/** Whether the answer to the command begins it; one that names no status (1.6 UpdateFirmware, GetDiagnostics) does. GetDiagnostics without a file has nothing to tell. */
export function isBegun(action: string, answer: Readonly<Record<string, unknown>>): boolean {
  if (action === 'GetDiagnostics') return typeof answer.fileName === 'string';
  return answer.status === undefined || answer.status === 'Accepted' || answer.status === 'AcceptedCanceled';
}
