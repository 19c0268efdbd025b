// P1 and P2 over real sockets: nothing is answered before it is in the log, and nothing is in it twice.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived } from '#contracts';
import { EdgeWorld } from './support/edge-world.js';
import { HeldClock } from './support/held-clock.js';
import { RawStation } from './support/raw-station.js';

const meterValues = (wh: number) => ({
  connectorId: 1,
  transactionId: 7,
  meterValue: [{ timestamp: '2026-11-01T12:00:00Z', sampledValue: [{ value: String(wh) }] }],
});
const start = { connectorId: 1, idTag: 'DEADBEEF', meterStart: 1000, timestamp: '2026-11-01T11:59:00Z' };

let clock: HeldClock;
let system: EdgeWorld;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  await system.station('CP1');
  await system.token('deadbeef');
});
afterEach(() => system.close());

const calls = async (): Promise<readonly CallReceived[]> => (await system.records('CallReceived')).map(({ data }) => data as CallReceived);

describe('durable before answered', () => {
  it('gives no answer while the append is under way, and the answer once it is durable', async () => {
    const station = await system.connect(await system.edge(), 'CP1');
    system.log.mode = 'hold';
    station.send([2, 'a', 'MeterValues', meterValues(1)]);
    await system.log.waiting(1);
    expect(station.received).toEqual([]);
    expect(await calls()).toEqual([]);
    system.log.release();
    expect(await station.next()).toEqual([3, 'a', {}]);
    expect(await calls()).toMatchObject([{ messageId: 'a', action: 'MeterValues', payload: meterValues(1), violations: [], flags: [] }]);
  });

  it('keeps the text of the payload as the station wrote it', async () => {
    const station = await system.connect(await system.edge(), 'CP1');
    const text = '{"connectorId":1, "meterValue":[{"timestamp":"2026-11-01T12:00:00Z","sampledValue":[{"value":"1.50"}]}]}';
    station.send(`[2,"a","MeterValues",${text}]`);
    await station.next();
    const values: string[] = [];
    for await (const batch of system.log.read('site-events', 0, 1, 2)) values.push(...batch.map(({ value }) => value));
    expect(values[0]).toContain(`"payload":${text}}`);
  });

  it('closes with 1013, without any CALLERROR, when the log stays silent for 15 s', async () => {
    const station = await system.connect(await system.edge({ pingIntervalS: 60 }), 'CP1');
    system.log.mode = 'hold';
    station.send([2, 'a', 'StartTransaction', start]);
    await system.log.waiting(1);
    clock.advance(14_000);
    expect(station.socket.readyState).toBe(1);
    clock.advance(2_000);
    expect(await station.closed).toMatchObject({ code: 1013 });
    expect(station.received).toEqual([]);
  });

  it('closes a fleet in waves of 5 % a second when appends fail', async () => {
    const edge = await system.edge({ pingIntervalS: 600 });
    const fleet = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await system.station(`F${index}`);
        return system.connect(edge, `F${index}`);
      }),
    );
    system.log.mode = 'hold';
    for (const station of fleet) station.send([2, 'a', 'MeterValues', meterValues(1)]);
    await system.log.waiting(fleet.length);
    system.log.fail();
    await fleet[0]?.closed;
    const open = [edge.connectionCount];
    while (edge.connectionCount > 0) {
      clock.advance(1_000);
      open.push(edge.connectionCount);
    }
    expect(open).toEqual(Array.from({ length: 20 }, (_, second) => 38 - 2 * second));
    for (const station of fleet) expect(await station.closed).toMatchObject({ code: 1013 });
    expect(fleet.flatMap(({ received }) => received)).toEqual([]);
  });

  describe('a fleet whose log says nothing', () => {
    const FLEET = 40;
    let edge: Edge;
    let fleet: readonly RawStation[];
    beforeEach(async () => {
      edge = await system.edge({ pingIntervalS: 600 });
      fleet = await Promise.all(
        Array.from({ length: FLEET }, async (_, index) => {
          await system.station(`F${index}`);
          return system.connect(edge, `F${index}`);
        }),
      );
      system.log.mode = 'hold';
      for (const station of fleet) station.send([2, 'a', 'MeterValues', meterValues(1)]);
      await system.log.waiting(fleet.length);
    });

    it('is closed before a station gives up on its answer, at an even pace, and told nothing', async () => {
      const open = [];
      for (let second = 1; second <= 30; second++) {
        clock.advance(1_000);
        open.push(edge.connectionCount);
      }
      expect(open.slice(0, 14)).toEqual(Array.from({ length: 14 }, () => FLEET));
      expect(open.at(-1)).toBe(0);
      for (const [second, left] of open.entries()) expect((open[second - 1] ?? FLEET) - left).toBeLessThanOrEqual(Math.ceil(FLEET / 12));
      for (const station of fleet) expect(await station.closed).toMatchObject({ code: 1013 });
      expect(fleet.flatMap(({ received }) => received)).toEqual([]);
    });

    it('stays, but for those whose turn it was, where the log goes on', async () => {
      clock.advance(18_000);
      const { connectionCount } = edge;
      expect(connectionCount).toBeLessThan(FLEET);
      expect(connectionCount).toBeGreaterThan(FLEET / 2);
      system.log.release();
      const answers = await Promise.allSettled(fleet.map((station) => station.next()));
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(connectionCount);
      clock.advance(60_000);
      expect(edge.connectionCount).toBe(connectionCount);
    });
  });

  it('answers upgrades with 503 while a partition fails, but for one probe a second, and reopens at the first success', async () => {
    const edge = await system.edge({ pingIntervalS: 600 });
    const station = await system.connect(edge, 'CP1');
    system.log.mode = 'fail';
    station.send([2, 'a', 'Heartbeat', {}]);
    expect(await station.closed).toMatchObject({ code: 1013 });
    clock.advance(5_500);
    const refused = await Promise.all([system.attempt(edge, 'CP1'), system.attempt(edge, 'CP1')]);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ status: 503 });
      expect(Number((outcome as { headers: Record<string, string> }).headers['retry-after'])).toBeGreaterThan(0);
    }
    system.log.mode = 'pass';
    expect(await system.attempt(edge, 'CP1')).toMatchObject({ status: 503 }); // this second's probe was spent
    clock.advance(1_000);
    expect(await system.attempt(edge, 'CP1')).toBeInstanceOf(RawStation);
    expect(await system.attempt(edge, 'CP1')).toBeInstanceOf(RawStation);
  });
});

