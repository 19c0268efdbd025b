// Values as numbers, empty lists and empty values, one object for a list, payload null (evcc #25708, #17836; steve #1109), line breaks in JSON (OCPP.Core #85).
// The socket stays open, a billing message gets its result, and what is readable counts.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    ['numbers', [{ value: 1200 }], 200, ['schema']],
    ['an empty list', [], 0, []],
    ['an empty value', [{ value: '' }, { value: '1200' }], 200, []],
    ['one object for a list', { value: '1200' }, 200, ['schema']],
    ['fields nobody knows', [{ value: '1200', vendorIndex: 7 }], 200, ['schema']],
  ])('%s', async (name, sampledValue, energyWh, flags) => {
    const charger = await Charger.at(network(), `SCHEMA-${name.replaceAll(' ', '-')}`);
    const transactionId = await charger.start();
    expect(await charger.meter(transactionId, sampledValue)).toMatchObject([3, expect.any(String), {}]);
    await charger.status('Available');
    expect(await charger.session()).toMatchObject({ energyWh, provisional: true });
    const [call] = await charger.calls('MeterValues');
    expect(call?.data.flags).toEqual(flags);
    expect(call?.data.violations.length).toBeGreaterThanOrEqual(flags.length);
  });

  it.each([null, []])('gets its answer where it has nothing to tell: %j', async (meterValue) => {
    const charger = await Charger.at(network(), `NOTHING-${meterValue === null ? 'NULL' : 'LIST'}`);
    const transactionId = await charger.start();
    expect(await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue })).toMatchObject([3, expect.any(String), {}]);
    const [call] = await charger.calls('MeterValues');
    expect(call?.data).toMatchObject({ flags: meterValue === null ? ['schema'] : [], payload: { meterValue } });
  });

  it('takes null for an empty payload, and line breaks', async () => {
    const charger = await Charger.at(network(), 'LINES');
    expect(await charger.say([2, 'n', 'Heartbeat', null])).toMatchObject([3, 'n', {}]);
    expect(await charger.say('[2,\r\n\t"l" ,\r\n"Heartbeat"\r\n,\r\n{\r\n}\r\n]\r\n')).toMatchObject([3, 'l', {}]);
  });
};

export default quirk;
