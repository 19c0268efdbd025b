// MeterValues of connector 0 are the sum of the station (KEBA): never a second load at the site, never energy of a session.
// With the transaction named, the values are of that transaction (ev-server).
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('does not count the sum as a car', async () => {
    const charger = await Charger.at(network(), 'SUM');
    const transactionId = await charger.start();
    await charger.meter(transactionId, [{ value: '1200' }]);
    await charger.meter(undefined, [{ value: '990000' }], { connectorId: 0 });
    expect(await charger.sessions(1, ({ energyWh }) => energyWh === 200)).toHaveLength(1);
    await charger.stop(transactionId);
    expect(await charger.session()).toMatchObject({ energyWh: 500 });
  });

  it('takes values there for the transaction they name', async () => {
    const charger = await Charger.at(network(), 'NAMED');
    const transactionId = await charger.start();
    await charger.meter(transactionId, [{ value: '1200' }], { connectorId: 0 });
    expect(await charger.sessions(1, ({ energyWh }) => energyWh === 200)).toHaveLength(1);
  });
};

export default quirk;
