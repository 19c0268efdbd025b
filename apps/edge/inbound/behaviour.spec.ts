// What the page of coverage says of answers is what the rules do: every rule with words of its own is told, and no other.
import { expect, it } from '@jest/globals';
import { nothing } from './answer.js';
import { ANSWERS_16 } from './answers-v16.js';
import { ANSWERS_21 } from './answers-v21.js';
import { EDGE_ANSWERS } from './behaviour.js';

it('told of answers is every rule that answers more than an empty result', () => {
  const rules = [...ANSWERS_16, ...ANSWERS_21].filter(([, rule]) => rule !== nothing).map(([action]) => action);
  expect(Object.keys(EDGE_ANSWERS).sort()).toEqual([...new Set(rules)].sort());
});

it.each([
  ['Get15118EVCertificate', 'Failed'],
  ['GetCertificateStatus', 'Failed'],
  ['SignCertificate', 'Rejected'],
  ['DataTransfer', 'UnknownVendorId'],
])('%s is declined', (action, status) => {
  const context = {
    entry: { bootStatus: 'Accepted', heartbeatIntervalS: 300 },
    bootRetryIntervalS: 60,
    now: '2026-11-01T12:00:00Z',
  } as const;
  expect(ANSWERS_21.get(action)?.(context, {})).toMatchObject({ status });
});
