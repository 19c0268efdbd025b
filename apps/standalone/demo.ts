// The network a first look shows: two sites with more demand than their limit, stations of all OCPP versions, cars that come and go.
// Everything is set up through the HTTP interface, as an operator would; the stations are real sockets to the edge.
import { setTimeout } from 'node:timers/promises';
import { type Fleet, idTokensOf, type StationSpec, startFleet } from '#apps/simulator';
import type { Logger } from '#observability';
import type { OcppVersion } from '#ocpp';

export interface DemoOptions {
  readonly apiUrl: string;
  readonly ocppUrl: string;
  readonly apiKey: string;
  readonly stations: number;
  readonly seed: number;
  readonly logger: Logger;
}

export interface Demo {
  stop(): Promise<void>;
}

const SITES = [
  { siteId: 'harbour', name: 'Harbour depot', timeZone: 'Europe/Amsterdam' },
  { siteId: 'campus', name: 'Campus', timeZone: 'Europe/Berlin' },
] as const;
/** Per phase and station [A]: less than half of what the cars ask for, so that sharing shows. */
const SITE_A_PER_STATION = 14;
const STATION_MAX_A = 32;
const ATTEMPTS = 10;
/** In turn over two sites: each gets all of them. */
const VERSIONS: readonly OcppVersion[] = ['ocpp1.6', 'ocpp1.6', 'ocpp2.0.1', 'ocpp2.0.1', 'ocpp2.1', 'ocpp2.1'];

const TARIFF = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'demo',
  currency: 'EUR',
  elements: [
    {
      price_components: [
        { type: 'ENERGY', price: 0.39, vat: 21, step_size: 1 },
        { type: 'PARKING_TIME', price: 1.2, vat: 21, step_size: 60 },
      ],
    },
  ],
  last_updated: '2026-01-01T00:00:00Z',
};

/** Not found while records are not in the rows yet says nothing. */
const isMissing = ({ status, headers }: Response): boolean => status === 404 && Number(headers.get('records-left') ?? 0) > 0;

export async function startDemo({ apiUrl, ocppUrl, apiKey, stations, seed, logger }: DemoOptions): Promise<Demo> {
  const ask = async (method: 'GET' | 'PUT', path: string, body?: unknown, attempt = 1): Promise<Response> => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // On a busy machine the owner of a site may come late; and after a kill, rows of what is there.
    if ((response.status !== 503 && !isMissing(response)) || attempt >= ATTEMPTS) return response;
    await setTimeout(Number(response.headers.get('retry-after') ?? 1) * 1000);
    return ask(method, path, body, attempt + 1);
  };
  const put = async (path: string, body: unknown): Promise<void> => {
    const response = await ask('PUT', path, body);
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  };
  /** What is there from an earlier start is as somebody may have changed it since. */
  const add = async (path: string, body: unknown): Promise<void> => {
    const known = await ask('GET', path);
    if (known.status === 404 && !isMissing(known)) await put(path, body);
  };

  const perSite = SITES.map((_, index) => Math.ceil((stations - index) / SITES.length));
  await add(`/v1/tariffs/${TARIFF.id}`, TARIFF);
  await Promise.all(
    SITES.map(({ siteId, name, timeZone }, index) => {
      const limitA = Math.max(16, (perSite[index] ?? 0) * SITE_A_PER_STATION);
      return add(`/v1/sites/${siteId}`, {
        name,
        timeZone,
        voltageV: 230,
        root: { nodeId: 'grid', limitA, unmanagedMaxA: 0, phases: 3, children: [{ nodeId: 'chargers', limitA, phases: 3 }] },
      });
    }),
  );
  await Promise.all(SITES.map(({ siteId }) => add(`/v1/sites/${siteId}/tariff`, { tariffId: TARIFF.id })));

  const specs: StationSpec[] = [];
  for (let number = 0; number < stations; number++) {
    const site = SITES[number % SITES.length];
    if (site === undefined) continue;
    const stationId = `${site.siteId.toUpperCase()}-${String(Math.floor(number / SITES.length) + 1).padStart(2, '0')}`;
    const evses = [{ evseId: 1, phases: 3 as const, minA: 6, maxA: STATION_MAX_A, safeA: 0 }];
    const password = `demo-${stationId}-${crypto.randomUUID()}`.slice(0, 40);
    await put(`/v1/stations/${stationId}`, {
      siteId: site.siteId,
      nodeId: 'chargers',
      securityProfile: 1,
      password,
      maxA: STATION_MAX_A,
      evses,
    });
    const ocppVersion = VERSIONS[number % VERSIONS.length] ?? 'ocpp1.6';
    specs.push({ stationId, ocppVersion, password, evses: [{ evseId: 1, phases: 3, minA: 6, maxA: STATION_MAX_A }] });
  }
  for (const idToken of idTokensOf(seed)) await add(`/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' });
  const fleet: Fleet = await startFleet({ url: ocppUrl, stations: specs, seed, sampleIntervalS: 5 });
  logger.info({ stations: specs.length, sites: SITES.length }, 'simulated stations run');
  return { stop: () => fleet.stop() };
}
