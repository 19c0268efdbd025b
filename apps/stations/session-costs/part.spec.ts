// A station that shows costs is told what billing knows, where it was not told so already; what drivers were told is shown.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';

const report = (instance?: string) => ({
  requestId: 1,
  seqNo: 0,
  generatedAt: 'now',
  reportData: [
    {
      component: { name: 'TariffCostCtrlr' },
      variable: { name: 'Enabled', ...(instance && { instance }) },
      variableAttribute: [{ value: 'true' }],
    },
  ],
});

class CostStream extends StationStream {
  static showing(instance = 'Cost'): CostStream {
    return (new CostStream('CP1', 'ocpp2.0.1').configured().connected(0) as CostStream).boots(1).says(1, 'NotifyReport', report(instance));
  }
  knows(minute: number, totalCost: number, isFinal = false): this {
    return this.add('SessionCostKnown', minute, {
      stationId: 'CP1',
      sessionId: 's',
      transactionId: 'T',
      totalCost,
      currency: 'EUR',
      isFinal,
    });
  }
  answeredWith(minute: number, totalCost?: number): this {
    const payload = totalCost === undefined ? {} : { totalCost };
    return this.says(
      minute,
      'TransactionEvent',
      { eventType: 'Updated', transactionInfo: { transactionId: 'T' } },
      { answer: { kind: 'result', payload } },
    );
  }
  sent = () => this.commands().flatMap(({ action, payload }) => (action === 'CostUpdated' ? [payload] : []));
  toldCosts = () => this.rows('told_costs').map(({ total_cost: cost, told_by: by }) => [cost, by]);
}

describe('a station that shows costs', () => {
  it('is told what billing knows', () => {
    const stream = CostStream.showing().knows(2, 0.36);
    expect(stream.sent()).toEqual([{ transactionId: 'T', totalCost: 0.36 }]);
    const command = stream.commands().at(-1);
    stream.askedAs(2, command as never).answered(2, command?.commandId ?? '', {});
    expect(stream.toldCosts()).toEqual([[0.36, 'message']]);
    expect(stream.knows(3, 0.36).sent()).toHaveLength(1);
    expect(stream.knows(4, 0, true).sent().at(-1)).toEqual({ transactionId: 'T', totalCost: 0 });
  });
  it('is one from when an operator turned that on', () => {
    const variable = { component: { name: 'tariffCostCtrlr' }, variable: { name: 'enabled', instance: 'cost' } };
    const stream = (new CostStream('CP1', 'ocpp2.0.1').configured().connected(0) as CostStream)
      .boots(1)
      .asked(2, 's', 'SetVariables', { setVariableData: [{ ...variable, attributeValue: 'true' }] })
      .answered(2, 's', { setVariableResult: [{ ...variable, attributeStatus: 'Accepted' }] });
    expect(stream.knows(3, 0.36).sent()).toEqual([{ transactionId: 'T', totalCost: 0.36 }]);
  });
  it('is not told again what the answer to an event said', () => {
    const stream = CostStream.showing().answeredWith(2, 0.36).knows(2, 0.36);
    expect(stream.sent()).toEqual([]);
    expect(stream.toldCosts()).toEqual([[0.36, 'answer']]);
    expect(stream.answeredWith(3).knows(3, 0.5).sent()).toHaveLength(1);
  });
});

describe('a station of 1.6 that shows costs', () => {
  const running = { at: at(2), registerWh: 1500, isCharging: true };
  const known = (stream: CostStream, minute: number, totalCost: number, more: object) =>
    stream.add('SessionCostKnown', minute, {
      stationId: 'CP1',
      sessionId: 's',
      transactionId: '7',
      totalCost,
      currency: 'EUR',
      isFinal: !('running' in more),
      ...more,
    });
  const ready = () => (new CostStream('CP1', 'ocpp1.6').configured().connected(0) as CostStream).boots(1);
  const words = (stream: CostStream) => stream.commands().filter(({ action }) => action === 'DataTransfer');
  const answered = (stream: CostStream, minute: number, status: string) => {
    const command = words(stream).at(-1);
    return stream.askedAs(minute, command as never).answered(minute, command?.commandId ?? '', { status });
  };
  const of = (stream: CostStream) =>
    words(stream).map(({ payload }) => {
      const { vendorId, messageId, data } = payload as { vendorId: string; messageId: string; data: string };
      return [vendorId, messageId, JSON.parse(data)];
    });
  const VENDOR = 'org.openchargealliance.costmsg';

  it('is told by DataTransfer, the end once also where it came to no more; it is shown as told', () => {
    const stream = answered(known(ready(), 2, 0.36, { running }), 2, 'Accepted');
    known(known(stream, 3, 0.36, { running }), 4, 0.36, {});
    const [first, last, ...more] = of(known(answered(stream, 4, 'Accepted'), 5, 0.36, {}));
    expect(first).toEqual([VENDOR, 'RunningCost', { transactionId: 7, cost: 0.36, timestamp: at(2), meterValue: 1500, state: 'Charging' }]);
    expect([last, more]).toEqual([[VENDOR, 'FinalCost', { transactionId: 7, cost: 0.36 }], []]);
    expect(stream.toldCosts()).toEqual([[0.36, 'message']]);
  });
  it('is left alone until its next boot where it does not know the words', () => {
    const stream = answered(known(ready(), 2, 0.36, { running }), 2, 'UnknownVendorId');
    expect(words(known(stream, 3, 0.5, { running }))).toHaveLength(1);
    expect(stream.toldCosts()).toEqual([]);
    expect(words(known(stream.boots(4), 5, 0.7, { running }))).toHaveLength(2);
  });
  it('passes by what an operator sends in these words', () => {
    const send = (data?: unknown) => ({ vendorId: VENDOR, messageId: 'RunningCost', ...(data !== undefined && { data }) });
    for (const data of [undefined, 'no JSON', '[]', '{"transactionId":"7","cost":1}', 'null']) {
      const stream = ready().asked(2, 'o', 'DataTransfer', send(data)).answered(2, 'o', { status: 'Accepted' });
      expect(stream.toldCosts()).toEqual([]);
    }
  });
});

it('a station that shows none, or tariffs alone, is left alone', () => {
  expect(
    (StationStream.ready() as CostStream)
      .boots(1)
      .commands()
      .filter(({ action }) => action === 'CostUpdated'),
  ).toEqual([]);
  expect(CostStream.showing('Tariff').knows(2, 1).sent()).toEqual([]);
});
