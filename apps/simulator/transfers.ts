// Firmware and logs at a simulated station: it takes what it is asked for and tells each step, as a station does whose downloads never fail.
// Nothing is loaded from anywhere.
import type { StationControls } from './dialect.js';
import type { Handlers } from './replies.js';

const INSTALLING = ['Downloading', 'Downloaded', 'Installing', 'Installed'] as const;
const SIGNED = ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'] as const;
const PUBLISHING = ['Downloading', 'Downloaded', 'ChecksumVerified', 'Published'] as const;
const UPLOADING = ['Uploading', 'Uploaded'] as const;

type Tell = (action: string, payload: object) => void;

const teller =
  ({ send }: StationControls): Tell =>
  (action, payload) =>
    send({ action, kind: 'volatile', triggered: true, payload: () => payload });

/** L01.FR.31: new firmware is a security event too. */
const securityEvent = (tell: Tell, { now }: StationControls, type: string): void =>
  tell('SecurityEventNotification', { type, timestamp: new Date(now()).toISOString() });

export function transfers201(controls: StationControls): Handlers<'ocpp2.0.1'> {
  const tell = teller(controls);
  const steps = (action: string, statuses: readonly string[], requestId: number, more: object = {}) => {
    for (const status of statuses) tell(action, { status, requestId, ...(status === 'Published' && more) });
  };
  return {
    UpdateFirmware: ({ requestId, firmware }) => ({
      result: { status: 'Accepted' },
      afterwards() {
        steps('FirmwareStatusNotification', firmware.signature === undefined ? INSTALLING : SIGNED, requestId);
        securityEvent(tell, controls, 'FirmwareUpdated');
      },
    }),
    PublishFirmware: ({ requestId, location }) => ({
      result: { status: 'Accepted' },
      afterwards: () => steps('PublishFirmwareStatusNotification', PUBLISHING, requestId, { location: [location] }),
    }),
    UnpublishFirmware: () => ({ result: { status: 'Unpublished' } }),
    GetLog: ({ requestId, logType }) => ({
      result: { status: 'Accepted', filename: `${controls.spec.stationId}-${logType}.log` },
      afterwards: () => steps('LogStatusNotification', UPLOADING, requestId),
    }),
    SetNetworkProfile: ({ configurationSlot }) => ({ result: { status: configurationSlot > 0 ? 'Accepted' : 'Rejected' } }),
  };
}

export function transfers16(controls: StationControls): Handlers<'ocpp1.6'> {
  const tell = teller(controls);
  return {
    UpdateFirmware: () => ({
      result: {},
      afterwards() {
        for (const status of INSTALLING) tell('FirmwareStatusNotification', { status });
      },
    }),
    SignedUpdateFirmware: ({ requestId }) => ({
      result: { status: 'Accepted' },
      afterwards() {
        for (const status of SIGNED) tell('SignedFirmwareStatusNotification', { status, requestId });
        securityEvent(tell, controls, 'FirmwareUpdated');
      },
    }),
    GetDiagnostics: () => ({
      result: { fileName: `${controls.spec.stationId}.log` },
      afterwards() {
        for (const status of UPLOADING) tell('DiagnosticsStatusNotification', { status });
      },
    }),
    GetLog: ({ requestId, logType }) => ({
      result: { status: 'Accepted', filename: `${controls.spec.stationId}-${logType}.log` },
      afterwards() {
        for (const status of UPLOADING) tell('LogStatusNotification', { status, requestId });
      },
    }),
  };
}
