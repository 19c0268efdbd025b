import { expect, it } from '@jest/globals';
import { alertText, todoText } from '../pages/alerts/alert-text.js';
import { wordsOf } from '../words/format.js';
import { alertsOf } from './alert-shapes.js';

const told = alertsOf({
  items: [
    {
      alertId: 'a',
      kind: 'limitNotFollowed',
      severity: 'critical',
      stationId: 'CP',
      evseId: 1,
      since: '2026-05-01T10:00:00Z',
      detail: { how: 'ignores', allowedA: 10, drawnA: 31.96 },
    },
    { alertId: 'b', kind: 'emptySession', severity: 'info', detail: { energyWh: '3.2' } },
    { alertId: 'c', kind: 'somethingNew', severity: 'dire' },
  ],
  counts: { critical: 1, info: 1 },
  total: 3,
});
const [limit, empty, strange] = told.items as [(typeof told.items)[0], (typeof told.items)[0], (typeof told.items)[0]];
const plain = (text: string) => text.replace(/\s/g, ' ');

it('says an alert with its figures, and what to do about it', () => {
  expect(plain(alertText(limit, wordsOf('en')))).toBe('The outlet ignores its limit: 32 A drawn, 10 A allowed per phase.');
  expect(plain(alertText(empty, wordsOf('de')))).toBe('Ein Ladevorgang endete mit 0,00 kWh.');
  expect(todoText(limit, wordsOf('en'))).toMatch(/^The others give way/);
  expect(told.counts).toEqual({ critical: 1, warning: 0, info: 1 });
});

it('shows one it has never heard of', () => {
  expect([alertText(strange, wordsOf('en')), todoText(strange, wordsOf('en')), strange.severity, strange.sinceMs]).toEqual([
    'somethingNew',
    '',
    'warning',
    null,
  ]);
});
