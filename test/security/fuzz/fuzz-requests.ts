// Every route of the HTTP interface by its own OpenAPI document: path, query and body sampled from the schemas and made wrong.
// Each request is answered: as the route says, or by a problem that is the caller's. A fault of ours is a complaint.
import type { Chance } from '#apps/simulator';
import type { HostileNetwork } from './hostile-network.js';
import { jsonText } from './json-text.js';
import { mutateOften } from './mutate.js';
import { type Known, oneOf, type Schema, sample } from './sample.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Schema;
  /** The whole description, which schemas point into. */
  readonly root: object;
}

/** Answers that say: it was you. */
const CALLERS_FAULT: ReadonlySet<number> = new Set([400, 404, 409, 412, 413, 422]);
/** Takes the connection over for good. */
const STREAMS: ReadonlySet<string> = new Set(['/v1/events']);
const MUTATED = 0.75;

export async function operationsOf(hostile: HostileNetwork): Promise<readonly Operation[]> {
  interface Document {
    readonly paths: Record<
      string,
      Record<string, { parameters: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } }>
    >;
  }
  const root = await hostile.network.must<Document>('GET', '/openapi.json');
  return Object.entries(root.paths)
    .filter(([path]) => !STREAMS.has(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters, requestBody }]) => {
        const body = requestBody?.content['application/json']?.schema;
        return { method: method.toUpperCase(), path, parameters, root, ...(body !== undefined && { body }) };
      }),
    );
}

/** What there is to ask about: sites and stations of the fuzzer, never the neighbour's. */
const known =
  (siteId: string, stationId: string): Known =>
  (name, type, chance) => {
    switch (name) {
      case 'siteId':
        return siteId;
      case 'siteIds':
        return [siteId];
      case 'stationId':
        return stationId;
      case 'nodeId':
        return 'grid';
      case 'tariffId':
        return `tariff-${siteId}`;
      case 'timeZone':
        return 'Europe/Amsterdam';
      case 'startTime':
      case 'endTime':
        return '08:30';
      case 'password':
        return 'a-long-password-of-a-station';
      case 'expiresAt':
      case 'departsAt':
        return new Date(Date.now() + 3_600_000).toISOString();
      case 'timeoutMs':
        return 100;
      case 'wait':
        return 'false';
      case 'action':
        return oneOf(
          ['GetConfiguration', 'SetChargingProfile', 'ChangeConfiguration', 'Reset', 'RemoteStartTransaction', 'DataTransfer'],
          chance,
        );
      case 'phases':
        return type === 'undefined' ? oneOf<unknown>([1, 3, ['L1']], chance) : undefined;
      default:
        return undefined;
    }
  };

const encoded = (value: unknown): string => {
  const text = typeof value === 'string' ? value : jsonText(value);
  return [...text].map((each) => (each.isWellFormed() ? encodeURIComponent(each) : '%ed%a0%80')).join('');
};

export async function fuzzRequest(
  hostile: HostileNetwork,
  { method, path, parameters, body, root }: Operation,
  about: { readonly siteId: string; readonly stationId: string },
  chance: Chance,
): Promise<string | undefined> {
  const vocabulary = known(about.siteId, about.stationId);
  const given = ({ name, schema }: Parameter): unknown => {
    const value = vocabulary(name, String(schema.type), chance) ?? sample(schema, root, chance, vocabulary);
    return chance.next() < 0.15 ? mutateOften(value, chance, 1).value : value;
  };
  let url = path;
  const query: string[] = [];
  for (const parameter of parameters) {
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encoded(given(parameter)).slice(0, 4000) || '%20');
    else if (parameter.in === 'query' && (parameter.required || chance.next() < 0.4))
      query.push(`${parameter.name}=${encoded(given(parameter)).slice(0, 4000)}`);
  }
  const asked = `${url}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  const payload = body === undefined ? undefined : sample(body, root, chance, vocabulary);
  const { value, told } = chance.next() < MUTATED ? mutateOften(payload, chance, 2) : { value: payload, told: 'unchanged' };
  const text = body === undefined ? undefined : jsonText(value);
  try {
    // Costly routes have a budget for each key: who is over it waits, as it is told.
    const { status, body: answer } = await hostile.network.until('its turn', async () => {
      const said = await hostile.network.call<{ status?: number; type?: string } | null>(method, asked, text);
      return said.status !== 429 && said;
    });
    const isProblem = CALLERS_FAULT.has(status) && answer?.status === status && /^urn:joulestream:problem:/.test(answer.type ?? '');
    if ((status >= 200 && status < 300) || isProblem) return undefined;
    return `${method} ${asked.slice(0, 500)} (${told}): ${status} ${JSON.stringify(answer).slice(0, 500)}\n  sent ${text?.slice(0, 2000)}`;
  } catch (error) {
    return `${method} ${asked.slice(0, 500)} (${told}): ${String(error)}\n  sent ${text?.slice(0, 2000)}`;
  }
}
