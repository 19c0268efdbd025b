// Topics of the broker that a server names (OpenADR 3.1): one message, whatever it says, means that there is something new.
// When to connect again is push.ts'; a connection here ends once and says so.
import type { IClientOptions, MqttClient } from 'mqtt';
import { z } from 'zod';
import { connecting, PrivateAddress, type Reach } from '#outbound';
import { read, ServerSilent } from '../http.js';
import type { ServerCall, VtnSession } from './session.js';

const Authentication = z.discriminatedUnion('method', [
  z.object({ method: z.literal('ANONYMOUS') }),
  // openleadr-rs 0.2.4 writes it without underscores.
  z.object({ method: z.enum(['OAUTH2_BEARER_TOKEN', 'OAUTH2BEARERTOKEN']), username: z.string().max(200) }),
  z.object({ method: z.literal('CERTIFICATE'), caCert: z.string(), clientCert: z.string(), clientKey: z.string() }),
]);
const Notifiers = z.looseObject({ MQTT: z.object({ URIS: z.array(z.url()).min(1).max(20), authentication: Authentication }) });
const Topics = z.object({ topics: z.record(z.string(), z.string().min(1).max(1000)) });
const CONNECT_WITHIN_MS = 15_000;

export interface Listening {
  readonly isOpen: boolean;
  end(): void;
}

/** Resolves once all topics are heard; rejects with ServerSilent. `onNews` is called for each message, `onEnd` once the connection is over. */
export async function listening(
  session: VtnSession,
  call: ServerCall,
  programID: string,
  on: { readonly news: () => void; readonly end: () => void },
  reach: Reach,
): Promise<Listening> {
  const found = Notifiers.safeParse(read(await session.send(call, 'GET', 'notifiers')));
  if (!found.success) throw new ServerSilent('it names no broker');
  const { URIS, authentication } = found.data.MQTT;
  const isSafe = new URL(call.server.url).protocol === 'https:';
  const address = URIS.find((uri) => /^(mqtts|wss):/.test(uri) || (!isSafe && /^(mqtt|ws):/.test(uri)));
  if (address === undefined) throw new ServerSilent('it names no broker with TLS');
  const topics = await topicsOf(session, call, programID);
  const { connectAsync } = await import('mqtt');
  const connection = connectingTo(address, reach);
  const options = {
    ...(await credentials(session, call, authentication)),
    ...{ ...connection, wsOptions: connection, reconnectPeriod: 0, connectTimeout: CONNECT_WITHIN_MS },
  };
  const client: MqttClient = await connectAsync(address, options, false).catch((error: Error) => {
    throw new ServerSilent(`its broker does not let us in (${error.message})`);
  });
  client.on('error', () => undefined); // it is over then, and says so by closing
  client.on('message', on.news);
  client.on('close', on.end);
  const granted = await client.subscribeAsync([...topics], { qos: 1 }).catch(() => []);
  if (granted.length < topics.length || granted.some(({ qos }) => qos > 2)) {
    client.removeListener('close', on.end);
    client.end(true);
    throw new ServerSilent('its broker does not let us hear what it named');
  }
  return {
    get isOpen() {
      return client.connected;
    },
    end() {
      client.removeListener('close', on.end);
      client.end(true);
    },
  };
}

function connectingTo(address: string, reach: Reach): ReturnType<typeof connecting> {
  try {
    return connecting(new URL(address), reach);
  } catch (error) {
    throw error instanceof PrivateAddress ? new ServerSilent(`its broker: ${error.message}`) : error;
  }
}

async function credentials(session: VtnSession, call: ServerCall, authentication: z.infer<typeof Authentication>): Promise<IClientOptions> {
  switch (authentication.method) {
    case 'ANONYMOUS':
      return {};
    case 'OAUTH2_BEARER_TOKEN':
    case 'OAUTH2BEARERTOKEN':
      return { username: authentication.username.replaceAll('{clientID}', call.server.clientId), password: await session.token(call) };
    case 'CERTIFICATE':
      return { ca: authentication.caCert, cert: authentication.clientCert, key: authentication.clientKey };
  }
}

/** Of the program's events for everybody, and of those for us where the server has us by a name. */
async function topicsOf(session: VtnSession, call: ServerCall, programID: string): Promise<readonly string[]> {
  const topics = new Set<string>();
  const vens: string[] = [];
  for await (const page of session.pages(call, 'vens', [['venName', call.server.venName]]))
    vens.push(...page.filter(({ venName }) => venName === call.server.venName).map(({ id }) => id));
  for (const path of [`programs/${encodeURIComponent(programID)}`, ...vens.map((id) => `vens/${encodeURIComponent(id)}`)]) {
    const answer = await session.send(call, 'GET', `notifiers/mqtt/topics/${path}/events`);
    const told = answer.status === 200 ? Topics.safeParse(read(answer)) : undefined;
    for (const topic of Object.values(told?.data?.topics ?? {})) topics.add(topic);
  }
  if (topics.size === 0) throw new ServerSilent('it names no topic for the events of the program');
  return [...topics];
}