describe('nothing counted twice', () => {
  it('answers an equal frame from memory and records it once, also after a reconnect', async () => {
    const edge = await system.edge();
    const first = await system.connect(edge, 'CP1');
    const answer = await first.call('StartTransaction', start, 'same');
    expect(await first.call('StartTransaction', start, 'same')).toEqual(answer);
    const second = await system.connect(edge, 'CP1');
    expect(await second.call('StartTransaction', start, 'same')).toEqual(answer);
    expect(await calls()).toHaveLength(1);
  });

  it('joins a repeat to an append that is still under way', async () => {
    const edge = await system.edge();
    const first = await system.connect(edge, 'CP1');
    system.log.mode = 'hold';
    first.send([2, 'same', 'StartTransaction', start]);
    await system.log.waiting(1);
    system.log.mode = 'pass';
    const second = await system.connect(edge, 'CP1');
    second.send([2, 'same', 'StartTransaction', start]);
    system.log.release();
    expect(await second.next()).toMatchObject([3, 'same', { idTagInfo: { status: 'Accepted' } }]);
    expect(await calls()).toHaveLength(1);
  });

  it('gives a start that is retried under a new id the same transactionId', async () => {
    const station = await system.connect(await system.edge(), 'CP1');
    const [, , a] = await station.call('StartTransaction', start, 'one');
    const [, , b] = await station.call('StartTransaction', start, 'two');
    const [, , other] = await station.call('StartTransaction', { ...start, meterStart: 1001 }, 'three');
    expect(b).toEqual(a);
    expect(other).not.toEqual(a);
    expect((await calls()).map(({ transactionId }) => Number(transactionId))).toEqual(
      [a, b, other].map((answer) => (answer as { transactionId: number }).transactionId),
    );
  });

  it('does not take a reused id for a repeat when action or content differ', async () => {
    const station = await system.connect(await system.edge(), 'CP1');
    await station.call('MeterValues', meterValues(1), '1');
    await station.call('MeterValues', meterValues(2), '1');
    await station.call('Heartbeat', {}, '1');
    expect((await calls()).map(({ action }) => action)).toEqual(['MeterValues', 'MeterValues', 'Heartbeat']);
  });

  it('records the boot and the heartbeat of a station that counts its ids from 1 after every start', async () => {
    const edge = await system.edge();
    const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
    for (let start = 0; start < 2; start++) {
      const station = await system.connect(edge, 'CP1');
      await station.call('BootNotification', boot, '1');
      await station.call('Heartbeat', {}, '2');
      await station.close();
    }
    expect((await calls()).map(({ action }) => action)).toEqual(['BootNotification', 'Heartbeat', 'BootNotification', 'Heartbeat']);
  });
});

describe('what the log gets to see', () => {
  it('holds no token in clear, and the facts about it', async () => {
    const station = await system.connect(await system.edge(), 'CP1');
    await station.call('StartTransaction', start);
    const [record] = await calls();
    expect(JSON.stringify(record)).not.toMatch(/deadbeef/i);
    expect(record?.token).toEqual({ tokenHash: system.tokenHash('DEADBEEF'), tokenType: 'Central', status: 'Accepted' });
    const { idTag } = (record?.payload ?? {}) as { idTag: string };
    expect(await system.world.keys.unseal(idTag)).toBe('DEADBEEF');
  });
});
