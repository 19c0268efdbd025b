// The id a 1.6 transaction gets: a function of what its start says, so that a repeat, on any edge and after any crash, gets the same one.
// Two different transactions with one id are told apart by the session service.
import type { StationPath } from '../admission/path.js';

export interface StartIdentity {
  readonly connectorId: unknown;
  readonly tokenHash: string;
  /** As the station wrote it; the message id where it wrote none. */
  readonly timestamp: unknown;
  readonly meterStart: unknown;
}

/** 31 non-zero bits: 1.6 wants a positive integer, and 0 and -1 mean "none" to stations in the field (errata 3.18, 3.54). */
export function transactionIdOf({ tenantId, stationId }: StationPath, start: StartIdentity, hmac: (text: string) => string): number {
  const digest = hmac(JSON.stringify([tenantId, stationId, start.connectorId, start.tokenHash, start.timestamp, start.meterStart]));
  for (let at = 0; at + 8 <= digest.length; at += 8) {
    const bits = Number.parseInt(digest.slice(at, at + 8), 16) & 0x7fffffff;
    if (bits !== 0) return bits;
  }
  return 1;
}
