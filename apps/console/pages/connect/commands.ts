// What connects a first charger: the bodies that register its site and itself, the shell commands that send them, its address. Pure: names in, text out.
// Sending, showing and copying is done by the steps of connect-guide.tsx.
import { type ChargerPorts, USUAL_PORTS } from '../../api/offer.js';

export interface Connecting {
  /** Where this page came from, e.g. `http://localhost:8080`. */
  readonly origin: string;
  /** The key to print, or null to read it from the variable. */
  readonly key: string | null;
  readonly siteId: string;
  readonly nodeId: string;
  readonly stationId: string;
  readonly password: string;
  readonly timeZone: string;
}

const KEY_VARIABLE = '$JOULESTREAM_KEY';

export const exportKey = (key: string | null): string => `export JOULESTREAM_KEY=${quoted(key ?? 'PASTE-YOUR-KEY')}`;

/** OCPP over WebSocket; by TLS where the page itself came by TLS. */
export function stationUrl(origin: string, stationId: string, ports: ChargerPorts = USUAL_PORTS): string {
  const { protocol, hostname } = new URL(origin);
  const secure = protocol === 'https:';
  return `${secure ? 'wss' : 'ws'}://${hostname}:${secure ? ports.tls : ports.plain}/ocpp/${encodeURIComponent(stationId)}`;
}

export interface NewSite {
  readonly siteId: string;
  readonly name: string;
  readonly timeZone: string;
  /** The fuse of the grid connection [A per phase]. */
  readonly limitA: number;
}
export const siteBody = ({ name, timeZone, limitA }: NewSite) => ({
  name,
  timeZone,
  voltageV: 230,
  root: { nodeId: ROOT, limitA, unmanagedMaxA: 0, phases: 3, children: [] },
});
const ROOT = 'grid';

/** Of a name, what an id may hold: `Bob's yard` → `bobs-yard`. */
export const siteIdOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9\s-]/g, '')
    .trim()
    .replaceAll(/[\s-]+/g, '-')
    .slice(0, 48) || 'site';

export interface NewStation {
  readonly siteId: string;
  readonly nodeId: string;
  readonly password: string;
  readonly phases: 1 | 3;
  readonly maxA: number;
}
/** One outlet; 6 A, which no charger refuses, is what it may draw when nothing is heard of us. */
export const stationBody = (origin: string, { siteId, nodeId, password, phases, maxA }: NewStation) => ({
  siteId,
  nodeId,
  securityProfile: new URL(origin).protocol === 'https:' ? 2 : 1,
  password,
  evses: [{ evseId: 1, phases, minA: 6, maxA, safeA: 6 }],
});

export const siteCommand = (names: Connecting): string =>
  put(
    names,
    `/v1/sites/${encodeURIComponent(names.siteId)}`,
    siteBody({ siteId: names.siteId, name: 'My first site', timeZone: names.timeZone, limitA: 63 }),
  );

export const stationCommand = (names: Connecting): string =>
  put(names, `/v1/stations/${encodeURIComponent(names.stationId)}`, stationBody(names.origin, { ...names, phases: 3, maxA: 32 }));

export const tokenCommand = (names: Connecting): string => put(names, '/v1/tokens/ISO14443/04A1B2C3', { status: 'Accepted' });

function put({ origin }: Connecting, path: string, body: unknown): string {
  return [
    `curl -X PUT ${quoted(`${origin}${path}`)} \\`,
    `  -H "authorization: Bearer ${KEY_VARIABLE}" -H 'content-type: application/json' \\`,
    `  -d ${quoted(JSON.stringify(body))}`,
  ].join('\n');
}

/** One word for a POSIX shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A character per byte out of 32 that are hard to confuse: 32 bytes are 160 bits, and OCPP allows 16 to 40 characters. */
export function randomPassword(bytes: Uint8Array): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
}

export const isLoopback = (origin: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
