// A small capacity provider (OSCP 2.0) for tests: takes a registration, registers back, shakes hands, and keeps what it is told.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProviderFixture {
  readonly url: string;
  /** By action: bodies in order. */
  readonly told: Record<string, Record<string, unknown>[]>;
  /** Says something to whoever registered, with the token it was given; answers with the status and its reason. */
  say(action: string, body: unknown): Promise<{ readonly status: number; readonly reason: string | null }>;
  close(): Promise<void>;
}

export async function startProvider({ firstToken = 'first', ownToken = 'theirs' } = {}): Promise<ProviderFixture> {
  const told: ProviderFixture['told'] = {};
  let peer: { readonly url: string; readonly token: string } | undefined;
  const say: ProviderFixture['say'] = async (action, body) => {
    const headers = { authorization: `Token ${peer?.token}`, 'content-type': 'application/json', 'x-request-id': `request-${action}` };
    const answer = await fetch(`${peer?.url}/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, reason: answer.headers.get('x-error-message') };
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const action = (request.url ?? '').split('/').at(-1) ?? '';
    const isKnown = request.headers.authorization === `Token ${action === 'register' ? firstToken : ownToken}`;
    if (!isKnown || request.headers['x-request-id'] === undefined) {
      response.writeHead(401).end();
      return;
    }
    const body = JSON.parse(text) as Record<string, unknown>;
    told[action] = [
      ...(told[action] ?? []),
      { ...body, ...(request.headers['x-correlation-id'] && { correlation: request.headers['x-correlation-id'] }) },
    ];
    response.writeHead(204).end();
    if (action !== 'register') return;
    const [version] = body.version_url as readonly { readonly base_url: string }[];
    peer = { url: version?.base_url ?? '', token: String(body.token) };
    await say('register', { token: ownToken, version_url: [{ version: '2.0', base_url: url }] });
    await say('handshake', { required_behaviour: { heartbeat_interval: 1, measurement_configuration: ['CONTINUOUS'] } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cp/2.0`;
  return { url, told, say, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
