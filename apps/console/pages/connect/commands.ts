// The shell commands and the address that connect a first charger. Pure: names in, text out.
// Showing and copying them is connect-guide.tsx.

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

/** OCPP over WebSocket, port 9220 unless the server says otherwise; TLS where the page itself came by TLS. */
export function stationUrl(origin: string, stationId: string): string {
  const { protocol, hostname } = new URL(origin);
  const secure = protocol === 'https:';
  return `${secure ? 'wss' : 'ws'}://${hostname}:${secure ? 9221 : 9220}/ocpp/${encodeURIComponent(stationId)}`;
}

export const siteCommand = (names: Connecting): string =>
  put(names, `/v1/sites/${encodeURIComponent(names.siteId)}`, {
    name: 'My first site',
    timeZone: names.timeZone,
    voltageV: 230,
    root: { nodeId: names.nodeId, limitA: 63, unmanagedMaxA: 0, phases: 3, children: [] },
  });

export const stationCommand = (names: Connecting): string =>
  put(names, `/v1/stations/${encodeURIComponent(names.stationId)}`, {
    siteId: names.siteId,
    nodeId: names.nodeId,
    securityProfile: new URL(names.origin).protocol === 'https:' ? 2 : 1,
    password: names.password,
    evses: [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }],
  });

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
