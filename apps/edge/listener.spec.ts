// What a socket of a station tells of itself on a real line.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { issue } from '../../test/scenario/support/certificates.js';
import { SocketCounts } from './admission/socket-limits.js';
import type { ConnectionIdentity } from './connection.js';
import { type ListenerPorts, type StationSocket, webSocketListener } from './listener.js';
import { TlsMaterial } from './tls-material.js';

const LARGE = 32 << 20;

const directory = mkdtempSync(join(tmpdir(), 'listener-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function material(): TlsMaterial {
  const { cert, key } = issue({ subject: { CN: 'localhost' } });
  const [certFile, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return new TlsMaterial({ port: 0, certFiles: [certFile], keyFiles: [keyFile], clientCaFiles: [] });
}

it.each(['ws', 'wss'])('how much of a large frame the system has not taken yet, by %s', async (scheme) => {
  const opened = Promise.withResolvers<StationSocket>();
  const ports: ListenerPorts = {
    door: { admit: async () => ({ version: 'ocpp1.6' }) as ConnectionIdentity },
    sockets: new SocketCounts({ socketsPerAddress: 10, strangersPerAddress: 10 }, () => true),
    handshakeTimeoutMs: 10_000,
    opened: opened.resolve,
    vanished: () => undefined,
    refused: () => undefined,
    failed: () => ({ status: 500, message: '' }),
  };
  const listener = webSocketListener(ports, scheme === 'wss' ? material() : undefined);
  await listener.listen(0, '127.0.0.1');
  const options = { perMessageDeflate: false, maxPayload: 2 * LARGE, rejectUnauthorized: false };
  const station = new WebSocket(`${scheme}://127.0.0.1:${listener.port}/`, 'ocpp1.6', options);
  const socket = await opened.promise;
  await once(station, 'open');
  station.pause();
  socket.send('x'.repeat(LARGE));
  const sending = socket.sendingBytes ?? 0;
  station.terminate();
  await listener.close();
  expect(sending).toBeGreaterThan(0);
  expect(sending).toBeLessThan(LARGE);
});
