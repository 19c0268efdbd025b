// The door: whether a request to connect becomes a connection, as one pure decision in a fixed order.
// Asking the book, hashing and the log's health come in as arguments; sockets and headers are the listener's.
import { timingSafeEqual } from 'node:crypto';
import type { ShownCertificate } from '#contracts';
import { credentialText, isOwnCertificate, isSuperseded } from '#domain/authorization';
import type { OcppVersion } from '#ocpp';
import type { StationEntry } from '#ports';
import type { EdgeConfig } from '../config.js';
import type { ShownIdentity } from './client-certificate.js';
import { type BasicCredentials, passwordTexts, type StationPath } from './path.js';

export type Refusal =
  | 'badCredentials'
  | 'badCertificate'
  | 'supersededCertificate'
  | 'revokedCertificate'
  | 'unknownStation'
  | 'insecureTransport'
  | 'noCommonSubprotocol';

export interface Admission {
  readonly entry: StationEntry;
  readonly version: OcppVersion;
  readonly securityProfile: 0 | 1 | 2 | 3;
  /** The station came with the password of this offer. */
  readonly provedOffer?: string;
  /** CN of the certificate it came with, in profile 3. */
  readonly certificateName?: string;
  readonly certificate?: ShownCertificate;
}

export interface UpgradeQuestion {
  readonly path: StationPath;
  /** From a complete book; undefined = nobody knows this station. */
  readonly entry: StationEntry | undefined;
  readonly credentials: BasicCredentials | undefined;
  readonly version: OcppVersion | undefined;
  readonly isEncrypted: boolean;
  /** Of a certificate that an authority of ours signed; undefined = it came with none. */
  readonly certificate: ShownIdentity | undefined;
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

/** Which of the passwords it came with; while one is changing, the offered one is as good as the other (A01.FR.03/04). */
function passwordOf({ path, entry, credentials, hashCredential }: UpgradeQuestion): 'current' | 'offered' | undefined {
  if (entry === undefined || credentials === undefined) return undefined;
  const { credentialHash = '', offeredCredential } = entry;
  const hashes = passwordTexts(credentials.password).map((text) => hashCredential(credentialText(path.tenantId, path.stationId, text)));
  if (hashes.some((hash) => isSameHash(hash, credentialHash))) return 'current';
  return hashes.some((hash) => isSameHash(hash, offeredCredential?.credentialHash ?? '')) ? 'offered' : undefined;
}

/** A station never comes in below the profile it is configured for (A05.FR.07, A00.FR.002): neither without encryption, nor with a password for a certificate. */
export function decideUpgrade(question: UpgradeQuestion): UpgradeDecision {
  const { path, entry, credentials, version, isEncrypted, certificate, config } = question;
  if (entry === undefined && config.unknownStations === 'reject') return { refused: 'unknownStation' };
  if (credentials !== undefined && credentials.user !== path.stationId) return { refused: 'badCredentials' };
  const known = entry ?? strangerEntry(path, config);
  if (known.securityProfile >= 2 && !isEncrypted) return { refused: 'insecureTransport' };
  const proof = entry?.securityProfile === 3 ? byCertificate(question, certificate) : byPassword(question);
  if ('refused' in proof) return proof;
  if (version === undefined) return { refused: 'noCommonSubprotocol' };
  return { admitted: { entry: known, version, ...proof } };
}

type Proof = Pick<Admission, 'securityProfile' | 'provedOffer' | 'certificateName' | 'certificate'>;

function byCertificate(
  { path, entry, config }: UpgradeQuestion,
  identity: ShownIdentity | undefined,
): Proof | { readonly refused: Refusal } {
  const bound = entry?.certificate;
  const isOwn =
    identity !== undefined && isOwnCertificate({ ...path, subject: identity.subject, bound, organizations: config.stationOrganizations });
  const [certificateName] = identity?.subject.commonNames ?? [];
  if (!isOwn || certificateName === undefined) return { refused: 'badCertificate' };
  if (isSuperseded(identity.shown, entry?.provenCertificate)) return { refused: 'supersededCertificate' };
  return { securityProfile: 3, certificateName, certificate: identity.shown };
}

function byPassword(question: UpgradeQuestion): Proof | { readonly refused: Refusal } {
  const { path, entry, config, isEncrypted, certificate } = question;
  if (entry === undefined || (entry.securityProfile === 0 && config.allowSecurityProfile0)) return { securityProfile: 0 };
  const password = passwordOf(question);
  if (password === undefined) return { refused: 'badCredentials' };
  const provedOffer = password === 'offered' ? entry.offeredCredential?.offerId : undefined;
  // A certificate it need not have yet shows that it works: then the station can be made one of profile 3.
  const isOwn =
    certificate !== undefined &&
    isOwnCertificate({ ...path, subject: certificate.subject, bound: entry.certificate, organizations: config.stationOrganizations });
  return {
    securityProfile: isEncrypted ? 2 : 1,
    ...(provedOffer !== undefined && { provedOffer }),
    ...(isOwn && { certificate: certificate.shown }),
  };
}
