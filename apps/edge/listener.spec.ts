// What a socket of a station tells of itself on a real line.
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { SocketCounts } from './admission/socket-limits.js';
import type { ConnectionIdentity } from './connection.js';
import { type StationSocket, webSocketListener } from './listener.js';

const LARGE = 32 << 20;

it('how much of a large frame the system has not taken yet', async () => {
  const opened = Promise.withResolvers<StationSocket>();
  const listener = webSocketListener({
    door: { admit: async () => ({ version: 'ocpp1.6' }) as ConnectionIdentity },
    sockets: new SocketCounts({ socketsPerAddress: 10, strangersPerAddress: 10 }, () => true),
    handshakeTimeoutMs: 10_000,
    opened: opened.resolve,
    vanished: () => undefined,
    refused: () => undefined,
    failed: () => ({ status: 500, message: '' }),
  });
  await listener.listen(0, '127.0.0.1');
  const station = new WebSocket(`ws://127.0.0.1:${listener.port}/`, 'ocpp1.6', { perMessageDeflate: false, maxPayload: 2 * LARGE });
  const socket = await opened.promise;
  await once(station, 'open');
  station.pause();
  socket.send('x'.repeat(LARGE));
  const before = socket.sendingBytes ?? 0;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(LARGE);
  station.terminate();
  await listener.close();
});
