// A server whose machine is gone says nothing and closes nothing.
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { connectRedis } from './redis-client.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers every connection's handshake, and what else it is asked on all but the first. */
async function fallenSilent(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const isFirst = sockets.push(socket) === 1;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const command of chunk.toString().split(/(?=\*\d+\r\n)/)) {
        if (/\r\nping\r\n/i.test(command)) isFirst || socket.write('+PONG\r\n');
        else if (/\r\nhello\r\n/i.test(command)) socket.write('%0\r\n');
        else socket.write(/\r\ninfo\r\n/i.test(command) ? '$9\r\nloading:0\r\n' : '+OK\r\n');
      }
    });
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('is not asked on the same connection for ever: whoever has its place by now is found', async () => {
  const redis = await connectRedis({ url: await fallenSilent(), onTrouble: () => undefined, silenceMs: 1_000 });
  closing.push(() => redis.disconnect());
  const back = new Promise((resolve) => redis.once('ready', resolve));
  await expect(redis.ping()).rejects.toThrow();
  await back;
  expect(await redis.ping()).toBe('PONG');
});
