// What an edge needs to answer a station at once: the registry of stations, tokens, and who is charging.
// Written by the session service alone, out of its folds; it may be lost at any time and is then written anew.

/** Later wins: (site assignment number, offset), compared in that order. */
export type BookVersion = readonly [assignmentSeq: number, offset: number];

export interface StationEntry {
  readonly tenantId: string;
  readonly stationId: string;
  readonly siteId: string;
  readonly assignmentSeq: number;
  readonly securityProfile: 0 | 1 | 2 | 3;
  /** Keyed hash of the Basic password; absent when none was set. */
  readonly credentialHash?: string;
  /** A password the station was offered and may have taken: as good as the other one until it is known. */
  readonly offeredCredential?: { readonly offerId: string; readonly credentialHash: string };
  /** Profile 3: what its certificate has to name where that is not its id and not one of our organisations. */
  readonly certificate?: { readonly commonName?: string; readonly organization?: string };
  /** The newest certificate it was seen with: older ones of the same authority open nothing any more. */
  readonly provenCertificate?: { readonly issuer: string; readonly serialNumber: string; readonly notBefore: string };
  /** Told at the next BootNotification. */
  readonly bootStatus: 'Accepted' | 'Pending' | 'Rejected';
  /** Told at the next boot that is accepted. */
  readonly heartbeatIntervalS: number;
  /** Told when it last booted: for twice that it may be silent. Absent where it never did. */
  readonly toldHeartbeatS?: number;
  /** What transactions that start here are priced by, a tariff as billing has it; until it holds, those before it (ADR 0124), each with since when. Absent where none was told. */
  readonly terms?: {
    readonly tariff: object;
    readonly sinceMs?: number;
    readonly former?: readonly { readonly tariff: object; readonly sinceMs: number }[];
    readonly timeZone?: string;
  };
  /** Whether it shows costs, and texts about prices; absent while its device model is not known. */
  readonly shows?: { readonly costs: boolean; readonly tariffs: boolean };
  /** Absent where they are not known. */
  readonly evseIds?: readonly number[];
  /** Connector of 1.6 → EVSE; absent where they are not known. */
  readonly connectors?: Readonly<Record<string, number>>;
  /** What the station appends to every token it reads. */
  readonly tokenEnding?: string;
  /** Answers schema violations in billing messages with CALLERROR too (certification only). */
  readonly strict: boolean;
}

/** A site, or one of its stations, or some EVSEs of that. */
export interface TokenPlace {
  readonly siteId: string;
  readonly stationId?: string;
  readonly evseIds?: readonly number[];
}

export interface TokenEntry {
  readonly tokenHash: string;
  /** OCPP 2.0.1 IdTokenEnumType as configured; absent where it was not kept yet. */
  readonly tokenType?: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  /** The group's name, sealed under the subject `groupHash`. */
  readonly group?: string;
  /** ISO 8601 */
  readonly expiresAt?: string;
  /** Where it may be used; absent = everywhere. */
  readonly onlyAt?: readonly TokenPlace[];
}

export interface OpenSession {
  readonly tokenHash: string;
  readonly sessionId: string;
  readonly stationId: string;
  /** When it began, in milliseconds since 1970; absent in what was written before it was. */
  readonly startedMs?: number;
}

export type BookEntry =
  | {
      readonly kind: 'station';
      readonly version: BookVersion;
      readonly tenantId: string;
      readonly stationId: string;
      readonly value: StationEntry | null;
    }
  | {
      readonly kind: 'token';
      readonly version: BookVersion;
      readonly tenantId: string;
      readonly tokenHash: string;
      readonly value: TokenEntry | null;
    }
  | {
      readonly kind: 'openSession';
      readonly version: BookVersion;
      readonly tenantId: string;
      readonly tokenHash: string;
      readonly sessionId: string;
      readonly value: OpenSession | null;
    };

export interface AnswerBook {
  /** False until every partition was folded to the head seen at start, and again after the book was lost. "Unknown" exists only in a complete book. Rejects with RouterUnavailable. */
  isComplete(): Promise<boolean>;
  station(tenantId: string, stationId: string): Promise<StationEntry | undefined>;
  token(tenantId: string, tokenHash: string): Promise<TokenEntry | undefined>;
  openSessions(tenantId: string, tokenHash: string): Promise<readonly OpenSession[]>;
  /** Each entry is stored only if its version is not older than the stored one; null deletes and remembers the version. */
  put(entries: readonly BookEntry[]): Promise<void>;
  /** This (topic, partition) was folded to the head seen at start. */
  markFolded(topic: string, partition: number): Promise<void>;
  /** False when the book was lost since `markFolded`: its writer must write all of that partition again. */
  isFolded(topic: string, partition: number): Promise<boolean>;
}
