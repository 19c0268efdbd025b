// The answer to StartTransaction is lost, and the station asks again with the time of the new attempt: an answer with another id (ADR 0114).
// One session under the id it goes by, one bill, with or without a boot in between.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    ['AGAIN', false],
    ['AGAIN-BOOTED', true],
  ])('counts once (%s)', async (stationId, boots) => {
    const charger = await Charger.at(network(), stationId);
    const first = await charger.start({ timestamp: at(60) });
    await charger.loseLink();
    await charger.connect();
    if (boots) await charger.boot();
    const transactionId = await charger.start({ timestamp: at(50) });
    expect(transactionId).not.toBe(first);
    const [running] = await charger.sessions(1, ({ status }) => status === 'active');
    expect(running).toMatchObject({ transactionId: String(transactionId) });
    await charger.meter(transactionId, [{ value: '1200' }]);
    await charger.stop(transactionId);
    const [session] = await charger.sessions(1, ({ provisional, status }) => !provisional && status === 'ended');
    if (session === undefined) throw new Error('no session');
    expect(session).toMatchObject({ energyWh: 500, flags: ['startAgain'] });
    const cdrs = await charger.cdrs(session, boots ? 3 : 1);
    expect(cdrs.filter(({ credit }) => !credit).at(0)).toMatchObject({ total_energy: 0.5, total_cost: { excl_vat: 0.2 } });
  });
};

export default quirk;
