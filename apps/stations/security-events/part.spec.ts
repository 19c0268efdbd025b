// A station that guesses cards is told of once a day; one that is merely busy, or repeats itself, is not. Events of stations are in monitoring.spec.ts.
import { expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';

const asks = (stream: StationStream, minute: number, tokenHash: string, status = 'Unknown', action = 'Authorize'): StationStream =>
  stream.says(minute, action, {}, { token: { tokenHash, tokenType: 'ISO14443', status } });
const guesses = (stream: StationStream, from: number, count: number, everyMinutes = 1, status?: string): StationStream => {
  for (let n = 0; n < count; n++) asks(stream, from + n * everyMinutes, `card ${from} ${n}`, status);
  return stream;
};
const told = (stream: StationStream) => stream.rows('security_events');

it('a station that asks about fifty cards nobody knows within a day is told of, once a day', () => {
  const stream = guesses(StationStream.ready(), 1, 49);
  expect(told(stream)).toEqual([]);
  asks(stream, 60, 'card 1 1');
  expect(told(stream)).toEqual([]);
  guesses(stream, 61, 100);
  expect(told(stream)).toMatchObject([
    {
      station_id: 'CP1',
      type: 'CardsGuessed',
      criticality: 'critical',
      at: at(61),
      tech_info: 'asked about 50 cards nobody knows within a day',
    },
  ]);
  expect(told(guesses(stream, 61 + 1440, 60))).toHaveLength(2);
});

it('one that asks inside messages of a vendor is told of as well', () => {
  const stream = guesses(StationStream.ready('ocpp1.6'), 1, 49);
  asks(stream, 60, 'another', 'Unknown', 'DataTransfer');
  expect(told(stream)).toMatchObject([{ type: 'CardsGuessed' }]);
});

it('one that asks about drivers, or about a stranger now and then, is not', () => {
  expect(told(guesses(StationStream.ready(), 1, 100, 1, 'Accepted'))).toEqual([]);
  expect(told(guesses(StationStream.ready(), 1, 100, 30))).toEqual([]);
});
