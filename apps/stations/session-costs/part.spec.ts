// A station that shows costs is told what billing knows, where it was not told so already; what drivers were told is shown.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

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
  it('is not told again what the answer to an event said', () => {
    const stream = CostStream.showing().answeredWith(2, 0.36).knows(2, 0.36);
    expect(stream.sent()).toEqual([]);
    expect(stream.toldCosts()).toEqual([[0.36, 'answer']]);
    expect(stream.answeredWith(3).knows(3, 0.5).sent()).toHaveLength(1);
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
