// How an OpenADR 3 server (VTN) is spoken to: tokens by client credentials, pages, and what is said when it says nothing useful. 3.0.1 and 3.1.
// What it is asked, and told, is server.ts' and its neighbours'.
import { z } from 'zod';
import type { GridProgramConfigured } from '#contracts';
import { type Answer, type Ask, parsed, read, ServerSilent } from '../http.js';

/** `secret`: of the client, in plain text. `names`: what connections are called, asked for by name where the server demands it. */
export interface ServerCall {
  readonly server: GridProgramConfigured['server'];
  readonly secret: string;
  readonly names: readonly string[];
}

/** Each rejects with ServerSilent. */
export interface VtnSession {
  /** Pages of objects, in order. */
  pages(call: ServerCall, path: string, query: readonly (readonly [string, string])[]): AsyncGenerator<Objects>;
  /** With which it knows us, for somebody else it sends us to. */
  token(call: ServerCall): Promise<string>;
  /** Whatever it answers, other than that it does not know us. */
  send(call: ServerCall, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
}

/** The most a server gives at once (OpenADR 3). */
const PAGE = 50;
const MOST_PAGES = 400;
/** A token is renewed that long before its end [ms]. */
const AHEAD_MS = 60_000;

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().nullish() });
const TokenPlace = z.object({ tokenURL: z.url() });
const Objects = z.array(z.looseObject({ id: z.string().min(1).max(128) }));
export type Objects = z.infer<typeof Objects>;

export function vtnSession(now: () => number, ask: Ask): VtnSession {
  const tokens = new Map<string, { readonly text: string; readonly untilMs: number }>();

  async function token({ server, secret }: ServerCall, isFresh: boolean): Promise<string> {
    const key = JSON.stringify([server.url, server.clientId, secret]);
    const held = tokens.get(key);
    if (!isFresh && held !== undefined && held.untilMs > now()) return held.text;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: server.clientId, client_secret: secret });
    const given = Token.safeParse(read(await ask(await tokenPlace(server, ask), { method: 'POST', body })));
    if (!given.success) throw new ServerSilent('the token it gave cannot be read');
    const { access_token: text, expires_in: forS } = given.data;
    tokens.set(key, { text, untilMs: now() + (forS ?? 0) * 1000 - AHEAD_MS });
    return text;
  }

  async function send(call: ServerCall, method: string, path: string, body?: unknown): Promise<Answer> {
    const asked = async (isFresh: boolean) => {
      const headers = {
        Authorization: `Bearer ${await token(call, isFresh)}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      };
      return ask(placeOf(call.server, path), { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    };
    const first = await asked(false);
    // A token may be taken back before its time.
    return first.status === 401 || first.status === 403 ? asked(true) : first;
  }

  async function* pages(call: ServerCall, path: string, query: readonly (readonly [string, string])[]): AsyncGenerator<Objects> {
    for (let page = 0; page < MOST_PAGES; page++) {
      const parameters = new URLSearchParams({ skip: String(page * PAGE), limit: String(PAGE) });
      for (const [name, value] of query) parameters.append(name, value);
      const found = Objects.safeParse(read(await send(call, 'GET', `${path}?${parameters}`)));
      if (!found.success) throw new ServerSilent(`its list of ${path} cannot be read`);
      yield found.data;
      if (found.data.length < PAGE) return;
    }
    throw new ServerSilent(`more than ${MOST_PAGES * PAGE} ${path}`);
  }

  return { pages, send, token: (call) => token(call, false) };
}

const placeOf = ({ url }: ServerCall['server'], path: string): string => `${url.replace(/\/$/, '')}/${path}`;

/** 3.1 says where tokens are given; before, and where it does not, the server gives them itself. */
async function tokenPlace(server: ServerCall['server'], ask: Ask): Promise<string> {
  const own = placeOf(server, 'auth/token');
  if (server.version === '3.0.1') return own;
  const { status, text } = await ask(placeOf(server, 'auth/server'), {});
  if (status !== 200) return own;
  const place = TokenPlace.safeParse(parsed(text));
  if (!place.success) throw new ServerSilent('where it gives tokens cannot be read');
  if (new URL(place.data.tokenURL).protocol !== new URL(server.url).protocol)
    throw new ServerSilent('it gives tokens at an address without TLS');
  return place.data.tokenURL;
}
