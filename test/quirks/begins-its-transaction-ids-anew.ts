// Transactions numbered from the start of the station: after a reboot an id comes again (2.0.1 E01.FR.08 makes it unique for a station; counters in the field are not).
// Each is a session and a bill of its own, and the driver is told what this one costs, not the one before.
import { expect, it } from '@jest/globals';
import { at, Charger, PRICE_PER_KWH, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('tells the cost of each alone', async () => {
    const charger = await Charger.at(network(), 'COUNTER', { version: 'ocpp2.0.1' });
    const charge = async (secondsAgo: number, fromWh: number, toWh: number) => {
      await charger.event('Started', '1', 0, fromWh, { timestamp: at(secondsAgo) });
      return charger.event('Ended', '1', 1, toWh, { timestamp: at(secondsAgo - 20) });
    };
    const told = [await charge(50, 0, 5_000), await charge(25, 5_000, 6_000)];
    const sessions = await charger.sessions(2, ({ status }) => status === 'ended');
    expect(sessions.map(({ energyWh }) => energyWh)).toEqual([5_000, 1_000]);
    for (const [index, session] of sessions.entries()) {
      const [cdr] = await charger.cdrs(session);
      expect(cdr?.total_cost.excl_vat).toBe(PRICE_PER_KWH * (session.energyWh / 1000));
      expect(told[index]?.[2]).toMatchObject({ totalCost: expect.closeTo((cdr?.total_cost.excl_vat ?? 0) * 1.21, 2) });
    }
  });
};

export default quirk;
