// A small OpenADR 3 server for tests: tokens by client credentials, programs and events in pages, targets asked for by name under 3.1, and what is posted to it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Vtn {
  readonly url: string;
  readonly events: Map<string, object>;
  /** By kind: what was posted, with an id. */
  readonly objects: Record<string, (Record<string, unknown> & { readonly id: string })[]>;
  /** Paths that were asked for, tokens left out. */
  readonly asked: string[];
  /** Address of the broker it names. */
  broker: string | undefined;
  /** Answers everything with this. */
  failure: { readonly status: number; readonly body: string } | undefined;
  /** Tokens given before are worth nothing. */
  forgetTokens(): void;
  close(): Promise<void>;
}

export async function startVtn({ secret = 'secret', program = { id: 'p', programName: 'GAC' } as object } = {}): Promise<Vtn> {
  const events = new Map<string, object>();
  const asked: string[] = [];
  let tokens = 0;
  const objects: Vtn['objects'] = {};
  const vtn = { events, asked, objects, broker: undefined as Vtn['broker'], failure: undefined as Vtn['failure'] };
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://vtn');
    const say = (status: number, body: unknown) => response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (vtn.failure !== undefined) return say(vtn.failure.status, vtn.failure.body);
    if (url.pathname === '/auth/server') return say(200, { tokenURL: `http://${request.headers.host}/auth/token` });
    if (url.pathname === '/auth/token') {
      const isKnown = new URLSearchParams(text).get('client_secret') === secret;
      return isKnown ? say(200, { access_token: `t${++tokens}`, expires_in: 3600 }) : say(401, {});
    }
    if (request.headers.authorization !== `Bearer t${tokens}`) return say(403, {});
    asked.push(`${url.pathname}${url.search}`);
    const page = (all: readonly object[]) => {
      const skip = Number(url.searchParams.get('skip'));
      return all.slice(skip, skip + Number(url.searchParams.get('limit')));
    };
    if (url.pathname === '/notifiers') {
      const MQTT = { URIS: [vtn.broker], serialization: 'JSON', authentication: { method: 'OAUTH2_BEARER_TOKEN', username: '{clientID}' } };
      return say(200, { WEBHOOK: true, ...(vtn.broker !== undefined && { MQTT }) });
    }
    const [, about] = /^\/notifiers\/mqtt\/topics\/(.+)\/events$/.exec(url.pathname) ?? [];
    if (about !== undefined) return say(200, { topics: { UPDATE: `${about}/events/update`, DELETE: `${about}/events/delete` } });
    const kind = /^\/(?:vens\/[^/]+\/)?(reports|vens|resources|subscriptions)(?:\/([^/]+))?$/.exec(url.pathname);
    if (kind !== null) {
      const [, name = '', id] = kind;
      objects[name] ??= [];
      const all = objects[name];
      if (request.method === 'GET') return say(200, page(all));
      const place = all.findIndex((each) => each.id === id);
      if (id !== undefined && place < 0) return say(404, {});
      const object = { id: id ?? `${name}-${all.length}`, ...(text && (JSON.parse(text) as object)) };
      all.splice(id === undefined ? all.length : place, id === undefined ? 0 : 1, ...(request.method === 'DELETE' ? [] : [object]));
      return say(id === undefined ? 201 : 200, object);
    }
    if (url.pathname === '/programs') return say(200, page([program]));
    if (url.pathname !== '/events') return say(404, {});
    const names = url.searchParams.getAll('targets');
    const isShown = (event: object) =>
      ((event as { readonly targets?: readonly string[] }).targets ?? []).every((target) => names.includes(target));
    return say(200, page([...events].map(([id, event]) => ({ id, programID: 'p', ...event })).filter(isShown)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(vtn, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forgetTokens: () => void tokens++,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
