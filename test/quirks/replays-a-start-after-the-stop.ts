// StartTransaction comes again after its transaction has ended (steve #1294): the old id and nothing new.
// A start that is really new gets an id and a session of its own.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('answers the old id to the replay, and a new one to a new start', async () => {
    const charger = await Charger.at(network(), 'REPLAYS');
    const first = { timestamp: at(120), meterStart: 1000 };
    const transactionId = await charger.start(first);
    await charger.stop(transactionId, { timestamp: at(90) });
    expect(await charger.start(first)).toBe(transactionId);
    const [only] = await charger.sessions(1, ({ status }) => status === 'ended');
    expect(only?.energyWh).toBe(500);

    const next = await charger.start({ timestamp: at(30), meterStart: 1500 });
    expect(next).not.toBe(transactionId);
    await charger.stop(next, { meterStop: 1800 });
    const sessions = await charger.sessions(2, ({ status }) => status === 'ended');
    expect(sessions.map(({ energyWh }) => energyWh)).toEqual([500, 300]);
  });

  it('ends the session before provisionally when another starts on its connector', async () => {
    const charger = await Charger.at(network(), 'HURRIES');
    const first = await charger.start({ timestamp: at(120) });
    await charger.meter(first, [{ value: '1200' }]);
    await charger.start({ timestamp: at(10), meterStart: 1250, idTag: 'ANOTHER' });
    const [old, running] = await charger.sessions(2);
    expect(old).toMatchObject({ status: 'ended', reason: 'NewStart', provisional: true, energyWh: 200 });
    expect(running).toMatchObject({ status: 'active' });
  });
};

export default quirk;
