// One station, end to end: registered at the api, connected to the edges, seen online by the api, and removed again.
// Whether cars are charged rightly is not asked: no transaction, and so no bill, is left in the log of a network in use.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { startFleet } from './fleet.js';

export interface TryOutOptions {
  readonly apiUrl: string;
  /** Where edges listen, without station id. */
  readonly ocppUrl: string;
  readonly apiKey: string;
  /** How long each step may take [ms]. */
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

const PAUSE_MS = 500;
const MAX_A = 16;
const OCPP_VERSIONS = ['ocpp1.6', 'ocpp2.0.1'] as const;

/** Rejects with the step that failed and why. Sites and stations it makes are called `try-out-…`. */
export async function tryOut({ apiUrl, ocppUrl, apiKey, patienceMs, say }: TryOutOptions): Promise<void> {
  const id = `try-out-${randomBytes(4).toString('hex')}`;
  const call = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${apiUrl}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  /** Asks again while the answer is none that `isGood` likes. */
  const until = async (what: string, ask: () => Promise<Response>, isGood: (response: Response) => Promise<boolean> | boolean) => {
    const endMs = Date.now() + patienceMs;
    let last = 'no answer';
    while (Date.now() < endMs) {
      const response = await ask().catch((error: Error) => String(error.cause ?? error));
      if (typeof response === 'string') last = response;
      else {
        if (await isGood(response.clone())) return say(what);
        last = `${response.status} ${(await response.text()).slice(0, 300)}`;
        if (response.status === 401 || response.status === 400) break;
      }
      await setTimeout(PAUSE_MS);
    }
    throw new Error(`not ${what}: ${last}`);
  };
  const isDone = (response: Response): boolean => response.ok || response.status === 404;

  const isOk = (response: Response): boolean => response.ok;
  const root = { nodeId: 'grid', limitA: MAX_A * OCPP_VERSIONS.length, unmanagedMaxA: 0, phases: 3 };
  await until('a site is configured', () => call('PUT', `/sites/${id}`, { name: 'Try-out', timeZone: 'UTC', voltageV: 230, root }), isOk);
  const specs = OCPP_VERSIONS.map((ocppVersion) => ({
    stationId: `${id}-${ocppVersion.slice(4)}`,
    ocppVersion,
    password: randomBytes(16).toString('hex'),
    evses: [{ evseId: 1, maxA: MAX_A }],
  }));
  for (const { stationId, password } of specs) {
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: MAX_A, safeA: MAX_A }];
    const station = { siteId: id, nodeId: 'grid', securityProfile: 1, password, maxA: MAX_A, evses };
    await until(`${stationId} is registered`, () => call('PUT', `/stations/${stationId}`, station), isOk);
  }
  const fleet = await startFleet({ url: ocppUrl, stations: specs, arrivals: 'none' });
  try {
    for (const { stationId, ocppVersion } of specs)
      await until(
        `${stationId} is connected and accepted by ${ocppVersion}`,
        () => call('GET', `/stations/${stationId}`),
        async (response) =>
          response.ok &&
          ((await response.json()) as { online?: boolean }).online === true &&
          fleet.station(stationId).registration === 'Accepted',
      );
  } finally {
    await fleet.stop();
  }
  for (const { stationId } of specs) await until(`${stationId} is removed`, () => call('DELETE', `/stations/${stationId}`), isDone);
  await until('the site is removed', () => call('DELETE', `/sites/${id}`), isDone);
}
