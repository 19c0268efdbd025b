// From a broken stop to a session that ended: the operator sees the frame, repairs and replays it, and it counts once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

const PASSWORD = 'password-of-a-station';
interface Frame {
  readonly frameId: string;
  readonly redacted: string;
  readonly replayedAs: string | null;
}
interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

let network: NetworkWorld;
beforeAll(async () => {
  network = await NetworkWorld.open();
  await network.must('PUT', '/v1/sites/s', {
    name: 'S',
    timeZone: 'UTC',
    root: { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 },
  });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }];
  await network.must('PUT', '/v1/stations/CP1', { siteId: 's', nodeId: 'grid', securityProfile: 1, password: PASSWORD, evses });
}, 180_000);
afterAll(() => network?.close(), 60_000);

const frames = async () => (await network.must<List<Frame>>('GET', '/v1/stations/CP1/parked-frames')).items;
const replay = (frameId: string, body: object = {}) =>
  network.call<{ eventId?: string; detail?: string }>('POST', `/v1/stations/CP1/parked-frames/${frameId}/replay`, body);

describe('a stop that came broken', () => {
  it('is listed without the driver, and ends its session once when it was repaired', async () => {
    const station = await RawStation.connect({ port: network.network.edge.port, path: '/ocpp/CP1', user: 'CP1', password: PASSWORD });
    const now = Date.now();
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    station.send([2, 'start', 'StartTransaction', { connectorId: 1, idTag: 'DEADBEEF', meterStart: 1000, timestamp: at(0) }]);
    const answer = async (id: string) => {
      for (;;) {
        const frame = await station.next();
        if (frame[1] === id) return frame;
      }
    };
    const { transactionId } = (await answer('start'))[2] as { transactionId: number };
    const stop = { transactionId, idTag: 'DEADBEEF', meterStop: 6000, timestamp: at(1) };
    station.send(`${JSON.stringify([2, 'stop', 'StopTransaction', stop]).slice(0, -2)},}]`);
    expect((await answer('-1'))[0]).toBe(4);

    const [frame] = await network.until('the frame is shown', async () => {
      const items = await frames();
      return items.length > 0 && items;
    });
    expect(frame?.redacted).toContain('StopTransaction');
    expect(JSON.stringify(frame)).not.toContain('DEADBEEF');
    const frameId = frame?.frameId ?? '';
    expect(await replay(frameId)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('not JSON') } });
    const repaired = { frame: JSON.stringify([2, 'stop', 'StopTransaction', stop]) };
    const done = await replay(frameId, repaired);
    expect(done).toMatchObject({ status: 202 });
    expect((await frames())[0]?.replayedAs).toBe(done.body.eventId);
    expect(await replay(frameId, repaired)).toMatchObject({ status: 409 });

    const session = await network.until('the session ended', async () => {
      const { items } = await network.must<List<{ transactionId: string; energyWh: number }>>('GET', '/v1/sessions?status=ended');
      return items.find((each) => each.transactionId === String(transactionId));
    });
    expect(session).toMatchObject({ energyWh: 5000, flags: expect.arrayContaining(['replayed']) });
    const { online } = await network.must<{ online: boolean }>('GET', '/v1/stations/CP1');
    expect(online).toBe(true);
    expect(JSON.stringify(await network.records('site-events'))).not.toContain('DEADBEEF');
    await station.close();
  });

  it('cannot be replayed as a question', async () => {
    const station = await RawStation.connect({ port: network.network.edge.port, path: '/ocpp/CP1', user: 'CP1', password: PASSWORD });
    station.send('[2,"a","Authorize",{"idTag":"X"');
    const [frame] = await network.until('the frame is shown', async () => {
      const items = await frames();
      return items.length > 1 && items;
    });
    const asked = await replay(frame?.frameId ?? '', { frame: '[2,"a","Authorize",{"idTag":"X"}]' });
    expect(asked).toMatchObject({ status: 400, body: { detail: expect.stringContaining('no report') } });
    await station.close();
  });
});

describe('a record no service understands', () => {
  it('is listed with service, place and reason, page by page, to its tenant only', async () => {
    const poison = (tenantId: string) => ({
      ...encode({ id: network.world.ids.next(), type: 'X', source: '/test', time: 'now', tenantId, siteId: 's', data: {} }),
      value: 'no JSON',
    });
    await network.world.log.append('site-events', [poison('default'), poison('default'), poison('other')]);
    const url = '/v1/parked-records?service=session&limit=1';
    const first = await network.until('both are parked', async () => {
      const page = await network.must<List<{ reason: string; streamKey: string }>>('GET', url);
      return page.nextCursor !== null && page;
    });
    expect(first.items[0]).toMatchObject({ service: 'session', topic: 'site-events', reason: expect.stringContaining('JSON') });
    const second = await network.must<typeof first>('GET', `${url}&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ streamKey }) => streamKey)).toEqual(['default/s', 'default/s']);
    expect(second.nextCursor).toBeNull();
  });
});
