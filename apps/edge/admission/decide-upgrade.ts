// The door: whether a request to connect becomes a connection, as one pure decision in a fixed order.
// Asking the book, hashing and the log's health come in as arguments; sockets and headers are the listener's.
import { timingSafeEqual } from 'node:crypto';
import { credentialText } from '#domain/authorization';
import type { OcppVersion } from '#ocpp';
import type { StationEntry } from '#ports';
import type { EdgeConfig } from '../config.js';
import { type BasicCredentials, passwordTexts, type StationPath } from './path.js';

export type Refusal = 'badCredentials' | 'unknownStation' | 'insecureTransport' | 'noCommonSubprotocol';

export interface Admission {
  readonly entry: StationEntry;
  readonly version: OcppVersion;
  readonly securityProfile: 0 | 1 | 2 | 3;
}

export interface UpgradeQuestion {
  readonly path: StationPath;
  /** From a complete book; undefined = nobody knows this station. */
  readonly entry: StationEntry | undefined;
  readonly credentials: BasicCredentials | undefined;
  readonly version: OcppVersion | undefined;
  readonly isEncrypted: boolean;
  readonly config: EdgeConfig;
  readonly hashCredential: (text: string) => string;
}

export type UpgradeDecision = { readonly admitted: Admission } | { readonly refused: Refusal };

/** A station without a configuration is its own site, under assignment 0. */
const strangerEntry = ({ tenantId, stationId }: StationPath, { unknownStations, heartbeatIntervalS }: EdgeConfig): StationEntry => ({
  tenantId,
  stationId,
  siteId: stationId,
  assignmentSeq: 0,
  securityProfile: 0,
  bootStatus: unknownStations === 'accept' ? 'Accepted' : 'Pending',
  heartbeatIntervalS,
  strict: false,
});

const isSameHash = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function passwordMatches({ path, entry, credentials, hashCredential }: UpgradeQuestion): boolean {
  const { credentialHash } = entry ?? {};
  if (credentialHash === undefined || credentials === undefined) return false;
  return passwordTexts(credentials.password).some((text) =>
    isSameHash(hashCredential(credentialText(path.tenantId, path.stationId, text)), credentialHash),
  );
}

export function decideUpgrade(question: UpgradeQuestion): UpgradeDecision {
  const { path, entry, credentials, version, isEncrypted, config } = question;
  if (entry === undefined && config.unknownStations === 'reject') return { refused: 'unknownStation' };
  if (credentials !== undefined && credentials.user !== path.stationId) return { refused: 'badCredentials' };
  const known = entry ?? strangerEntry(path, config);
  if (entry !== undefined && entry.securityProfile >= 2 && !isEncrypted) return { refused: 'insecureTransport' };
  const needsPassword = entry !== undefined && (entry.securityProfile > 0 || !config.allowSecurityProfile0);
  if (needsPassword && !passwordMatches(question)) return { refused: 'badCredentials' };
  if (version === undefined) return { refused: 'noCommonSubprotocol' };
  return { admitted: { entry: known, version, securityProfile: !needsPassword ? 0 : isEncrypted ? 2 : 1 } };
}
