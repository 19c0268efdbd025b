import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { kafkaClient } from './kafka-client.js';

const require = createRequire(import.meta.url);
kafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'spec', onTrouble: () => undefined }); // brings the repairs

interface Connection {
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  isConnected(): boolean;
  send(exchange: object): Promise<string>;
}

const nothing = (): void => undefined;
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, namespace: (): object => logger };

function connectionTo(server: Server): Connection {
  const Connection = require('kafkajs/src/network/connection.js') as new (options: object) => Connection;
  const socketFactory = (require('kafkajs/src/network/socketFactory.js') as () => unknown)();
  const { port } = server.address() as AddressInfo;
  return new Connection({ host: '127.0.0.1', port, logger, socketFactory, requestTimeout: 500, connectionTimeout: 1_000 });
}

/** A request of nothing, whose answer is text. */
function asking(): object {
  const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => object;
  return {
    request: { apiKey: 18, apiVersion: 0, apiName: 'ApiVersions', encode: async () => new Encoder() },
    response: { decode: async (payload: Buffer) => payload, parse: async (payload: Buffer) => payload.toString() },
    logResponseError: false,
  };
}

/** To a request as Kafka frames it: length, correlation id, text. */
function answerTo(request: Buffer, text: string): Buffer {
  const answer = Buffer.alloc(8 + text.length);
  answer.writeInt32BE(4 + text.length, 0);
  answer.writeInt32BE(request.readInt32BE(8), 4);
  answer.write(text, 8);
  return answer;
}

describe('a connection of kafkajs', () => {
  let server: Server;
  const sockets: Socket[] = [];
  async function listen(onRequest: (socket: Socket, request: Buffer, connection: number) => void): Promise<Connection> {
    server = createServer((socket) => {
      const connection = sockets.push(socket);
      socket.on('error', () => undefined); // cut in the middle is what this is about
      socket.on('data', (request) => onRequest(socket, request, connection));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return connectionTo(server);
  }
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  it('understands the next socket when the last one broke in the middle of an answer', async () => {
    const connection = await listen((socket, request, nth) => {
      const answer = answerTo(request, 'whole');
      if (nth > 1) socket.write(answer);
      else socket.end(answer.subarray(0, 6));
    });
    await connection.connect();
    await expect(connection.send(asking())).rejects.toThrow('Closed connection');
    await connection.connect();
    expect(await connection.send(asking())).toBe('whole');
    await connection.disconnect();
  });

  it('is closed by a broker that does not answer, for all who wait on it', async () => {
    const connection = await listen((socket, request, nth) => {
      if (nth > 1) socket.write(answerTo(request, 'whole'));
    });
    await connection.connect();
    const asked = [connection.send(asking()), connection.send(asking())];
    const { port } = server.address() as AddressInfo;
    for (const one of asked) await expect(one).rejects.toMatchObject({ name: 'KafkaJSConnectionClosedError', host: '127.0.0.1', port });
    expect(connection.isConnected()).toBe(false);
    await connection.connect();
    expect(await connection.send(asking())).toBe('whole');
    await connection.disconnect();
  });

  it('is opened once for all who find it closed', async () => {
    const connection = await listen((socket, request) => socket.write(answerTo(request, 'whole')));
    await Promise.all(Array.from({ length: 16 }, () => connection.connect()));
    expect(await connection.send(asking())).toBe('whole');
    expect(sockets.length).toBe(1);
    await connection.disconnect();
  });
});

describe('a consumer of kafkajs', () => {
  interface Fetching {
    start(): Promise<void>;
  }
  const ofKafkajs = <T>(path: string): T => require(`kafkajs/src/consumer/${path}.js`) as T;

  it('that was told to end ends fetchers that begin only then', async () => {
    const { prototype } = ofKafkajs<{ readonly prototype: { fetch(nodeId: string): Promise<unknown> } }>('runner');
    const fetchManager = ofKafkajs<(options: object) => Fetching>('fetchManager')({
      ...{ logger, getNodeIds: () => ['1', '2'], handler: () => undefined, concurrency: 1 },
      fetch: (nodeId: string) => runner.fetch(nodeId),
    });
    const runner = Object.assign(Object.create(prototype), { running: false, fetchManager, logger, consumerGroup: {} });
    expect(await fetchManager.start()).toBeUndefined();
  });
});
