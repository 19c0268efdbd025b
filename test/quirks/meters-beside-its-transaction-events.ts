// 2.0.1, but the readings of a transaction come in MeterValues instead of TransactionEvent (measured: shiv3's simulator).
// They are of whoever charges there: the session runs up, and ends with the last of them.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('counts the readings to the session on that EVSE', async () => {
    const charger = await Charger.at(network(), 'BESIDE', { version: 'ocpp2.0.1' });
    await charger.event('Started', 'T1', 0, 1000);
    for (const value of [1200, 1500])
      await charger.call('MeterValues', { evseId: 1, meterValue: [{ timestamp: at(20 - value / 100), sampledValue: [{ value }] }] });
    expect(await charger.sessions(1, ({ energyWh }) => energyWh === 500)).toMatchObject([{ status: 'active' }]);
    await charger.event('Ended', 'T1', 1, undefined);
    const session = await charger.session();
    expect(session).toMatchObject({ energyWh: 500, provisional: false });
    expect(await charger.cdrs(session)).toMatchObject([{ total_energy: 0.5 }]);
  });
};

export default quirk;
