// A station that never got a transactionId makes up 0, -1 or another negative one, for everything it did offline (errata 3.18, libocpp #495, HA #1000).
// Such ids name nothing: sessions are found by place, time and register, and never merged.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([-1, 0, -20])('%i ends the session that is meant', async (madeUp) => {
    const charger = await Charger.at(network(), `MADE-UP${madeUp}`);
    const transactionId = await charger.start();
    await charger.meter(madeUp, [{ value: '1200' }]);
    expect(await charger.stop(madeUp)).toMatchObject([3, expect.any(String), {}]);
    const session = await charger.session();
    expect(session).toMatchObject({ transactionId: String(transactionId), energyWh: 500, provisional: false });
  });

  it('two on two outlets stay two', async () => {
    const charger = await Charger.at(network(), 'TWO', { outlets: 2 });
    await charger.start({ connectorId: 1, meterStart: 1000 });
    await charger.start({ connectorId: 2, meterStart: 70_000 });
    await charger.stop(-1, { meterStop: 70_900 });
    await charger.stop(-1, { meterStop: 1400, timestamp: at(-1) });
    const sessions = await charger.sessions(2, ({ status }) => status === 'ended');
    expect(sessions.map(({ evseId, energyWh }) => [evseId, energyWh]).sort()).toEqual([
      [1, 400],
      [2, 900],
    ]);
  });
};

export default quirk;
