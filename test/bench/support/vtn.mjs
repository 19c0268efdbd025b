// A server of a grid operator (OpenADR 3.1) for benches: one program with one event, told by webhook, over a broker, or not at all.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** `broker`: its address; what is published there is anything. */
export async function startVtn(broker) {
  const { connectAsync } = await import('mqtt');
  const client = broker === undefined ? undefined : await connectAsync(broker);
  let event;
  let subscription;
  const answers = {
    '/auth/server': (_, host) => ({ tokenURL: `http://${host}/auth/token` }),
    '/auth/token': () => ({ access_token: 'token', expires_in: 3600 }),
    '/programs': () => [{ id: 'program', programName: 'bench' }],
    '/events': () => (event === undefined ? [] : [event]),
    '/vens': () => [],
    '/notifiers': () => ({
      WEBHOOK: true,
      MQTT: { URIS: [broker], serialization: 'JSON', authentication: { method: 'ANONYMOUS' } },
    }),
    '/notifiers/mqtt/topics/programs/program/events': () => ({ topics: { UPDATE: 'events/update', DELETE: 'events/delete' } }),
    '/subscriptions': (body) => {
      if (body !== undefined) subscription = { id: 'subscription', ...body };
      return body === undefined ? (subscription === undefined ? [] : [subscription]) : subscription;
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://vtn');
    let text = '';
    for await (const chunk of request) text += chunk;
    const about = answers[pathname];
    const isTargeted = searchParams.has('targets');
    const found =
      pathname === '/events' && isTargeted ? [] : about?.(text.startsWith('{') ? JSON.parse(text) : undefined, request.headers.host);
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** From now on; `how`: webhook, mqtt, or poll, for which nobody is told. */
    async say(limitKw, how) {
      const type = 'IMPORT_CAPACITY_LIMIT';
      event = {
        ...{ id: 'event', programID: 'program', payloadDescriptors: [{ payloadType: type, units: 'KW' }] },
        modificationDateTime: new Date().toISOString(),
        intervalPeriod: { start: new Date(Date.now() - 1000).toISOString(), duration: 'PT2H' },
        intervals: [{ id: 0, payloads: [{ type, values: [limitKw] }] }],
      };
      const body = JSON.stringify({ objectType: 'EVENT', operation: 'UPDATE', object: event });
      if (how === 'mqtt') await client.publishAsync('events/update', body);
      if (how !== 'webhook') return;
      const [{ callbackUrl, bearerToken }] = subscription.objectOperations;
      const headers = { authorization: `Bearer ${bearerToken}`, 'content-type': 'application/json' };
      const { status } = await fetch(callbackUrl, { method: 'POST', headers, body });
      if (status !== 202) throw new Error(`the notification was answered with ${status}`);
    },
    isSubscribed: () => subscription !== undefined,
    close() {
      client?.end(true);
      server.close();
    },
  };
}
