// meterStop one Wh below meterStart (HA #1810), and registers with decimals where whole numbers belong (OCPP.Core #33).
// Accepted, clamped to nothing, flagged; a CALLERROR would strand the session.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('is clamped to zero', async () => {
    const charger = await Charger.at(network(), 'BELOW');
    const transactionId = await charger.start();
    expect((await charger.stop(transactionId, { meterStop: 999 }))[0]).toBe(3);
    expect(await charger.session()).toMatchObject({ energyWh: 0, flags: ['negativeClamped'] });
  });

  it('takes decimals', async () => {
    const charger = await Charger.at(network(), 'DECIMAL');
    const transactionId = await charger.start({ meterStart: 1000.5 });
    expect((await charger.stop(transactionId, { meterStop: 1500.75 }))[0]).toBe(3);
    const session = await charger.session();
    expect(session).toMatchObject({ energyWh: 500.25, flags: expect.arrayContaining(['schema']) });
  });
};

export default quirk;
