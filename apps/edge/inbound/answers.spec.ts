// Every action a station may call has an answer, and every answer keeps to its schema.
// Which of them is given when is told in the scenarios.
import { describe, expect, it } from '@jest/globals';
import type { VerdictStatus } from '#domain/authorization';
import { actions, isAnswered, mayComeFromStation, SUBPROTOCOLS, validate } from '#ocpp';
import { instanceOf, officialMessages } from '../../../libs/ocpp/official-schemas.fixture.js';
import type { AnswerContext, Payload } from './answer.js';
import { ANSWERS_16 } from './answers-v16.js';
import { ANSWERS_21 } from './answers-v21.js';
import { ANSWERS_201 } from './answers-v201.js';

const tables = { 'ocpp1.6': ANSWERS_16, 'ocpp2.0.1': ANSWERS_201, 'ocpp2.1': ANSWERS_21 } as const;
const now = '2026-11-01T12:00:00.000Z';
const statuses: readonly VerdictStatus[] = [
  'Accepted',
  'Blocked',
  'Expired',
  'Invalid',
  'NoCredit',
  'ConcurrentTx',
  'NotAtThisLocation',
  'Unknown',
];
const contexts: readonly AnswerContext[] = (['Accepted', 'Pending', 'Rejected'] as const).flatMap((bootStatus) => {
  const terms = { tariff: { currency: 'EUR', elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 }] }] } };
  const entry = { bootStatus, heartbeatIntervalS: 300, shows: { costs: true, tariffs: true }, terms };
  const base = { entry, bootRetryIntervalS: 60, now, transactionId: 7 };
  return [
    base,
    ...statuses.map((status) => ({
      ...base,
      verdict: { status, groupHash: 'a'.repeat(64), groupId: 'g'.repeat(36), evseIds: [1], expiresAt: now },
    })),
  ];
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('a car of %s that says what it will draw', (version) => {
  it('is refused where its station confirmed clearly less, and believed otherwise (K17)', () => {
    const nowMs = Date.parse(now);
    const steps = [
      { fromMs: nowMs, limitMa: 10_000 },
      { fromMs: nowMs + 900_000, limitMa: 0 },
    ];
    const context = { entry: { bootStatus: 'Accepted', heartbeatIntervalS: 300 }, bootRetryIntervalS: 60, now } as const;
    const says = (evseId: number, limit: number) => {
      const chargingSchedule = { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] };
      const plans = new Map([[1, { steps, voltageV: 230 }]]);
      return tables[version].get('NotifyEVChargingSchedule')?.({ ...context, plans }, { evseId, timeBase: now, chargingSchedule });
    };
    expect([says(1, 32), says(1, 10), says(2, 32)].map((answer) => (answer as { status: string }).status)).toEqual([
      'Rejected',
      'Accepted',
      'Accepted',
    ]);
  });
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('a car of %s that says what it needs', (version) => {
  it('is heard where it stands at an EVSE of the station, and refused at one that is not there (K15)', () => {
    const answer = (evseId: number, evseIds?: readonly number[]) => {
      const entry = { bootStatus: 'Accepted', heartbeatIntervalS: 300, ...(evseIds && { evseIds }) } as const;
      return tables[version].get('NotifyEVChargingNeeds')?.({ entry, bootRetryIntervalS: 60, now }, { evseId });
    };
    expect([answer(2, [1, 2]), answer(3, [1, 2]), answer(0, [1, 2]), answer(3)].map((each) => (each as { status: string }).status)).toEqual(
      ['Accepted', 'Rejected', 'Rejected', 'Accepted'],
    );
  });
});

describe.each(SUBPROTOCOLS)('answers of %s', (version) => {
  it('cover exactly the actions a station may call', () => {
    const fromStation = [...actions(version).keys()].filter((action) => mayComeFromStation(version, action));
    expect([...tables[version].keys()].sort()).toEqual(fromStation.sort());
  });
  it('satisfy their schemas in every context', () => {
    for (const { action, kind, schema } of officialMessages(version)) {
      const rule = tables[version].get(action);
      if (kind === 'response' || rule === undefined || !isAnswered(version, action)) continue;
      for (const context of contexts)
        for (const extent of ['minimal', 'full'] as const) {
          const answer = rule(context, instanceOf(schema, schema, extent) as Payload);
          expect([action, validate(version, action, 'response', answer)]).toEqual([action, []]);
        }
    }
  });
});
