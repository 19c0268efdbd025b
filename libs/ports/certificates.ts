// What the product needs from public-key infrastructures: somebody who signs for stations, somebody who knows what was revoked, somebody who hands
// out contracts to cars. Each may be far away: callers bound their patience and say so when it ends.

/** What a certificate is for (OCPP CertificateSigningUseEnumType, without what came after 2.0.1: those are V2G certificates too). */
export type CertificateUse = 'ChargingStationCertificate' | 'V2GCertificate';

export interface SigningOrder {
  readonly use: CertificateUse;
  /** PKCS #10 in PEM, checked by the caller: its key and signature are good, and it names who asks. */
  readonly csr: string;
  readonly tenantId: string;
  readonly stationId: string;
  /** Names the certificate will carry, whatever else the request says. */
  readonly commonName: string;
  readonly organization?: string;
}

export interface IssuedCertificate {
  /** PEM, the station's own first, then intermediates, without a root. */
  readonly chain: readonly string[];
  /** Hex in upper case. */
  readonly serialNumber: string;
  /** Distinguished name of who signed. */
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

export interface CertificateAuthority {
  /** Roots, in PEM, that everything it issues for this use leads to. */
  roots(use: CertificateUse): Promise<readonly string[]>;
  /** Asked twice for one request it may sign twice. Rejects with PortError; a retriable one is worth another try later. */
  issue(order: SigningOrder): Promise<IssuedCertificate>;
}

/** OCPP OCSPRequestDataType. */
export interface StatusQuestion {
  readonly hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
  readonly responderURL: string;
}

export interface StatusAnswer {
  readonly status: 'good' | 'revoked' | 'unknown';
  /** The responder's whole answer: base64 of DER (RFC 6960). */
  readonly response: string;
  /** Not to be relied on later than that. */
  readonly nextUpdateMs: number;
}

export interface CertificateStatuses {
  /**
   * The status by a responder's answer that is still good, kept or fetched; undefined when there is none in time, or the responder may not be asked.
   * With `issuers` (PEM) only an answer that one of them signed, or let somebody sign, counts. Never rejects, never takes much longer than its bound.
   */
  ask(question: StatusQuestion, issuers?: readonly string[]): Promise<StatusAnswer | undefined>;
}

/** OCPP Get15118EVCertificate: the car's words and the contract's are not for us to read. */
export interface ContractQuestion {
  readonly iso15118SchemaVersion: string;
  readonly action: 'Install' | 'Update';
  readonly exiRequest: string;
  readonly maximumContractCertificateChains?: number;
  readonly prioritizedEMAIDs?: readonly unknown[];
}
export interface ContractAnswer {
  readonly exiResponse: string;
  readonly remainingContracts?: number;
}
export interface ContractPool {
  /** Undefined when it has none for this car, or says nothing in time. Never rejects. */
  ask(question: ContractQuestion): Promise<ContractAnswer | undefined>;
}
