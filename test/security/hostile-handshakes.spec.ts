// Handshakes made to confuse: tricks in the path, wrong headers, no end of a request, somebody else's name. Nobody here is authenticated.
// Each gets its HTTP status and nothing else; whoever is connected stays connected.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld, PASSWORD } from '../scenario/support/edge-world.js';
import type { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
let neighbour: RawStation;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
  await system.station('NEIGHBOUR');
  neighbour = await system.connect(edge, 'NEIGHBOUR');
});
afterAll(() => system.close());

const open = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(edge.port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });

/** Closed, in whatever way: cut while it wrote is an error to it, at which `once` would no longer wait. */
const closing = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));

/** Status of the answer to exactly these bytes; 0 when the socket is closed without one. */
async function status(request: string | Buffer): Promise<number> {
  const socket = await open();
  const closed = closing(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (Buffer.concat(chunks).includes('\r\n\r\n')) socket.destroy();
  });
  socket.write(request);
  await closed;
  return Number(/^HTTP\/1\.1 (\d+)/.exec(Buffer.concat(chunks).toString('latin1'))?.[1] ?? 0);
}

const credentials = (user: string, password = PASSWORD): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
function upgrade(path: string, headers: Readonly<Record<string, string | undefined>> = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'ocpp1.6',
    Authorization: credentials('CP1'),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
const neighbourIsThere = async (): Promise<void> => {
  expect(await neighbour.call('Heartbeat', {})).toMatchObject([3, expect.any(String), {}]);
};

it('opens for the honest one', async () => {
  expect(await status(upgrade('/ocpp/CP1'))).toBe(101);
});

describe('tricks in the path', () => {
  it.each([
    '/ocpp/CP1%2F', '/ocpp/%2FCP1', '/ocpp/x%2F..%2FCP1', '/ocpp/../ocpp/CP1', '/ocpp/./CP1', '/ocpp//CP1', '/ocpp/CP1/', '/OCPP/CP1',
    '/ocpp/cp1', '/ocpp/CP1%00', '/ocpp/CP1%0d%0aX:%20y', '/ocpp/CP1%20', '/ocpp/%20CP1', '/ocpp/CP%31%', '/ocpp/CP%2531', '/ocpp/CP1:x',
    '/ocpp/CP1%3A', '/ocpp/%C0%AE%C0%AE', '/ocpp/\uff23P1', '/ocpp/C%D0%A01', '/ocpp/default/default/CP1', '/ocpp/..%2f..%2fetc%2fpasswd',
    '/ocpp/', '/ocpp', '/', '/ocpp/CP1;x=1', '/ocpp/CP1\\', '/ocpp/{{7*7}}', '/ocpp/__proto__', '/ocpp/constructor/CP1', `/ocpp/${'C'.repeat(10_000)}`,
  ])('%s is nobody', async (path) => {
    const answer = await status(Buffer.from(upgrade(path), 'utf8'));
    expect([400, 404]).toContain(answer);
    await neighbourIsThere();
  }); // biome-ignore format: a list
  it('leave no record behind', async () => {
    const ids = (await system.records()).map(({ stationId }) => stationId);
    expect(new Set(ids)).toEqual(new Set(['CP1', 'NEIGHBOUR']));
  });
});

describe('headers', () => {
  it.each([
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a key that is none', { 'Sec-WebSocket-Key': 'x' }, 400],
    ['a version nobody speaks', { 'Sec-WebSocket-Version': '99' }, 400],
    ['another protocol to upgrade to', { Upgrade: 'h2c' }, 400],
    ['no credentials', { Authorization: undefined }, 401],
    ['credentials of the neighbour', { Authorization: credentials('NEIGHBOUR') }, 401],
    ['credentials with nothing in them', { Authorization: 'Basic ' }, 401],
    ['credentials that are no base64', { Authorization: 'Basic \u00e4\u00f6' }, 401],
    ['a token where a password belongs', { Authorization: 'Bearer abc' }, 401],
    ['credentials of 10 kB', { Authorization: credentials('CP1', 'x'.repeat(10_000)) }, 401],
    ['a subprotocol with a line break in it', { 'Sec-WebSocket-Protocol': 'ocpp1.6,\tocpp9' }, 101],
    ['a thousand subprotocols', { 'Sec-WebSocket-Protocol': Array.from({ length: 1000 }, (_, i) => `p${i}`).join(',') }, 400],
    ['a hundred kB of headers', { 'X-Padding': 'x'.repeat(100_000) }, 431],
  ])('with %s', async (_, headers, expected) => {
    expect(await status(Buffer.from(upgrade('/ocpp/CP1', headers), 'latin1'))).toBe(expected);
    await neighbourIsThere();
  });
  it.each([
    ['a page', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 426],
    ['a station without an upgrade', 'GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\n\r\n', 426],
    ['a form', 'POST /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b', 426],
    ['no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 400],
    ['a proxy', 'CONNECT example.org:80 HTTP/1.1\r\nHost: example.org\r\n\r\n', 0],
  ])('who asks for %s gets none', async (_, request, expected) => {
    expect(await status(request)).toBe(expected);
    await neighbourIsThere();
  });
});

describe('somebody who takes the name of a station', () => {
  it('without its password does not disturb it', async () => {
    expect(await status(upgrade('/ocpp/NEIGHBOUR', { Authorization: credentials('NEIGHBOUR', 'guessed-by-somebody') }))).toBe(401);
    expect(await status(upgrade('/ocpp/NEIGHBOUR', { Authorization: undefined }))).toBe(401);
    await neighbourIsThere();
    const connections = (await system.records('StationConnected')).filter(({ stationId }) => stationId === 'NEIGHBOUR');
    expect(connections).toHaveLength(1);
  });
});

describe('slow handshakes', () => {
  it('are cut after their time, a hundred of them at once, and the neighbour goes on meanwhile', async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, open));
    const closed = sockets.map((socket) => closing(socket.resume()));
    for (const socket of sockets) socket.write('GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    let isOver = false;
    let answered = 0;
    const all = Promise.all(closed).then(() => {
      isOver = true;
    });
    while (!isOver) {
      await neighbourIsThere();
      answered++;
      for (const socket of sockets) if (socket.writable) socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, 50).unref());
    }
    await all;
    expect(answered).toBeGreaterThan(10);
    expect(await status(upgrade('/ocpp/CP1'))).toBe(101);
  }, 60_000);
});
