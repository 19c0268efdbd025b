// Which tariffs a station holds: by what it confirms, by what it lists, and what it was told of single transactions.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';
import { type Tariffs, tariffs } from './part.js';

const ready = (): StationStream => StationStream.ready('ocpp2.1');
const tariff = (tariffId: string) => ({ tariffId, currency: 'EUR', energy: { prices: [{ priceKwh: 0.4 }] } });
const set = (stream: StationStream, minute: number, tariffId: string, evseId = 0, status = 'Accepted'): StationStream =>
  stream
    .asked(minute, `set-${minute}`, 'SetDefaultTariff', { evseId, tariff: tariff(tariffId) })
    .answered(minute, `set-${minute}`, { status });
const listed = (stream: StationStream, minute: number, assignments: readonly object[]): StationStream =>
  stream
    .asked(minute, `get-${minute}`, 'GetTariffs', { evseId: 0 })
    .answered(
      minute,
      `get-${minute}`,
      assignments.length === 0 ? { status: 'NoTariff' } : { status: 'Accepted', tariffAssignments: assignments },
    );
const held = (stream: StationStream): readonly string[] =>
  stream.state<Tariffs>(tariffs).held.map(({ evseId, tariffId }) => `${evseId}:${tariffId}`);
const last = (stream: StationStream, tariffId: string) =>
  Object.assign({}, ...stream.rows('station_tariffs').filter((row) => row.tariff_id === tariffId));
const questions = (stream: StationStream): number => stream.commands().filter(({ action }) => action === 'GetTariffs').length;

describe('a tariff given to a station', () => {
  it('is held once it is accepted, and the station is asked whether it has it', () => {
    const stream = set(ready(), 1, 'day/1');
    expect(held(stream)).toEqual(['0:day/1']);
    expect(last(stream, 'day/1')).toMatchObject({
      state: 'held',
      kind: 'DefaultTariff',
      tariff: tariff('day/1'),
      sent_by: 'api:tests',
      evse_id: 0,
    });
    expect(questions(stream)).toBe(1);
  });

  it('is refused in the words of the station, and not held', () => {
    const stream = set(ready(), 1, 'day/1', 0, 'ConditionNotSupported');
    expect([held(stream), questions(stream)]).toEqual([[], 0]);
    expect(last(stream, 'day/1')).toMatchObject({ state: 'refused', reason: 'ConditionNotSupported' });
    const silent = ready()
      .asked(1, 'x', 'SetDefaultTariff', { evseId: 0, tariff: tariff('t') })
      .unanswered(2, 'x');
    expect(last(silent, 't')).toMatchObject({ state: 'unanswered' });
  });

  it('takes the place of the one before at its EVSE, which is gone', () => {
    const stream = set(set(ready(), 1, 'day/1'), 2, 'day/2');
    expect(held(stream)).toEqual(['0:day/2']);
    expect(last(stream, 'day/1')).toMatchObject({ state: 'gone' });
  });

  it('is gone when it is cleared, alone or with all others', () => {
    const stream = set(set(ready(), 1, 'a'), 2, 'b', 2);
    stream.asked(3, 'c', 'ClearTariffs', { evseId: 2 }).answered(3, 'c', { clearTariffsResult: [{ status: 'Accepted' }] });
    expect(held(stream)).toEqual(['0:a']);
    stream
      .asked(4, 'd', 'ClearTariffs', { tariffIds: ['a'] })
      .answered(4, 'd', { clearTariffsResult: [{ tariffId: 'a', status: 'Rejected' }] });
    expect(held(stream)).toEqual(['0:a']);
  });
});

describe('what a station lists', () => {
  it('is what it holds: others are gone, and those nobody of us gave it are seen', () => {
    const stream = listed(set(ready(), 1, 'day/1'), 2, [
      { tariffId: 'driver', tariffKind: 'DriverTariff', evseIds: [1, 2], validFrom: '2026-01-01T00:00:00Z' },
    ]);
    expect(held(stream)).toEqual(['1:driver', '2:driver']);
    expect(last(stream, 'day/1')).toMatchObject({ state: 'gone' });
    expect(last(stream, 'driver')).toMatchObject({ state: 'held', kind: 'DriverTariff', valid_from: '2026-01-01T00:00:00.000Z' });
    expect(held(listed(stream, 3, []))).toEqual([]);
  });

  it('is asked for after a boot of a station that held some', () => {
    expect(questions(ready().boots(1))).toBe(0);
    expect(questions(set(ready(), 1, 'day/1').boots(2))).toBe(2);
  });
});

it('keeps what became of the tariff of a transaction', () => {
  const change = (status: string) =>
    ready()
      .asked(1, 'x', 'ChangeTransactionTariff', { transactionId: 't1', tariff: tariff('day/1') })
      .answered(2, 'x', { status })
      .rows('transaction_tariffs')
      .at(-1);
  expect(change('Accepted')).toMatchObject({ transaction_id: 't1', tariff_id: 'day/1', state: 'held' });
  expect(change('TxNotFound')).toMatchObject({ state: 'refused', reason: 'TxNotFound' });
});

