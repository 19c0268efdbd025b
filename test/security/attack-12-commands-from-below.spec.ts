// Attack 12: a station that commands: profiles, reservations, starts. Nothing of that kind is taken from a station, whatever it is called;
// and of one card it may begin no second session where the network says so.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { actions, SUBPROTOCOLS } from '#ocpp';
import { EdgeWorld } from '../scenario/support/edge-world.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
});
afterAll(() => system.close());

describe.each(SUBPROTOCOLS)('a station of %s', (version) => {
  it('may not call anything that is ours to call, and what it tried is on record', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: version });
    const ours = [...actions(version)].filter(([, { direction }]) => direction === 'toStation').map(([action]) => action);
    expect(ours).toEqual(expect.arrayContaining(['SetChargingProfile', 'ReserveNow', 'Reset']));
    for (const action of ours) expect((await station.call(action, {}, action)).slice(0, 3)).toEqual([4, action, 'NotSupported']);
    const records = await system.records();
    expect(records.filter(({ type }) => type === 'CommandRequested' || type === 'ProfileRequested')).toEqual([]);
    expect(records.filter(({ type }) => type === 'CallReceived').length).toBeGreaterThanOrEqual(ours.length);
  });
});

describe('one card', () => {
  it('charges at one station at a time where the network says so', async () => {
    const strict = await system.edge({ edgeId: 'strict', concurrentSessions: 'refuse' });
    for (const stationId of ['HERE', 'THERE']) await system.station(stationId);
    await system.token('CARD');
    const ask = async (stationId: string): Promise<unknown> => {
      const station = await system.connect(strict, stationId);
      const answer = (await station.call('Authorize', { idTag: 'CARD' }))[2];
      await station.close();
      return answer;
    };
    expect(await ask('THERE')).toEqual({ idTagInfo: { status: 'Accepted' } });
    const session = { kind: 'openSession', tenantId: 'default', tokenHash: system.tokenHash('CARD'), sessionId: 's' } as const;
    const value = { tokenHash: session.tokenHash, sessionId: 's', stationId: 'HERE' };
    await system.world.book.put([{ ...session, version: [0, 1_000], value }]);
    expect(await ask('THERE')).toEqual({ idTagInfo: { status: 'ConcurrentTx' } });
    expect(await ask('HERE')).toEqual({ idTagInfo: { status: 'Accepted' } });
    await system.world.book.put([{ ...session, version: [0, 1_001], value: null }]);
    expect(await ask('THERE')).toEqual({ idTagInfo: { status: 'Accepted' } });
  });
});
