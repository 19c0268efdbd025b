// MeterValues counted from the start of the session beside a lifetime register in start and stop (HA #2093), or all of it from zero.
// Two meanings of one measurand are told apart; the bill is of start and stop.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('tells the two meanings apart', async () => {
    const charger = await Charger.at(network(), 'RELATIVE');
    const transactionId = await charger.start({ meterStart: 50_000 });
    for (const value of ['0', '150', '300']) await charger.meter(transactionId, [{ value }]);
    const [running] = await charger.sessions(1, ({ energyWh }) => energyWh > 0);
    expect(running?.energyWh).toBe(300);
    await charger.stop(transactionId, { meterStop: 50_500 });
    expect(await charger.session()).toMatchObject({ energyWh: 500, flags: expect.arrayContaining(['registerSessionRelative']) });
  });

  it('takes registers that begin at zero with every transaction', async () => {
    const charger = await Charger.at(network(), 'ZEROED');
    for (const [secondsAgo, meterStop] of [
      [200, 400],
      [100, 250],
    ] as const) {
      const transactionId = await charger.start({ meterStart: 0, timestamp: at(secondsAgo) });
      await charger.meter(transactionId, [{ value: '120' }]);
      await charger.stop(transactionId, { meterStop, timestamp: at(secondsAgo - 50) });
    }
    const sessions = await charger.sessions(2, ({ status }) => status === 'ended');
    expect(sessions.map(({ energyWh }) => energyWh)).toEqual([400, 250]);
  });
};

export default quirk;