describe('the tariff of its site', () => {
  const ofSite = (price: number, more: object = {}) => ({
    ...{ country_code: 'NL', party_id: 'JST', id: 'site', currency: 'EUR', last_updated: '2026-01-01T00:00:00Z' },
    elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
    ...more,
  });
  const changed = (stream: StationStream, minute: number, price: number, more: object = {}): StationStream =>
    stream.add('SiteTariffChanged', minute, { tariff: ofSite(price, more) as never }, '');
  const shows = (stream: StationStream, minute: number, calculates = true): StationStream =>
    stream.add('PriceDisplayReported', minute, { stationId: 'CP1', costs: true, tariffs: true, calculates });
  /** As the relay appends what the site told, the latest one. */
  const relayed = (stream: StationStream, minute: number): StationStream =>
    stream.add('DefaultTariffWanted', minute, stream.told('DefaultTariffWanted').at(-1) as never);
  const sent = (stream: StationStream) => stream.commands().filter(({ action }) => action === 'SetDefaultTariff');
  const price = (payload: unknown): unknown =>
    (payload as { tariff: { energy: { prices: { priceKwh: number }[] } } }).tariff.energy.prices[0]?.priceKwh;
  const wanted = (stream: StationStream) => stream.rows('wanted_tariffs').at(-1);
  const answeredLast = (stream: StationStream, minute: number, status: string): StationStream => {
    const command = sent(stream).at(-1) as never;
    const { commandId } = command as { commandId: string };
    return stream.askedAs(minute, command).answered(minute, commandId, { status });
  };
  const first = () => relayed(changed(shows(ready().boots(1), 2), 3, 0.4), 4);

  it('is wanted of stations that calculate, when they say so and when it changes', () => {
    expect(changed(ready(), 2, 0.4).told('DefaultTariffWanted')).toEqual([]);
    expect(shows(changed(ready(), 2, 0.4), 3).told('DefaultTariffWanted')).toHaveLength(1);
    const stream = changed(shows(changed(ready(), 2, 0.4), 3), 4, 0.5);
    expect(stream.told('DefaultTariffWanted')).toHaveLength(2);
    expect(changed(shows(stream, 5, false), 6, 0.6).told('DefaultTariffWanted')).toHaveLength(2);
  });

  it('is sent, held once it is taken, and takes the place of the one before', () => {
    const stream = answeredLast(first(), 5, 'Accepted');
    expect(sent(stream).map(({ payload }) => price(payload))).toEqual([0.4]);
    expect(wanted(stream)).toMatchObject({ state: 'held', tariff_id: expect.stringMatching(/^site\//) });
    const again = relayed(changed(stream, 6, 0.5), 7);
    expect(sent(again).map(({ payload }) => price(payload))).toEqual([0.4, 0.5]);
    expect(wanted(again)).toMatchObject({ state: 'sent' });
    expect(wanted(answeredLast(again, 8, 'ConditionNotSupported'))).toMatchObject({ state: 'refused', reason: 'ConditionNotSupported' });
  });

  it('waits for a station that is away, and is sent when it boots', () => {
    const away = relayed(changed(shows(ready().boots(1).disconnected(2), 3), 4, 0.4), 5);
    expect([sent(away).length, wanted(away)?.state]).toEqual([0, 'waiting']);
    expect(sent(away.connected(6, 'c2').boots(7))).toHaveLength(1);
    const lost = first();
    const command = sent(lost)[0];
    lost.askedAs(5, command as never).unanswered(6, command?.commandId ?? '');
    expect([sent(lost).length, wanted(lost)?.state]).toEqual([1, 'waiting']);
    expect(sent(lost.boots(8))).toHaveLength(2);
  });

  it('is sent again with the next boot where the station does not list it any more', () => {
    const stream = listed(answeredLast(first(), 5, 'Accepted'), 6, []);
    expect([sent(stream).length, wanted(stream)]).toMatchObject([1, { state: 'waiting', reason: 'NotListed' }]);
    expect(sent(stream.boots(7))).toHaveLength(2);
  });

  it('is taken off where the new one would mean something else there', () => {
    const stream = relayed(changed(answeredLast(first(), 5, 'Accepted'), 6, 0.5, { tax_included: 'YES' }), 7);
    expect(wanted(stream)).toMatchObject({ state: 'central', problems: [{ path: 'tax_included' }] });
    const [clear] = stream.commands().filter(({ action }) => action === 'ClearTariffs');
    expect(clear?.payload).toEqual({ tariffIds: [expect.stringMatching(/^site\//)] });
    expect(sent(relayed(changed(stream, 8, 0.6), 9))).toHaveLength(2);
  });
});
