// Registers in kWh under the name of Wh (OpenEVSE #703, firmware 4). The table of models says so: sessions and series are right, the log has what came.
// The firmware that does it right is not corrected.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const boot = (firmwareVersion: string) => ({ chargePointVendor: 'OpenEVSE', chargePointModel: 'Advanced Series', firmwareVersion });

const quirk: Quirk = (network) => {
  it.each([
    ['4.2.2', '362', 'energy-in-kwh-labelled-wh'],
    ['5.0.0', '362000', undefined],
  ])('firmware %s, register %s', async (firmware, value, known) => {
    const charger = await Charger.at(network(), `KWH-${firmware}`, { boots: false });
    await charger.call('BootNotification', boot(firmware));
    await network().until('its boot is read', async () => {
      const { ocppVersion } = await network().must<{ ocppVersion: string | null }>('GET', `/v1/stations/${charger.stationId}`);
      return ocppVersion !== null;
    });
    const transactionId = await charger.start({ meterStart: 361_000 });
    await charger.meter(transactionId, [{ value, unit: 'Wh', measurand: 'Energy.Active.Import.Register' }]);
    expect(await charger.sessions(1, ({ energyWh }) => energyWh === 1000)).toHaveLength(1);
    await charger.stop(transactionId, { meterStop: 362_500 });
    const session = await charger.session();
    expect(session.energyWh).toBe(1500);
    expect(await charger.cdrs(session)).toMatchObject([{ total_energy: 1.5 }]);
    const [said] = await charger.calls('MeterValues');
    expect(JSON.stringify(said?.data.payload)).toContain(`"value":"${value}"`);
    const seen = await network().until('the series has it', async () => {
      const text = "select value, raw_value from meter_samples where station_id = $1 and raw_unit = 'Wh'";
      const { rows } = await network().world.database.query<{ value: number; raw_value: string }>(text, [charger.stationId]);
      return rows.length > 0 && rows;
    });
    expect(seen.map((row) => [Number(row.value), row.raw_value])).toEqual([[362_000, value]]);
    const { model, messages } = await network().must<Record<'model' | 'messages', readonly { readonly quirk: string }[]>>(
      'GET',
      `/v1/stations/${charger.stationId}/quirks`,
    );
    expect(model.map(({ quirk: id }) => id)).toEqual(known === undefined ? [] : [known]);
    expect(messages).toEqual(
      known === undefined ? [] : [{ quirk: 'unitOverridden', times: 1, firstAt: expect.any(String), lastAt: expect.any(String) }],
    );
  });
};

export default quirk;
