// What an edge makes of what its sockets tell: who reads slowly or not at all, who says too much in one packet, who is gone before it came in.
// The sockets are the spec's own, so that it says how much of what was sent is still unread.
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createEdge, type Edge, type ListenerPorts, type StationSocket } from '#apps/edge';
import type { RoutedCommand } from '#ports';
import { EdgeWorld, PASSWORD } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';

class HeldSocket extends EventEmitter implements StationSocket {
  bufferedAmount = 0;
  sendingBytes = 0;
  closedWith: number | undefined;
  /** The station reads nothing by itself. */
  send(text: string): void {
    this.bufferedAmount += text.length;
  }
  ping(): void {}
  close(code: number): void {
    this.closedWith ??= code;
  }
  terminate(): void {
    this.closedWith ??= 1006;
  }
}

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
let ports: ListenerPorts;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  await system.station('CP1');
  edge = createEdge({
    world: system.world,
    logger: pino({ level: 'silent' }),
    config: { promptCallsPerStation: { burst: 1, perS: 0 } },
    listener: (given) => {
      ports = given;
      return { listen: async () => undefined, port: 0, close: async () => undefined };
    },
  });
  await edge.listen();
});
afterEach(async () => {
  await edge.drain({ closeFractionPerS: 1 });
  await system.close();
});

const admitted = async () => {
  const authorization = `Basic ${Buffer.from(`CP1:${PASSWORD}`).toString('base64')}`;
  const outcome = await ports.door.admit({ url: '/ocpp/CP1', headers: { authorization, 'sec-websocket-protocol': 'ocpp1.6' }, socket: {} });
  if ('status' in outcome) throw new Error(`refused with ${outcome.status}`);
  return outcome;
};
const connected = async (): Promise<HeldSocket> => {
  const socket = new HeldSocket();
  ports.opened(socket, await admitted());
  return socket;
};

const send = async (command: RoutedCommand): Promise<void> => {
  const holder = await system.world.directory.lookup('default', 'CP1');
  await system.world.router.send(holder?.edgeId ?? '', { kind: 'command', command });
};
const recorded = async (type: string) => {
  for (;;) {
    const [found] = await system.records(type);
    if (found !== undefined) return found.data;
    await new Promise(setImmediate);
  }
};

describe('a station that is sent much', () => {
  it.each(['bufferedAmount', 'sendingBytes'] as const)('has the time it needs, as long as its %s fall', async (falling) => {
    const socket = await connected();
    socket.bufferedAmount = 500_000;
    for (socket[falling] = 500_000; socket[falling] > 0; socket[falling] -= 50_000) {
      clock.advance(20_000);
      expect([socket[falling], socket.closedWith]).toEqual([socket[falling], undefined]);
    }
  });

  it('may be sent a list of ten thousand tokens in one message', async () => {
    const socket = await connected();
    clock.advance(11_000); // it need not boot
    const localAuthorizationList = Array.from({ length: 10_000 }, (_, n) => ({
      idTag: `TAG-${n}`,
      idTagInfo: { status: 'Accepted', parentIdTag: 'a-group-of-drivers', expiryDate: '2027-11-01T12:00:00Z' },
    }));
    const command = system.command('CP1', 'SendLocalList', { listVersion: 1, updateType: 'Full', localAuthorizationList });
    await send(command);
    await recorded('CommandSent');
    expect(socket.bufferedAmount).toBeGreaterThan(1 << 20);
    expect(socket.closedWith).toBeUndefined();
  });

  it('and has left a mebibyte of it is sent no more: the command that finds it so is unanswered at once', async () => {
    const socket = await connected();
    clock.advance(11_000);
    socket.bufferedAmount = 2 << 20;
    const command = system.command('CP1', 'ClearCache', {});
    await send(command);
    expect(await recorded('CommandUnanswered')).toMatchObject({ commandId: command.commandId, reason: 'disconnected' });
    expect(socket.closedWith).toBe(1006);
  });

  it('is cut off once it has read nothing for the time of a ping', async () => {
    const socket = await connected();
    socket.bufferedAmount = 100_000;
    clock.advance(29_000);
    expect(socket.closedWith).toBeUndefined();
    clock.advance(2_000);
    expect(socket.closedWith).toBe(1006);
  });
});

it('a station whose packet holds more than two of the largest frames is sent away, before they are heard', async () => {
  const socket = await connected();
  const frame = Buffer.alloc(1 << 20, ' ');
  for (let count = 2; count > 0; count--) socket.emit('message', frame);
  expect(socket.closedWith).toBeUndefined();
  socket.emit('message', frame);
  expect(socket.closedWith).toBe(1008);
});

it('a connection that was recorded and is gone before it opened ends the one before it: that one would not be heeded any more', async () => {
  const older = await connected();
  ports.vanished(await admitted());
  expect(older.closedWith).toBe(1000);
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  const [first, second] = (await system.records('StationConnected')).map(({ at }) => at.offset);
  const ended = (await system.records('StationDisconnected')).map(
    ({ data }) => (data as { generation: { offset: number } }).generation.offset,
  );
  expect(ended.toSorted((a, b) => a - b)).toEqual([first, second]);
  const again = await connected();
  expect([edge.connectionCount, again.closedWith]).toEqual([1, undefined]);
});
