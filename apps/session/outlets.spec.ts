// The status of an EVSE is what was said of it last, not what arrived last.
import { expect, it } from '@jest/globals';
import type { TimedWord } from './availability.js';
import { type Outlets, statusOf, withWords } from './outlets.js';

const CONNECTED_MS = 1_000;
const word = (status: string, atMs: number, more: Partial<TimedWord> = {}): TimedWord => ({
  ...{ evseId: 1, connectorId: 1, status, atMs, time: undefined, flags: [] },
  ...more,
});
const told = (...words: readonly TimedWord[]): Outlets =>
  words.reduce<Outlets>((outlets, each) => withWords(outlets, [each], 9_000, CONNECTED_MS), {});
const status = (outlets: Outlets) => statusOf(outlets[1] ?? { connectors: {} });

it('what waited in the station is history where a later word is known', () => {
  expect(status(told(word('Available', 2_000), word('Faulted', 500)))).toBe('Available');
  expect(status(told(word('Faulted', 500), word('Charging', 700), word('Available', 2_000)))).toBe('Available');
  expect(status(told(word('Faulted', 500)))).toBe('Faulted');
});
it('a clock that was put back on this connection hides nothing', () =>
  expect(status(told(word('Charging', 5_000), word('Available', 2_000)))).toBe('Available'));
it('each connector has its own time, and the fault of its latest word', () => {
  const outlets = told(word('Available', 2_000), word('Faulted', 900, { connectorId: 2, errorCode: 'GroundFailure' }));
  expect(outlets[1]).toMatchObject({ connectors: { 1: 'Available', 2: 'Faulted' }, errorCode: 'GroundFailure', statusMs: 9_000 });
});
it('the whole EVSE may be spoken of, and nothing is known of an EVSE by what is said of the station', () => {
  expect(status(told(word('Available', 2_000), word('Unavailable', 2_001, { connectorId: 0 })))).toBe('Unavailable');
  const known = told(word('Available', 2_000));
  expect(withWords(known, [word('Faulted', 2_001, { evseId: 0, connectorId: 0 })], 9_000, CONNECTED_MS)).toBe(known);
});
