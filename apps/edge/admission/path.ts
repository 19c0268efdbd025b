// Reads from an upgrade request who wants to connect and how: station, protocol version, password.
// Whether it may is decided in decide-upgrade.ts.
import { isStationId } from '#domain/authorization';
import type { OcppVersion } from '#ocpp';

export interface StationPath {
  readonly tenantId: string;
  readonly stationId: string;
}

const LONGEST_TENANT_ID = 64;
const TENANT_ID = /^[a-z0-9][a-z0-9_-]*$/;

function decodeOnce(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** `/ocpp/{stationId}` or `/ocpp/{tenantId}/{stationId}`, decoded once, compared exactly. Undefined for everything else. */
export function stationPath(url: string, defaultTenantId: string): StationPath | undefined {
  const query = url.indexOf('?');
  const segments = (query < 0 ? url : url.slice(0, query)).split('/');
  if (segments[0] !== '' || segments[1] !== 'ocpp' || segments.length < 3 || segments.length > 4) return undefined;
  const stationId = decodeOnce(segments.at(-1) ?? '');
  const tenantId = segments.length === 4 ? decodeOnce(segments[2] ?? '') : defaultTenantId;
  if (stationId === undefined || tenantId === undefined) return undefined;
  if (!isStationId(stationId)) return undefined;
  if (tenantId.length > LONGEST_TENANT_ID || !TENANT_ID.test(tenantId)) return undefined;
  return { tenantId, stationId };
}

/** The station's first subprotocol among those `offered`; it alone names the version (OCPP-J part 4, 3.1.2). */
export function chooseSubprotocol(header: string | undefined, offered: readonly OcppVersion[]): OcppVersion | undefined {
  for (const wanted of (header ?? '').split(',')) {
    const known = offered.find((version) => version === wanted.trim());
    if (known !== undefined) return known;
  }
  return undefined;
}

export interface BasicCredentials {
  readonly user: string;
  /** Octets as sent: 1.6 stations may send the key itself instead of its hexadecimal text. */
  readonly password: Buffer;
}

const LONGEST_HEADER = 512;

/** RFC 7617. The first colon ends the user, so a password may contain more. */
export function basicCredentials(header: string | undefined): BasicCredentials | undefined {
  if (header === undefined || header.length > LONGEST_HEADER) return undefined;
  const match = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header);
  if (match === null) return undefined;
  const octets = Buffer.from(match[1] ?? '', 'base64');
  const colon = octets.indexOf(0x3a);
  return colon < 0 ? undefined : { user: octets.subarray(0, colon).toString('utf8'), password: octets.subarray(colon + 1) };
}

const HEX = /^(?:[0-9a-f]{2})+$/i;

/**
 * The texts a password may have been set as: itself, and in hexadecimal when it came as octets (1.6 security whitepaper A00.FR.205);
 * where it came in hexadecimal, also what that stands for.
 */
export function passwordTexts(password: Buffer): readonly string[] {
  const [text, hex] = [password.toString('utf8'), password.toString('hex')];
  return [text, hex, hex.toUpperCase(), ...(HEX.test(text) ? [Buffer.from(text, 'hex').toString('utf8')] : [])];
}
