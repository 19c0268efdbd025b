// A server whose machine is gone closes no connection: somebody has to ask.
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { postgresConnection } from './postgres-connection.js';

const message = (type: string, ...content: readonly number[]): Buffer =>
  Buffer.from([type.charCodeAt(0), 0, 0, 0, 4 + content.length, ...content]);
/** Authentication is over, and a statement may come. */
const WELCOME = Buffer.concat([message('R', 0, 0, 0, 0), message('Z', 'I'.charCodeAt(0))]);
const ANSWER = Buffer.concat([message('C', ...Buffer.from('SELECT 0\0')), message('Z', 'I'.charCodeAt(0))]);

/** Takes connections, hears statements and says nothing to them until told to. */
async function silentServer() {
  const waiting: Socket[] = [];
  const times = { asked: 0 };
  const server = createServer((socket) => {
    times.asked++;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.on('data', ([type]) => {
        if (type === 'Q'.charCodeAt(0)) waiting.push(socket);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const url = `postgres://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/none`;
  return {
    server,
    url,
    times,
    answer: () => waiting.splice(0).forEach((socket) => void socket.write(ANSWER)),
    destroy: () => waiting.forEach((socket) => void socket.destroy()),
  };
}
describe('a connection to PostgreSQL', () => {
  it('is looked after by the kernel within seconds', async () => {
    const { server, url, destroy } = await silentServer();
    const asked = jest.spyOn(Socket.prototype, 'setKeepAlive');
    const client = new pg.Client(postgresConnection(url));
    await client.connect();
    expect(asked.mock.calls).toEqual([[true, 10_000]]);
    asked.mockRestore();
    await client.end();
    destroy();
    server.close();
  });

  it('waits for as long as a statement takes while the server is there', async () => {
    const { server, url, times, answer } = await silentServer();
    const client = new pg.Client(postgresConnection(url, 20));
    await client.connect();
    const waiting = client.query('select pg_sleep(3600)');
    while (times.asked < 4) await once(server, 'connection');
    answer();
    await expect(waiting).resolves.toMatchObject({ rowCount: 0 });
    await client.end();
    server.close();
  });

  it('ends with what waits for it where the server takes no other', async () => {
    const { server, url, destroy } = await silentServer();
    const client = new pg.Client(postgresConnection(url, 20));
    client.on('error', () => undefined);
    await client.connect();
    server.close();
    await expect(client.query('select 1')).rejects.toThrow('PostgreSQL said nothing for 20 ms and takes no new connection');
    destroy();
  });
});
