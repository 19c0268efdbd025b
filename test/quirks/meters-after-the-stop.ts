// The closing MeterValues arrive after StopTransaction (HA: Ocular LTE); other systems drop them.
// Accepted, and the session is amended by what they add.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('amends the session by what came late', async () => {
    const charger = await Charger.at(network(), 'TARDY');
    const transactionId = await charger.start();
    await charger.stop(transactionId, { meterStop: 1500, timestamp: at(10) });
    const values = [{ value: '1504', context: 'Transaction.End' }];
    expect((await charger.meter(transactionId, values, { meterValue: [{ timestamp: at(9), sampledValue: values }] }))[0]).toBe(3);
    const [session] = await charger.sessions(1, ({ energyWh }) => energyWh === 504);
    if (session === undefined) throw new Error('no session');
    expect(await charger.decisions(session)).toEqual(['SessionStarted', 'SessionEnded', 'SessionAmended']);
  });
};

export default quirk;
