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
const statuses: readonly VerdictStatus[] = ['Accepted', 'Blocked', 'Expired', 'Invalid', 'NoCredit', 'ConcurrentTx', 'Unknown'];
const contexts: readonly AnswerContext[] = (['Accepted', 'Pending', 'Rejected'] as const).flatMap((bootStatus) => {
  const base = { entry: { bootStatus, heartbeatIntervalS: 300 }, bootRetryIntervalS: 60, now, transactionId: 7 };
  return [base, ...statuses.map((status) => ({ ...base, verdict: { status, groupHash: 'a'.repeat(64), expiresAt: now } }))];
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
