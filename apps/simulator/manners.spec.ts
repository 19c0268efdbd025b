// What each manner makes of messages and answers, and that every vendor is a station that can be started.
import { describe, expect, it } from '@jest/globals';
import type { Reply } from './conversation.js';
import type { Dialect } from './dialect.js';
import { type Manner, mannered } from './manner.js';
import * as manners from './manners.js';
import type { Outgoing } from './outbox.js';
import { isPersonality, PERSONALITIES, personality } from './personalities.js';

const AT = '2026-03-01T12:00:00.000Z';
const register = (value: unknown, more: object = {}) => ({ value, measurand: 'Energy.Active.Import.Register', unit: 'Wh', ...more });
const values = (...sampledValue: readonly object[]) => ({
  connectorId: 1,
  transactionId: 7,
  meterValue: [{ timestamp: AT, sampledValue }],
});
const out = (action: string, payload: object): Outgoing => ({ action, kind: 'transaction', payload: () => payload });

/** The payloads a station with these manners sends for these messages of a transaction. */
function said(messages: readonly Outgoing[], ...own: readonly Manner[]): readonly (readonly [action: string, payload: unknown])[] {
  const dialect = { ended: () => messages } as unknown as Dialect;
  return mannered(dialect, own)
    .ended({} as never, {} as never, 'Local')
    .map(({ action, payload }) => [action, payload()]);
}
const sampled = (manner: Manner, ...samples: readonly object[]) =>
  said([out('MeterValues', values(...samples))], manner).flatMap(
    ([, payload]) => (payload as ReturnType<typeof values>).meterValue[0]?.sampledValue ?? [],
  );
const answered = (manner: Manner, action: string, payload: object, reply: Reply = { result: { status: 'Accepted' } }): unknown =>
  mannered({ answer: () => reply } as unknown as Dialect, [manner]).answer(action, payload);

const stopping = [out('MeterValues', values(register('900'))), out('StopTransaction', { transactionId: 7, meterStop: 900 })];

describe('what is said', () => {
  it('has units, lines and totals in words of its own', () => {
    expect(sampled(manners.namesUnits({ Wh: '', A: 'Amp' }), register('1'), { value: '2', unit: 'A' }, { value: '3', unit: 'V' })).toEqual([
      { value: '1', measurand: 'Energy.Active.Import.Register' },
      { value: '2', unit: 'Amp' },
      { value: '3', unit: 'V' },
    ]);
    expect(sampled(manners.tagsLinesWithNeutral(), { phase: 'L1' }, { phase: 'L2-N' }, {})).toEqual([
      { phase: 'L1-N' },
      { phase: 'L2-N' },
      {},
    ]);
    const power = { measurand: 'Power.Active.Import' };
    expect(sampled(manners.halvesTotals(), { ...power, value: '100' }, { ...power, value: '50', phase: 'L1' })).toEqual([
      { ...power, value: '50' },
      { ...power, value: '50', phase: 'L1' },
    ]);
  });

  it('has registers that dip, count from the start, or end below it', () => {
    const dips = manners.dipsEvery(2);
    expect([1, 2, 3, 4].map(() => sampled(dips, register('5'))[0])).toMatchObject([
      { value: '5' },
      { value: '0' },
      { value: '5' },
      { value: '0' },
    ]);
    const start = out('StartTransaction', { connectorId: 1, meterStart: 800 });
    expect(said([start, ...stopping], manners.countsFromStart())[1]?.[1]).toEqual(values(register('100')));
    expect(said([start, ...stopping], manners.stopsBelowStart())[2]?.[1]).toEqual({ transactionId: 7, meterStop: 799 });
  });

  it('has more messages, fewer, or in another order', () => {
    const actions = (manner: Manner) => said(stopping, manner).map(([action]) => action);
    expect(actions(manners.neverStops())).toEqual(['MeterValues']);
    expect(actions(manners.metersAfterStop())).toEqual(['StopTransaction', 'MeterValues']);
    const { meterValue } = values(register('900'));
    expect(said(stopping, manners.sumsOnConnectorZero())[1]).toEqual(['MeterValues', { connectorId: 0, meterValue }]);
  });

  it('has ids, tokens, times and places of its own', () => {
    expect(said(stopping, manners.stopsTransactionZero())[1]?.[1]).toEqual({ transactionId: 0, meterStop: 900 });
    expect(said([out('Authorize', { idTag: 'A' })], manners.appendsToTokens('_1'))).toEqual([['Authorize', { idTag: 'A_1' }]]);
    expect(said([out('StatusNotification', { timestamp: AT })], manners.omitsZone(8))[0]?.[1]).toEqual({
      timestamp: '2026-03-01T20:00:00.000',
    });
    expect(said([out('TransactionEvent', { evse: { id: 1, connectorId: 1 } })], manners.omitsConnector())[0]?.[1]).toEqual({
      evse: { id: 1 },
    });
  });
});

describe('what is answered', () => {
  const profile = (chargingRateUnit: string, stackLevel = 0) => ({
    csChargingProfiles: { stackLevel, chargingSchedule: { chargingRateUnit } },
  });
  const [accepted, rejected] = [{ result: { status: 'Accepted' } }, { result: { status: 'Rejected' } }];

  it('is no to a unit or a level it does not take', () => {
    const watts = manners.takesWattsOnly();
    expect(['A', 'W'].map((unit) => answered(watts, 'SetChargingProfile', profile(unit)))).toEqual([rejected, accepted]);
    const reply = { result: { configurationKey: [{ key: 'ChargingScheduleAllowedChargingRateUnit' }, { key: 'Other' }] } };
    expect(answered(watts, 'GetConfiguration', {}, reply)).toEqual({ result: { configurationKey: [{ key: 'Other' }] } });
    const lowest = manners.takesLowestLevelOnly();
    expect([0, 1].map((level) => answered(lowest, 'SetChargingProfile', profile('A', level)))).toEqual([accepted, rejected]);
  });

  it('is an error where it knows no such call', () => {
    expect(answered(manners.refuses('TriggerMessage'), 'TriggerMessage', {})).toMatchObject({ error: 'NotSupported' });
    expect(answered(manners.refuses('TriggerMessage'), 'Reset', {})).toEqual(accepted);
  });
});

describe('vendors', () => {
  it('are twelve, each with its name and version at the station of the caller', () => {
    expect(PERSONALITIES).toHaveLength(12);
    for (const name of PERSONALITIES) {
      const spec = personality(name, { stationId: 'CP1', evses: [{ evseId: 1 }] });
      expect(spec).toMatchObject({ stationId: 'CP1', vendor: expect.any(String), model: expect.any(String), evses: [{ evseId: 1 }] });
      expect([spec.vendor, spec.model].every((text = '') => text.length <= 20)).toBe(true);
    }
    expect([isPersonality('huawei'), isPersonality('toString')]).toEqual([true, false]);
  });
});
