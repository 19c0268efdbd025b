// The console's own door, beside the API: the key that a page on this very machine is handed where nobody signs in, signing in at an OpenID provider, and out.
// Who may what is decided as for any other caller.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#observability';
import { isOwn } from '#outbound';
import { mayBootstrapConsole } from './auth.js';
import { type Answer, problemAnswer } from './http.js';
import type { People, Reply } from './people/sign-in.js';
import { same } from './people/sign-in.js';
import { notFound, Problem } from './problem.js';

interface Adapter {
  get(path: string, handler: (request: IncomingMessage, response: ServerResponse) => void): unknown;
  post(path: string, handler: (request: IncomingMessage, response: ServerResponse) => void): unknown;
}

/** Where chargers reach this network, for who connects one. */
export interface ChargerPorts {
  readonly ocppPort: number;
  /** Absent where there is no TLS, or a proxy has it. */
  readonly ocppTlsPort?: number;
}

export function mountConsoleDoor(
  adapter: Adapter,
  { bindAddress, publicUrl, ...ports }: ChargerPorts & { readonly bindAddress: string; readonly publicUrl?: string },
  key: string,
  people: People | undefined,
  logger: Logger,
): void {
  const serve = (work: (request: IncomingMessage) => Promise<Reply | Answer>) => (request: IncomingMessage, response: ServerResponse) => {
    work(request)
      .catch((error: unknown) => problemAnswer(error, logger))
      .then(({ status, headers, body }) => {
        response.writeHead(status, {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          ...headers,
        } as never);
        response.end(body === undefined ? undefined : JSON.stringify(body));
      })
      .catch((error: unknown) => logger.error({ err: error }, 'answering failed'));
  };
  // Where others come by an address of their own, whoever asks by ours may be a proxy of theirs.
  const isForUsAlone = publicUrl === undefined || isOwn(new URL(publicUrl));
  const required = (): People => {
    if (people === undefined) throw notFound('signing in at an OpenID provider');
    return people;
  };

  adapter.get(
    '/console/session',
    serve(async (request) => {
      const signedIn = await people?.session(request);
      if (signedIn !== undefined) {
        const { name, role, sites } = signedIn.caller;
        return { status: 200, body: { user: { name, role, sites: sites ?? null }, csrfToken: signedIn.csrfToken, ...ports } };
      }
      // Where people sign in, a proxy may stand on this machine and look like a page of it.
      if (people === undefined && isForUsAlone && mayBootstrapConsole(bindAddress, request))
        return { status: 200, body: { token: key, ...ports } };
      if (people !== undefined) return { status: 200, body: { signIn: '/console/login' } };
      throw notFound('a session');
    }),
  );
  adapter.get(
    '/console/login',
    serve(async () => required().login()),
  );
  adapter.get(
    '/console/callback',
    serve(async (request) => required().callback(new URL(request.url ?? '/', 'http://any'), request)),
  );
  adapter.post(
    '/console/logout',
    serve(async (request) => {
      const signedIn = await required().session(request);
      const given = request.headers['x-csrf-token'];
      if (signedIn !== undefined && (typeof given !== 'string' || !same(given, signedIn.csrfToken)))
        throw new Problem(403, 'csrf', 'Signing out needs x-csrf-token');
      return required().logout(request);
    }),
  );
}
