// What a token and a password are called before they are hashed, and where a message carries a token.
// Hashing itself needs the network's key and belongs to the key store.
import { withoutEnding } from '#domain/quirks';
import type { OcppVersion } from '#ocpp';

export interface PresentedToken {
  readonly value: string;
  /** OCPP 2.0.1 IdTokenEnumType; 1.6 has no types, its tags count as `Central`. */
  readonly type: string;
}

/** OCPP identifierString, plus what stations in the field carry in serial numbers; no colon, no slash, no control characters. */
const STATION_ID = /^[A-Za-z0-9*\-_=+|@.~ ]{1,48}$/;

/** Whether a station may go by this id; exact, at most 48 characters (OCPP-J part 4, 3.1.1). */
export const isStationId = (text: string): boolean => STATION_ID.test(text) && text !== '.' && text !== '..';

/** Text hashed into a tokenHash. Upper and lower case name the same token (OCPP 2.0.1 errata C01.FR.25, 1.6 `CiString20Type`). */
export const tokenText = (tenantId: string, value: string): string => `${tenantId}|${value.toLowerCase()}`;

/** Text hashed into a credentialHash; bound to the station, so that equal passwords of two stations do not look alike. */
export const credentialText = (tenantId: string, stationId: string, password: string): string => `${tenantId}/${stationId}/${password}`;

/**
 * The token a station presents in a message, in whatever message that is; undefined where there is none to read. Without what its model is
 * known to append, and without the semicolon that payment terminals leave at its end.
 */
export function presentedToken(
  version: OcppVersion,
  payload: Readonly<Record<string, unknown>>,
  ending?: string,
): PresentedToken | undefined {
  const read = (value: string): string => withoutEnding(withoutEnding(value, ';'), ending);
  if (version === 'ocpp1.6') return typeof payload.idTag === 'string' ? { value: read(payload.idTag), type: 'Central' } : undefined;
  const { idToken } = payload;
  if (typeof idToken !== 'object' || idToken === null) return undefined;
  const { idToken: value, type } = idToken as Readonly<Record<string, unknown>>;
  return typeof value === 'string' && typeof type === 'string' ? { value: read(value), type } : undefined;
}
