// No unit, an empty one, other spellings ("Celcius", "Amp"), kWh (steve #1514, #59; HA #466; OCPP.Core #81).
// Answered with a result; the energy is right whatever it was called.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    ['none', { value: '1500' }],
    ['empty', { value: '1500', unit: '' }],
    ['kWh', { value: '1.5', unit: 'kWh' }],
    ['WH', { value: '1500', unit: 'WH' }],
  ])('unit %s', async (name, sample) => {
    const charger = await Charger.at(network(), `UNIT-${name}`);
    const transactionId = await charger.start();
    const others = [
      { value: '31', measurand: 'Temperature', unit: 'Celcius' },
      { value: '32', measurand: 'Temperature', unit: 'Celsius' },
      { value: '16', measurand: 'Current.Import', phase: 'L1', unit: 'Amp' },
    ];
    expect((await charger.meter(transactionId, [sample, ...others]))[0]).toBe(3);
    await charger.status('Available');
    expect(await charger.session()).toMatchObject({ energyWh: 500, provisional: true });
    const { rows } = await network().world.database.query<{ value: number }>(
      "select value from meter_samples where station_id = $1 and measurand = 'Temperature' order by value",
      [charger.stationId],
    );
    expect(rows.map(({ value }) => Number(value))).toEqual([31, 32]);
  });
};

export default quirk;
