// P5 over real sockets: the newest connection of a station wins at once, on one edge and across two, and old ones do no harm.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EdgeWorld } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import { RawStation } from './support/raw-station.js';

let clock: HeldClock;
let system: EdgeWorld;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  await system.station('CP1');
});
afterEach(() => system.close());

const holder = () => system.world.directory.lookup('default', 'CP1');

describe('the newest connection wins', () => {
  it('closes the older one on the same edge, and its end leaves the newer one alone', async () => {
    const edge = await system.edge();
    const first = await system.connect(edge, 'CP1');
    const second = await system.connect(edge, 'CP1');
    expect(await first.closed).toMatchObject({ code: 1000 });
    expect(await second.call('Heartbeat', {})).toMatchObject([3, 'm1', {}]);
    expect(edge.connectionCount).toBe(1);
    const connected = await system.records('StationConnected');
    expect((await holder())?.generation.offset).toBe(connected[1]?.at.offset);
    const [ended] = await system.records('StationDisconnected');
    expect(ended?.data).toMatchObject({ generation: { offset: connected[0]?.at.offset } });
  });

  it('closes the older one on another edge', async () => {
    const [east, west] = [await system.edge({ edgeId: 'east' }), await system.edge({ edgeId: 'west' })];
    const first = await system.connect(east, 'CP1');
    const second = await system.connect(west, 'CP1');
    expect(await first.closed).toMatchObject({ code: 1000 });
    expect(await second.call('Heartbeat', {})).toMatchObject([3, 'm1', {}]);
    expect(await holder()).toMatchObject({ edgeId: 'west' });
  });

  it('lets the later record win when two arrive at once, in whatever order their upgrades end', async () => {
    const edge = await system.edge({ entriesPerStation: { burst: 20, perS: 1 } });
    for (let round = 0; round < 5; round++) {
      system.log.mode = 'hold';
      const both = [system.attempt(edge, 'CP1'), system.attempt(edge, 'CP1'), system.attempt(edge, 'CP1')];
      await system.log.waiting(3);
      system.log.release();
      const outcomes = await Promise.all(both);
      const open = outcomes.filter((outcome) => outcome instanceof RawStation);
      const offsets = (await system.records('StationConnected')).map(({ at }) => at.offset);
      expect((await holder())?.generation.offset).toBe(Math.max(...offsets));
      expect(edge.connectionCount).toBe(1);
      const answers = await Promise.all(
        open.map((station) => {
          station.send([2, `r${round}`, 'Heartbeat', {}]);
          return Promise.race([station.next().then(() => 'answered'), station.closed.then(() => 'closed')]).catch(() => 'closed');
        }),
      );
      expect(answers.filter((answer) => answer === 'answered')).toHaveLength(1);
    }
  });

  it('is not kept out by a key that an edge left behind when it died', async () => {
    await system.world.directory.claim({
      tenantId: 'default',
      stationId: 'CP1',
      edgeId: 'dead',
      connectionId: 'gone',
      generation: { assignmentSeq: 9, offset: 999 },
    });
    const station = await system.connect(await system.edge(), 'CP1');
    expect(await station.call('Heartbeat', {})).toMatchObject([3, 'm1', {}]);
  });

  it('claims its stations again when the directory lost them', async () => {
    const edge = await system.edge();
    await system.connect(edge, 'CP1');
    const entry = await holder();
    if (entry === undefined) throw new Error('not claimed');
    await system.world.directory.release(entry);
    clock.advance(2_000);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(await holder()).toEqual(entry);
  });
});

