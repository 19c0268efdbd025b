// Asks an OpenADR 3 server (VTN) for a program and its events: token by client credentials, pages, what is targeted at us. 3.0.1 and 3.1.
// When it is asked, and what becomes of the answer, is polling.ts'.
import { z } from 'zod';
import type { GridProgramConfigured } from '#contracts';

/** Rejected: the server said nothing useful; `message` is for people and names no secret. */
export class ServerSilent extends Error {}

export interface HeardProgram {
  readonly attributes: ReadonlyMap<string, unknown>;
  /** By their ids, as they were said. */
  readonly events: ReadonlyMap<string, unknown>;
}

/** `secret`: of the client, in plain text. `names`: what connections are called, asked for by name where the server demands it. */
export interface ServerCall {
  readonly server: GridProgramConfigured['server'];
  readonly secret: string;
  readonly names: readonly string[];
}

export interface GridServer {
  /** Rejects with ServerSilent. */
  hear(call: ServerCall): Promise<HeardProgram>;
}

const TIMEOUT_MS = 15_000;
const LARGEST_ANSWER = 8 << 20;
/** The most a server gives at once (OpenADR 3). */
const PAGE = 50;
const MOST_PAGES = 400;
const NAMES_AT_ONCE = 50;
/** A token is renewed that long before its end [ms]. */
const AHEAD_MS = 60_000;

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().nullish() });
const TokenPlace = z.object({ tokenURL: z.url() });
const Objects = z.array(z.looseObject({ id: z.string().min(1).max(128) }));
const Attributes = z.array(z.looseObject({ type: z.string(), values: z.array(z.unknown()).min(1) })).catch([]);
/** What 3.0.1 has as fields of a program and 3.1 among its attributes. */
const FIELDS = { retailerName: 'RETAILER_NAME', programType: 'PROGRAM_TYPE', bindingEvents: 'BINDING_EVENTS' } as const;

export function openAdrServer(now: () => number): GridServer {
  const tokens = new Map<string, { readonly text: string; readonly untilMs: number }>();

  async function token({ server, secret }: ServerCall, isFresh: boolean): Promise<string> {
    const key = JSON.stringify([server.url, server.clientId, secret]);
    const held = tokens.get(key);
    if (!isFresh && held !== undefined && held.untilMs > now()) return held.text;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: server.clientId, client_secret: secret });
    const given = Token.safeParse(await said(await tokenPlace(server), { method: 'POST', body }));
    if (!given.success) throw new ServerSilent('the token it gave cannot be read');
    const { access_token: text, expires_in: forS } = given.data;
    tokens.set(key, { text, untilMs: now() + (forS ?? 0) * 1000 - AHEAD_MS });
    return text;
  }

  async function get(call: ServerCall, path: string): Promise<unknown> {
    const ask = async (isFresh: boolean) =>
      answer(placeOf(call.server, path), { headers: { Authorization: `Bearer ${await token(call, isFresh)}` } });
    const first = await ask(false);
    // A token may be taken back before its time.
    return read(first.status === 401 || first.status === 403 ? await ask(true) : first);
  }

  async function* pages(call: ServerCall, path: string, query: readonly (readonly [string, string])[]): AsyncGenerator<Objects> {
    for (let page = 0; page < MOST_PAGES; page++) {
      const parameters = new URLSearchParams({ skip: String(page * PAGE), limit: String(PAGE) });
      for (const [name, value] of query) parameters.append(name, value);
      const found = Objects.safeParse(await get(call, `${path}?${parameters}`));
      if (!found.success) throw new ServerSilent(`its list of ${path} cannot be read`);
      yield found.data;
      if (found.data.length < PAGE) return;
    }
    throw new ServerSilent(`more than ${MOST_PAGES * PAGE} ${path}`);
  }

  return {
    async hear(call) {
      const { programName, version } = call.server;
      let program: Objects[number] | undefined;
      for await (const page of pages(call, 'programs', [])) program ??= page.find((each) => each.programName === programName);
      if (program === undefined) throw new ServerSilent(`it has no program ${programName} for us`);
      const events = new Map<string, unknown>();
      const about = [['programID', program.id]] as const;
      const questions = [
        about,
        ...(version === '3.1' ? chunks(call.names).map((names) => [...about, ...names.map((name) => ['targets', name] as const)]) : []),
      ];
      for (const question of questions)
        for await (const page of pages(call, 'events', question))
          for (const event of page) if (event.programID === program.id) events.set(event.id, event);
      return { attributes: attributesOf(program), events };
    },
  };
}
type Objects = z.infer<typeof Objects>;

const chunks = (names: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(names.length / NAMES_AT_ONCE) }, (_, index) =>
    names.slice(index * NAMES_AT_ONCE, (index + 1) * NAMES_AT_ONCE),
  );

function attributesOf(program: Objects[number]): ReadonlyMap<string, unknown> {
  const fields = Object.entries(FIELDS).flatMap(([field, name]) => (program[field] == null ? [] : [[name, program[field]] as const]));
  return new Map([...fields, ...Attributes.parse(program.attributes ?? []).map(({ type, values }) => [type, values[0]] as const)]);
}

const placeOf = ({ url }: ServerCall['server'], path: string): string => `${url.replace(/\/$/, '')}/${path}`;

/** 3.1 says where tokens are given; before, and where it does not, the server gives them itself. */
async function tokenPlace(server: ServerCall['server']): Promise<string> {
  const own = placeOf(server, 'auth/token');
  if (server.version === '3.0.1') return own;
  const { status, text } = await answer(placeOf(server, 'auth/server'), {});
  if (status !== 200) return own;
  const place = TokenPlace.safeParse(parsed(text));
  if (!place.success) throw new ServerSilent('where it gives tokens cannot be read');
  if (new URL(place.data.tokenURL).protocol !== new URL(server.url).protocol)
    throw new ServerSilent('it gives tokens at an address without TLS');
  return place.data.tokenURL;
}

interface Said {
  readonly status: number;
  readonly text: string;
}
const said = async (url: string, request: RequestInit): Promise<unknown> => read(await answer(url, request));

function read({ status, text }: Said): unknown {
  if (status < 200 || status > 299) throw new ServerSilent(`it answered ${status}`);
  return parsed(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServerSilent('its answer is not JSON');
  }
}

async function answer(url: string, request: RequestInit): Promise<Said> {
  try {
    const response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    let bytes = 0;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_ANSWER) throw new ServerSilent(`its answer is larger than ${LARGEST_ANSWER >> 20} MiB`);
      text += decoder.decode(chunk, { stream: true });
    }
    return { status: response.status, text };
  } catch (error) {
    if (error instanceof ServerSilent) throw error;
    const { name = '', cause } = error as {
      readonly name?: string;
      readonly cause?: { readonly code?: string; readonly message?: string };
    };
    throw new ServerSilent(
      name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1000} s` : `no connection (${cause?.code ?? cause?.message ?? name})`,
    );
  }
}
