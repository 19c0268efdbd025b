// Clocks of 1970 (MicroOcpp #354), far in the future, without a zone (evcc #10399), years of nine digits.
// The energy is right, the session lies where we heard of it, it says why, and station time stays in the record.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const farAhead = '2090-01-01T00:00:00Z';

const quirk: Quirk = (network) => {
  it.each([
    ['1970', ['1970-01-01T00:00:10Z', '1970-01-01T00:10:10Z'], 'clockUnset'],
    ['the future', [farAhead, farAhead.replace('00:00Z', '10:00Z')], 'clockAhead'],
    ['no zone', [at(60).replace('Z', ''), at(0).replace('Z', '')], 'clockNoOffset'],
    ['no year at all', ['222222017-02-30', '222222017-02-30'], 'clockUnreadable'],
  ])('says %s', async (name, [start, stop], flag) => {
    const before = Date.now();
    const charger = await Charger.at(network(), `CLOCK-${name.replaceAll(' ', '-')}`);
    const transactionId = await charger.start({ timestamp: start });
    await charger.stop(transactionId, { timestamp: stop });
    const session = await charger.session();
    expect(session).toMatchObject({ energyWh: 500, flags: expect.arrayContaining([flag]) });
    const [from, to] = [Date.parse(session.startedAt), Date.parse(session.endedAt ?? '')];
    expect(from).toBeGreaterThanOrEqual(before - 1000);
    expect(to).toBeGreaterThanOrEqual(from);
    expect(to).toBeLessThanOrEqual(Date.now());
    expect(await charger.cdrs(session)).toMatchObject([{ total_energy: 0.5 }]);
    const [call] = await charger.calls('StartTransaction');
    expect(call?.data.payload).toMatchObject({ timestamp: start });
  });

  it('an hour ago is believed of a station that was not connected then', async () => {
    const charger = await Charger.at(network(), 'CLOCK-STORE');
    const [start, stop] = [at(3660), at(3600)];
    const transactionId = await charger.start({ timestamp: start });
    await charger.stop(transactionId, { timestamp: stop });
    expect(await charger.session()).toMatchObject({ energyWh: 500, startedAt: start, endedAt: stop, flags: [] });
  });
};

export default quirk;
