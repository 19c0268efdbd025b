// Two tenants on one network, and every route of the description: what the second asks with the ids of the first has to be answered as with ids of nobody, and whatever
// it writes changes nothing of the first. A parameter that is not known here is an error, so that no new route is passed over.
import { chance } from '#apps/simulator';
import { encode } from '#contracts';
import { type Schema, sample } from '../../security/fuzz/sample.js';
import { API_KEY, type NetworkWorld } from './network-world.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly type: string; readonly schema: Schema };
  /** The whole description, which schemas point into. */
  readonly root: object;
}
/** What a parameter is called at a path, to its value. */
export type Ids = (name: string, path: string) => string;
interface Heard {
  readonly status: number;
  readonly text: string;
}

/** Goes on without end: asked for by itself. */
const STREAM = '/v1/events';
const SECOND = 'another-tenant';
const SAMPLES = 2;
/** Their figures go on with the clock. */
const RUNNING: ReadonlySet<string> = new Set([
  '/v1/grid/signals/{signalId}/evidence',
  '/v1/grid/signals/{signalId}/evidence.csv',
  '/v1/reports/uptime',
  '/v1/stations/{stationId}/evses/{evseId}/uptime/{month}/explain',
]);
/** Parts of a question that narrow it to something of the first tenant. */
const NARROWING = ['siteId', 'stationId', 'sessionId'];

export async function operationsOf(network: NetworkWorld): Promise<readonly Operation[]> {
  type Content = { content?: Record<string, { schema: Schema }> };
  type Described = { parameters: Parameter[]; requestBody?: Content };
  const root = await network.must<{ paths: Record<string, Record<string, Described>> }>('GET', '/openapi.json');
  const { paths } = root;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => {
      const [[type, { schema }] = ['', { schema: undefined }]] = Object.entries(requestBody?.content ?? {});
      return {
        method: method.toUpperCase(),
        root,
        path,
        parameters,
        ...(schema !== undefined && { body: { type, schema } }),
      };
    }),
  );
}

/** A key of the role admin for a tenant that has nothing; no call makes one. */
export async function secondTenant(network: NetworkWorld): Promise<string> {
  const key = 'js_a-key-of-another-tenant';
  const data = { keyId: 'second', name: 'second', role: 'admin', keyHash: network.world.keys.hmac('apiKey', key), createdBy: 'test' };
  const time = new Date().toISOString();
  await network.world.log.append('network-events', [
    encode({ id: 'second-tenant', type: 'ApiKeyCreated', source: '/test', time, tenantId: SECOND, data }),
  ]);
  await network.until('the key of the second tenant', async () => (await ask(network, key, 'GET', '/v1/sites')).status === 200);
  return key;
}

export async function ask(
  network: NetworkWorld,
  key: string,
  method: string,
  path: string,
  body?: string,
  type = 'application/json',
): Promise<Heard> {
  const response = await fetch(`http://127.0.0.1:${network.http.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    ...(body !== undefined && { body }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  await network.requireDescribed(method, path, response, bytes.toString());
  return { status: response.status, text: bytes.toString('latin1') };
}

export function addressOf({ path, parameters }: Operation, ids: Ids, today: string): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids(name, path)));
  const query = parameters
    .filter(({ in: where, required, name }) => where === 'query' && (required || NARROWING.includes(name)))
    .map(({ name, schema }): [string, string] => [name, saidFor(name, schema, ids, path, today)]);
  return query.length === 0 ? filled : `${filled}?${new URLSearchParams(query)}`;
}

function saidFor(name: string, schema: Schema, ids: Ids, path: string, today: string): string {
  if (schema.enum !== undefined) return String(schema.enum[0]);
  if (schema.format === 'date-time') return name === 'from' ? `${today}T00:00:00Z` : `${today}T23:59:59Z`;
  if (name === 'from' || name === 'to' || name === 'day') return today;
  return ids(name, path);
}

/** Without what differs by the moment or by the ids that were asked for. */
const plain = ({ status, text }: Heard, ...ids: readonly string[]): string => {
  const told = status >= 400 ? text.replaceAll(/"(detail|message)":"[^"]*"/g, '') : text;
  return `${status} ${ids
    .filter((id) => id.length > 3)
    .reduce((so, id) => so.replaceAll(id, '•'), told)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then')
    .replaceAll(/"(siteId|stationId|tariffId)":"[^"]*"/g, '"$1":•')}`;
};

export interface Isolation {
  /** Reads that told the second tenant something else than of ids of nobody. */
  readonly leaks: readonly string[];
  /** Reads that tell the first tenant something: they could have leaked. */
  readonly telling: readonly string[];
  /** Reads that the first tenant itself was refused: they prove nothing. */
  readonly mute: readonly string[];
  /** What reads tell the first tenant otherwise after the second wrote what it could. */
  readonly changed: readonly string[];
  readonly written: number;
}

export async function isolationOf(network: NetworkWorld, ids: Ids, nobody: Ids): Promise<Isolation> {
  const operations = await operationsOf(network);
  const today = new Date().toISOString().slice(0, 10);
  const second = await secondTenant(network);
  const reads = operations.filter(({ method, path }) => method === 'GET' && path !== STREAM);
  const [leaks, telling, mute]: [string[], string[], string[]] = [[], [], []];
  const before = new Map<string, string>();
  for (const read of reads) {
    const [known, unknown] = [addressOf(read, ids, today), addressOf(read, nobody, today)];
    const names = [...read.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) => [ids(name, read.path), nobody(name, read.path)]);
    const own = await ask(network, API_KEY, 'GET', known);
    const [theirs, nobodys] = [await ask(network, second, 'GET', known), await ask(network, second, 'GET', unknown)];
    if (plain(theirs, ...names) !== plain(nobodys, ...names)) leaks.push(`${read.path}: ${theirs.status} ${theirs.text.slice(0, 200)}`);
    if (own.status >= 400) mute.push(read.path);
    else if (plain(own, ...names) !== plain(theirs, ...names)) telling.push(read.path);
    if (!RUNNING.has(read.path)) before.set(known, plain(own));
  }
  if ((await firstEvents(network, second)).includes('event: s')) leaks.push(STREAM);

  let written = 0;
  const luck = chance('isolation');
  for (const write of operations.filter(({ method }) => method !== 'GET'))
    for (let time = 0; time < SAMPLES; time++) {
      const known = (name: string) =>
        NARROWING.includes(name) ? ids(name, write.path) : name === 'siteIds' ? [ids('siteId', write.path)] : undefined;
      const { body } = write;
      const said =
        body &&
        (body.type === 'application/json' ? JSON.stringify(sample(body.schema, write.root, luck, known)) : 'siteId,name\ns,theirs\n');
      const { status } = await ask(network, second, write.method, addressOf(write, ids, today), said, body?.type);
      if (status < 300) written++;
    }
  const changed: string[] = [];
  for (const [address, told] of before) {
    const now = plain(await ask(network, API_KEY, 'GET', address));
    if (now !== told) changed.push(`${address}: ${told.slice(0, 300)} → ${now.slice(0, 300)}`);
  }
  return { leaks, telling, mute, changed, written };
}

/** All that the feed has for a tenant up to its first mark. */
async function firstEvents(network: NetworkWorld, key: string): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${network.http.port}${STREAM}`, {
    headers: { authorization: `Bearer ${key}`, 'last-event-id': '0.0' },
    signal: stop.signal,
  });
  let text = '';
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (reader !== undefined && !text.includes('event: mark')) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  stop.abort();
  await reader?.cancel().catch(() => undefined);
  return text;
}
