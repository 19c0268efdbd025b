// What a campaign asks of one station, in the words of its version: firmware, its publication by a local controller, or a log.
// Waves and retries are the stations service's.
import { isOcpp2, type OcppVersion } from '#ocpp';

export type CampaignOrder =
  | {
      readonly kind: 'firmware';
      readonly location: string;
      /** ISO 8601 */
      readonly retrieveAt: string;
      readonly installAt?: string | undefined;
      /** Both, or none (L01.FR.11). */
      readonly signature?: string | undefined;
      readonly signingCertificate?: string | undefined;
    }
  | { readonly kind: 'publish'; readonly location: string; readonly checksum: string }
  | {
      readonly kind: 'log';
      readonly location: string;
      readonly log: 'diagnostics' | 'security';
      readonly from?: string | undefined;
      readonly to?: string | undefined;
    };

export interface CampaignMessage {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Undefined where the version has no such message. */
export function campaignMessage(version: OcppVersion, order: CampaignOrder, requestId: number): CampaignMessage | undefined {
  switch (order.kind) {
    case 'firmware':
      return firmware(version, order, requestId);
    case 'publish': {
      const { location, checksum } = order;
      return isOcpp2(version) ? { action: 'PublishFirmware', payload: { location, checksum, requestId } } : undefined;
    }
    case 'log':
      return log(version, order, requestId);
  }
}

function firmware(version: OcppVersion, order: Extract<CampaignOrder, { kind: 'firmware' }>, requestId: number): CampaignMessage {
  const { location, retrieveAt, installAt, signature, signingCertificate } = order;
  const isSigned = signature !== undefined && signingCertificate !== undefined;
  if (!isOcpp2(version) && !isSigned) return { action: 'UpdateFirmware', payload: { location, retrieveDate: retrieveAt } };
  const payload = {
    requestId,
    firmware: {
      location,
      retrieveDateTime: retrieveAt,
      ...(installAt !== undefined && { installDateTime: installAt }),
      ...(isSigned && { signature, signingCertificate }),
    },
  };
  return { action: isOcpp2(version) ? 'UpdateFirmware' : 'SignedUpdateFirmware', payload };
}

function log(version: OcppVersion, order: Extract<CampaignOrder, { kind: 'log' }>, requestId: number): CampaignMessage {
  const { location, log: kind, from, to } = order;
  if (!isOcpp2(version) && kind === 'diagnostics')
    return {
      action: 'GetDiagnostics',
      payload: { location, ...(from !== undefined && { startTime: from }), ...(to !== undefined && { stopTime: to }) },
    };
  const times = { ...(from !== undefined && { oldestTimestamp: from }), ...(to !== undefined && { latestTimestamp: to }) };
  const logType = kind === 'security' ? 'SecurityLog' : 'DiagnosticsLog';
  return { action: 'GetLog', payload: { logType, requestId, log: { remoteLocation: location, ...times } } };
}

/** What firmware waits for once it is loaded. */
const LOADED: ReadonlySet<string> = new Set(['Downloaded', 'SignatureVerified', 'InstallScheduled']);

/**
 * When a station that was asked so, and whose last word was `status`, is to say the next one at the soonest [ms since 1970]: it is silent by order until it
 * loads its firmware, and until it installs it. 0 where it is silent by itself.
 */
export function silentUntilMs(payload: unknown, status: string): number {
  const { retrieveDate, firmware } = (payload ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const planned = LOADED.has(status) ? firmware?.installDateTime : (firmware?.retrieveDateTime ?? retrieveDate);
  const plannedMs = Date.parse(String(planned));
  return Number.isNaN(plannedMs) ? 0 : plannedMs;
}
