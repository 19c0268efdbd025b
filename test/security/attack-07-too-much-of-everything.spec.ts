// Attack 7: frames too large, too deep, or small only until they are inflated; handshakes that never end; floods of sockets and of calls.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Edge } from '#apps/edge';
import { EdgeWorld, PASSWORD } from '../scenario/support/edge-world.js';
import { HeldClock } from '../scenario/support/held-clock.js';
import { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
beforeEach(async () => {
  system = await EdgeWorld.open();
  for (const stationId of ['CP1', 'CP2', 'CP3', 'CP4']) await system.station(stationId);
});
afterEach(() => system.close());

describe('a frame', () => {
  beforeEach(async () => {
    edge = await system.edge();
  });
  it('of 5 MiB closes its socket, and no other', async () => {
    const [station, neighbour] = [await system.connect(edge, 'CP1'), await system.connect(edge, 'CP2')];
    station.send(`[2,"big","DataTransfer",{"vendorId":"v","data":"${'x'.repeat(5 << 20)}"}]`);
    expect(await station.closed).toMatchObject({ code: 1009 });
    expect(await neighbour.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
  });
  it('that is a bomb when inflated closes its socket before it is', async () => {
    const authorization = `Basic ${Buffer.from(`CP1:${PASSWORD}`).toString('base64')}`;
    const bomb = new WebSocket(`ws://127.0.0.1:${edge.port}/ocpp/CP1`, 'ocpp1.6', { headers: { authorization }, perMessageDeflate: true });
    bomb.on('error', () => undefined);
    const [{ headers }] = (await Promise.all([once(bomb, 'upgrade'), once(bomb, 'open')]))[0] as [{ headers: Record<string, string> }];
    const agreed = headers['sec-websocket-extensions'];
    for (const term of ['server_no_context_takeover', 'client_no_context_takeover', 'server_max_window_bits=10'])
      expect(agreed).toContain(term);
    expect(bomb.extensions).toContain('permessage-deflate');
    const before = process.memoryUsage().rss;
    bomb.send(' '.repeat(64 << 20), { compress: true });
    const [code] = await once(bomb, 'close');
    expect(code).toBe(1009);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 << 20);
  });
  it('nested a hundred thousand deep is refused as one', async () => {
    const station = await system.connect(edge, 'CP1');
    station.send(`[2,"deep","DataTransfer",{"vendorId":"v","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`);
    expect((await station.next()).slice(0, 3)).toEqual([4, 'deep', 'FormationViolation']);
    expect(await station.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
  });
});

describe('sockets', () => {
  it('that never finish their handshake are closed', async () => {
    edge = await system.edge({ handshakeTimeoutMs: 200 });
    const slow = connect(edge.port, '127.0.0.1');
    slow.write('GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\n');
    slow.resume();
    await once(slow, 'close');
    expect(slow.destroyed).toBe(true);
  });
  it('of one address that are nobody’s are few, and stations come in beside them', async () => {
    edge = await system.edge({ strangersPerAddress: 3 });
    const strangers = Array.from({ length: 3 }, () => connect(edge.port, '127.0.0.1'));
    await Promise.all(strangers.map((socket) => once(socket, 'connect')));
    const fourth = connect(edge.port, '127.0.0.1');
    await once(fourth, 'close');
    strangers[0]?.destroy();
    const comesIn = async (): Promise<RawStation> => {
      for (;;) {
        const outcome = await system.attempt(edge, 'CP1').catch(() => undefined);
        if (outcome instanceof RawStation) return outcome;
      }
    };
    const station = await comesIn();
    expect(await station.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
    for (const socket of strangers) socket.destroy();
  });
  it('of one address are not without end either', async () => {
    edge = await system.edge({ socketsPerAddress: 2 });
    await system.connect(edge, 'CP1');
    await system.connect(edge, 'CP2');
    await expect(system.attempt(edge, 'CP3')).rejects.toThrow();
  });
  it('of one station that come and go without end are told to wait', async () => {
    edge = await system.edge({ entriesPerStation: { burst: 3, perS: 0.001 } });
    for (let n = 0; n < 3; n++) await (await system.connect(edge, 'CP1')).close();
    expect(await system.attempt(edge, 'CP1')).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(await system.attempt(edge, 'CP2')).toBeInstanceOf(RawStation);
  });
});

it('calls without end are read slowly, and every one of them is answered', async () => {
  edge = await system.edge({ callsPerStation: { burst: 5, perS: 100 } });
  const station = await system.connect(edge, 'CP1');
  for (let n = 0; n < 25; n++) expect(await station.call('Heartbeat', {}, `hb${n}`)).toMatchObject([3, `hb${n}`, {}]);
  expect(await system.records('CallReceived')).toHaveLength(25);
});

it('wrong frames have a budget of their own: whoever says them without end is read slowly, loses nothing and holds nobody up', async () => {
  const clock = new HeldClock();
  const held = await EdgeWorld.open(clock);
  try {
    for (const stationId of ['RUDE', 'POLITE']) await held.station(stationId);
    const slow = await held.edge({ wrongFramesPerStation: { burst: 1, perS: 1 } });
    const [rude, polite] = [await held.connect(slow, 'RUDE'), await held.connect(slow, 'POLITE')];
    for (const frame of ['[2,"a","Heartbeat",{', '[2,"b","MakeCoffee",{}]']) {
      rude.send(frame);
      expect((await rude.next())[0]).toBe(4);
    }
    rude.send([2, 'late', 'Heartbeat', {}]);
    for (let n = 0; n < 20; n++) expect(await polite.call('Heartbeat', {}, `p${n}`)).toMatchObject([3, `p${n}`, {}]);
    expect(rude.received).toEqual([]);
    clock.advance(2_000);
    expect(await rude.next()).toMatchObject([3, 'late', {}]);
    const said = (await held.records('CallReceived')).filter(({ stationId }) => stationId === 'RUDE');
    expect(said.map(({ data }) => (data as { messageId: string }).messageId)).toEqual(['b', 'late']);
  } finally {
    await held.close();
  }
});