describe('presence', () => {
  it('cuts off who does not answer a ping, and says so in the log', async () => {
    const edge = await system.edge({ pingIntervalS: 30 });
    const station = await system.connect(edge, 'CP1');
    const pinged = new Promise((resolve) => station.socket.once('ping', resolve));
    clock.advance(31_000);
    await pinged;
    await station.call('Heartbeat', {}); // heard: alive
    (station.socket as unknown as { _socket: { pause(): void } })._socket.pause(); // the link is dead and nobody says so
    clock.advance(31_000);
    clock.advance(31_000);
    expect(edge.connectionCount).toBe(0);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect((await system.records('StationDisconnected')).at(-1)?.data).toMatchObject({ closeCode: 1006, reason: 'silent' });
  });

  it('tells of who says nothing and answers pings, and of nobody who speaks', async () => {
    const edge = await system.edge({ pingIntervalS: 200 });
    const station = await system.connect(edge, 'CP1');
    /** What its edge asked before this it has answered then. */
    const inTurn = async (): Promise<void> => {
      const answered = new Promise((resolve) => station.socket.once('pong', resolve));
      station.socket.ping();
      await answered;
    };
    const told = async () => (await system.records('PingsAnswered')).map(({ stationId, data }) => [stationId, data]);
    for (let minute = 0; minute < 5; minute++) {
      clock.advance(60_000);
      await inTurn();
    }
    await station.call('Heartbeat', {});
    clock.advance(300_000);
    await inTurn();
    expect(await told()).toEqual([]);
    clock.advance(100_000);
    await inTurn();
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    const { generation } = (await holder()) ?? {};
    expect(await told()).toEqual([['CP1', expect.objectContaining({ generation })]]);
  });

  it('tells of it by the interval the station was told, and by the usual one where it never booted', async () => {
    const heartbeatIntervalS = 3_600;
    await system.station('CP1', { heartbeatIntervalS });
    const station = await system.connect(await system.edge({ pingIntervalS: 50 }), 'CP1');
    const toldWithin = async (minutes: number): Promise<number> => {
      const before = (await system.records('PingsAnswered')).length;
      for (let minute = 0; minute < minutes; minute++) {
        clock.advance(60_000);
        const answered = new Promise((resolve) => station.socket.once('pong', resolve));
        station.socket.ping();
        await answered; // and what its edge asked before
        for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      }
      return (await system.records('PingsAnswered')).length - before;
    };
    expect(await toldWithin(13)).toBe(2);
    await station.call('BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' });
    await system.station('CP1', { heartbeatIntervalS, toldHeartbeatS: heartbeatIntervalS });
    expect(await toldWithin(71)).toBe(0);
    expect(await toldWithin(3)).toBe(1);
  });

  it('makes a station connect anew when it was moved to another site', async () => {
    const edge = await system.edge();
    const station = await system.connect(edge, 'CP1');
    await system.station('CP1', { siteId: 'site-2', assignmentSeq: 2 });
    clock.advance(31_000);
    expect(await station.closed).toMatchObject({ code: 1012 });
    await system.connect(edge, 'CP1');
    const moved = (await system.records('StationConnected')).at(-1);
    expect(moved?.siteId).toBe('site-2');
    expect(moved?.data).toMatchObject({ assignmentSeq: 2 });
  });

  it('does so however much the station says meanwhile', async () => {
    const edge = await system.edge();
    const station = await system.connect(edge, 'CP1');
    await system.station('CP1', { siteId: 'site-2', assignmentSeq: 2 });
    for (let n = 0; n < 4; n++) {
      station.send([2, `m${n}`, 'Heartbeat', {}]);
      clock.advance(10_000);
    }
    expect(await station.closed).toMatchObject({ code: 1012 });
  });

  it('does so at once where the edge is told, and no connection that is meanwhile another one', async () => {
    const edge = await system.edge();
    const station = await system.connect(edge, 'CP1');
    const holder = await system.world.directory.lookup('default', 'CP1');
    const told = (connectionId: string) =>
      system.world.router.send(holder?.edgeId ?? '', { kind: 'reassigned', tenantId: 'default', stationId: 'CP1', connectionId });
    await told('another');
    expect(await station.call('Heartbeat', {})).toMatchObject([3, 'm1', {}]);
    await told(holder?.connectionId ?? '');
    expect(await station.closed).toMatchObject({ code: 1012 });
  });

  it('records nothing where the station does not belong any more', async () => {
    const station = await system.connect(await system.edge(), 'CP1', { protocols: 'ocpp2.0.1' });
    await system.station('CP1', { siteId: 'site-2', assignmentSeq: 2 });
    clock.advance(1_100); // what an edge knows of a station is a second old at most
    station.send([2, 'a', 'Authorize', { idToken: { idToken: 'X', type: 'ISO14443' } }]);
    expect(await station.closed).toMatchObject({ code: 1012 });
    expect(await system.records('CallReceived')).toEqual([]);
  });
});

describe('drain', () => {
  it('answers what is in flight, refuses newcomers with 503, and closes with 1012', async () => {
    const edge = await system.edge();
    await system.station('CP2');
    const [busy, idle] = [await system.connect(edge, 'CP1'), await system.connect(edge, 'CP2')];
    system.log.mode = 'hold';
    busy.send([2, 'last', 'MeterValues', { connectorId: 1, meterValue: [] }]);
    await system.log.waiting(1);
    const drained = edge.drain({ closeFractionPerS: 1 });
    expect(await idle.closed).toMatchObject({ code: 1012 });
    expect(await system.attempt(edge, 'CP2')).toMatchObject({ status: 503 });
    expect(busy.received).toEqual([]);
    system.log.release();
    expect(await busy.next()).toEqual([3, 'last', {}]);
    expect(await busy.closed).toMatchObject({ code: 1012 });
    await drained;
    expect(await system.records('StationDisconnected')).toHaveLength(2);
  });

  it('waits for who was being let in, and leaves the end of each in the log', async () => {
    const edge = await system.edge();
    system.log.mode = 'hold';
    const attempt = system.attempt(edge, 'CP1');
    await system.log.waiting(1);
    const drained = edge.drain({ closeFractionPerS: 1 });
    system.log.release();
    await drained;
    expect(await attempt).toBeInstanceOf(RawStation);
    expect((await system.records()).map(({ type }) => type)).toEqual(['StationConnected', 'StationDisconnected']);
  });

  it('does not wait for a station that is not there any more', async () => {
    const edge = await system.edge();
    const station = await system.connect(edge, 'CP1');
    (station.socket as unknown as { _socket: { pause(): void } })._socket.pause(); // the link is dead and nobody says so
    const began = performance.now();
    await edge.drain({ closeFractionPerS: 1 });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await system.records('StationDisconnected')).toHaveLength(1);
  });

  it('closes a fleet in waves', async () => {
    const edge = await system.edge();
    const fleet = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await system.station(`F${index}`);
        return system.connect(edge, `F${index}`);
      }),
    );
    const drained = edge.drain();
    const open = [edge.connectionCount];
    while (edge.connectionCount > 0) {
      clock.advance(1_000);
      open.push(edge.connectionCount);
    }
    expect(open).toEqual(Array.from({ length: 20 }, (_, second) => 38 - 2 * second));
    await Promise.all(fleet.map(({ closed }) => closed));
    await drained;
  });
});
