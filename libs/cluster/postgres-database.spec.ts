// A server whose machine is gone closes no connection: somebody has to ask.
import { type AddressInfo, createServer, Socket } from 'node:net';
import { expect, it, jest } from '@jest/globals';
import { postgresDatabase } from './postgres-database.js';

it('is looked for on connections that wait or are not used, within seconds', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const asked = jest.spyOn(Socket.prototype, 'setKeepAlive');
  const url = `postgres://postgres@127.0.0.1:${(server.address() as AddressInfo).port}/none`;
  await expect(postgresDatabase({ url, onTrouble: () => undefined })).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
  expect(asked.mock.calls).toEqual([[true, 10_000]]);
  asked.mockRestore();
  server.close();
});
