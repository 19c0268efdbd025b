// Reboots over and over once somebody asked for its configuration, or changed its measurands (ABB, lbbrhzn/ocpp #1275, #1036, #1153).
// It gets its answers and its limits; another model beside it is asked for its configuration, nothing twice.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const ABB = { chargePointVendor: 'ABB', chargePointModel: 'Terra AC W22', firmwareVersion: '1.6.6' };
const OTHER = { chargePointVendor: 'v', chargePointModel: 'one that bears it', firmwareVersion: '1' };
/** Its limits, and what the test itself sends to see that everything said has arrived. */
const HARMLESS = ['SetChargingProfile', 'ClearChargingProfile', 'ClearCache'];

const quirk: Quirk = (network) => {
  it('gets nothing but its answers and its limits; others are asked, nothing twice', async () => {
    const actions = ({ commands }: Charger): readonly unknown[] => commands.map(([, , action]) => action);
    const shy = await Charger.at(network(), 'SHY', { boots: false });
    expect((await shy.call('BootNotification', ABB))[2]).toMatchObject({ status: 'Accepted' });
    const other = await Charger.at(network(), 'BOLD', { boots: false });
    const configurationKey = [{ key: 'MeterValueSampleInterval', value: '10', readonly: false }];
    other.answer = ([, id, action]) => [3, id, action === 'GetConfiguration' ? { configurationKey } : { status: 'Accepted' }];
    await other.call('BootNotification', OTHER);
    const [first, second] = [await shy.start(), await other.start()];
    for (const charger of [shy, other])
      await network().until(`the limit of a car at ${charger.stationId}`, () =>
        charger.commands.some(([, , action, payload]) => action === 'SetChargingProfile' && JSON.stringify(payload).includes('TxProfile')),
      );
    await network().until('the other being asked for its clock', () => actions(other).includes('TriggerMessage'));
    await shy.meter(first, [{ value: '1100' }]);
    await shy.stop(first);
    await other.stop(second);
    expect(await shy.session()).toMatchObject({ energyWh: 500 });
    expect(actions(shy).filter((action) => !HARMLESS.includes(String(action)))).toEqual([]);
    const questions = other.commands.flatMap(([, , action, payload]) => (action === 'GetConfiguration' ? [JSON.stringify(payload)] : []));
    expect(questions).toContain('{}');
    // Where the owner of its site was there first, it asked by name what it needs at once.
    expect(questions).toEqual([...new Set(questions)]);
    expect(await network().must('GET', '/v1/stations/SHY/quirks')).toMatchObject({
      model: [{ quirk: 'goes-down-over-its-configuration', corrections: { inquiries: 'none' } }],
    });
  });
};

export default quirk;
