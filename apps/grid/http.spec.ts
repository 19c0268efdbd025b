// Servers of grid operators that are not spoken to: in a network that only we can reach, by number or by the name of it, or elsewhere than they were.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { asking } from './http.js';

let server: Server;
let port: number;
let heard = 0;
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    heard++;
    if (url === '/moved') response.writeHead(302, { location: '/' }).end();
    else response.end('[]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

it('a server that is private, by number or by what its name means, is not spoken to', async () => {
  const cluster = asking({ mayBePrivate: false, mayBeOwn: false });
  for (const address of [
    `https://localhost:${port}/`,
    `https://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}/`,
    `https://10.0.0.5:${port}/`,
  ])
    await expect(cluster(address, {})).rejects.toThrow('the address is not a public one');
  expect(heard).toBe(0);
});

it('one on the same machine is, where one process is all there is, and every one where that is allowed', async () => {
  for (const reach of [
    { mayBePrivate: false, mayBeOwn: true },
    { mayBePrivate: true, mayBeOwn: false },
  ])
    expect(await asking(reach)(`http://127.0.0.1:${port}/`, {})).toEqual({ status: 200, text: '[]' });
});

it('nobody is followed elsewhere', async () => {
  await expect(asking({ mayBePrivate: true, mayBeOwn: false })(`http://127.0.0.1:${port}/moved`, {})).rejects.toThrow('it answered 302');
});
