// What a station is said to show of prices, out of what it says of itself.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

const of = (component: string, variable: string, instance: string | undefined, value: string) => ({
  component: { name: component },
  variable: { name: variable, ...(instance !== undefined && { instance }) },
  variableAttribute: [{ value }],
});
const costs = (variable: string, instance: string | undefined, value: string) => of('TariffCostCtrlr', variable, instance, value);
const display = of('DisplayMessageCtrlr', 'Enabled', undefined, 'true');
const other = of('EVSE', 'Power', undefined, '11000');

/** Booted, asked for its inventory, and told these. */
function told(version: 'ocpp2.0.1' | 'ocpp2.1', ...reportData: readonly object[]): StationStream {
  const stream = StationStream.ready(version).boots(1);
  const inventory = stream.commands()[0];
  if (inventory === undefined) throw new Error('nothing is asked');
  const { requestId } = inventory.payload as { requestId: number };
  return stream.askedAs(1, inventory).says(2, 'NotifyReport', { requestId, seqNo: 0, generatedAt: 'now', reportData });
}
const shown = (stream: StationStream) => stream.told('PriceDisplayReported').at(-1);
const show = (it: boolean[]) => {
  const [isCost, isTariff, calculates] = it;
  return { stationId: 'CP1', costs: isCost, tariffs: isTariff, calculates };
};

describe('what a station shows of prices', () => {
  it.each([
    ['nothing, where its inventory is whole and names nothing of it', 'ocpp2.0.1', [other], [false, false, false]],
    ['all, where it says so', 'ocpp2.0.1', [costs('Enabled', 'Cost', 'true'), costs('Enabled', 'Tariff', 'true')], [true, true, false]],
    [
      'what it is in other letters',
      'ocpp2.0.1',
      [of('tariffcostctrlr', 'enabled', 'COST', 'true'), of('TARIFFCOSTCTRLR', 'AVAILABLE', 'tariff', 'false')],
      [true, false, false],
    ],
    ['costs alone', 'ocpp2.0.1', [costs('Enabled', 'Cost', 'true'), costs('Available', 'Tariff', 'false')], [true, false, false]],
    [
      'what is enabled, not what is available',
      'ocpp2.0.1',
      [costs('Available', 'Cost', 'true'), costs('Enabled', 'Cost', 'false')],
      [false, true, false],
    ],
    ['texts, where it has a display for them', 'ocpp2.0.1', [display], [false, true, false]],
    [
      'what the center knows, in 2.1, also where it calculates nothing itself',
      'ocpp2.1',
      [costs('Enabled', 'Tariff', 'false')],
      [true, true, false],
    ],
    ['what it calculates, in 2.1', 'ocpp2.1', [costs('Enabled', 'Tariff', 'true')], [true, true, true]],
  ] as const)('is %s', (_, version, reportData, expected) => expect(shown(told(version, ...reportData))).toEqual(show([...expected])));

  it('is not said while its inventory has more parts, nor of stations of 1.6', () => {
    const stream = told('ocpp2.0.1');
    expect(shown(stream.says(3, 'NotifyReport', { requestId: 99, seqNo: 0, generatedAt: 'now', reportData: [other] }))).toEqual(
      show([false, false, false]),
    );
    expect(
      shown(
        StationStream.ready()
          .boots(1)
          .says(2, 'NotifyReport', { requestId: 5, seqNo: 0, reportData: [other] }),
      ),
    ).toBeUndefined();
    expect(shown(StationStream.ready('ocpp1.6').boots(1))).toBeUndefined();
  });

  it.each(['true', 'True', 'false'])('is what its key says in 1.6 (%s), and nothing where there is none', (value) => {
    const stream = StationStream.ready('ocpp1.6').boots(1);
    const inventory = stream.commands().find(({ action }) => action === 'GetConfiguration');
    const answer = (keys: readonly object[]) =>
      stream.askedAs(1, inventory as never).answered(2, inventory?.commandId ?? '', { configurationKey: keys });
    expect(shown(answer([{ key: 'HeartbeatInterval', readonly: false, value: '60' }]))).toBeUndefined();
    expect(shown(answer([{ key: 'CustomDisplayCostAndPrice', readonly: true, value }]))).toEqual(show([value !== 'false', false, false]));
    const change = { key: 'CustomDisplayCostAndPrice', value: value === 'false' ? 'true' : 'false' };
    const set = stream.asked(3, 'c', 'ChangeConfiguration', change).answered(3, 'c', { status: 'Accepted' });
    expect(shown(set)).toEqual(show([value === 'false', false, false]));
  });

  it('is told once, and again when a setting of it is taken or the station says otherwise', () => {
    const stream = told('ocpp2.0.1', costs('Enabled', 'Cost', 'false'));
    const count = () => stream.told('PriceDisplayReported').length;
    stream.boots(3);
    expect(count()).toBe(1);
    const { variableAttribute: _, ...item } = costs('Enabled', 'Cost', 'true');
    stream
      .asked(4, 's', 'SetVariables', { setVariableData: [{ ...item, attributeValue: 'true' }] })
      .answered(4, 's', { setVariableResult: [{ ...item, attributeStatus: 'Accepted' }] });
    expect([count(), shown(stream)]).toEqual([2, show([true, true, false])]);
    stream
      .asked(5, 'g', 'GetVariables', { getVariableData: [item] })
      .answered(5, 'g', { getVariableResult: [{ ...item, attributeStatus: 'Accepted', attributeValue: 'false' }] });
    expect([count(), shown(stream)]).toEqual([3, show([false, true, false])]);
  });
});
