// Attack 4: a stop, or meter values, with the transactionId of another station. The session it names at that station is not touched.
import { expect, it } from '@jest/globals';
import { sessionDefinition } from '#apps/session';
import { decode, type SessionEnded } from '#contracts';
import { foldBatch } from '#service';
import { Stream } from '../../apps/session/records.fixture.js';

it('does not end or feed a session of another station, and is kept as unmatched', () => {
  const victim = new Stream('VICTIM').configured().connected(0).started(1, 1000).measured(11, 2200, 7200);
  const attacker = new Stream('ATTACKER').configured().connected(0).measured(12, 999_000, 1).stopped(13, 999_999);
  const logged = [...victim.records, ...attacker.records].map((record, offset) => ({
    ...record,
    topic: 'site-events',
    partition: 0,
    offset,
  }));
  const memory = { ref: { topic: 'site-events', partition: 0 }, next: 0, seen: {}, states: new Map(), recorded: new Map() };
  const { rows, outbox } = foldBatch(sessionDefinition, memory, logged);
  const sessions = rows.filter(({ table }) => table.name === 'sessions').map(({ row }) => row);
  const last = sessions.findLast(({ station_id }) => station_id === 'VICTIM');
  expect(last).toMatchObject({ status: 'active', energy_wh: 1200, transaction_id: '7' });
  const its = sessions.filter(({ session_id }) => session_id === last?.session_id);
  expect(its.filter(({ status, energy_wh }) => status !== 'active' || Number(energy_wh) > 1200)).toEqual([]);
  const told = outbox.map(({ record }) => decode({ ...record, topic: 'session-events', partition: 0, offset: 0 }));
  expect(told.filter(({ type, data }) => type === 'SessionEnded' && (data as SessionEnded).sessionId === last?.session_id)).toEqual([]);
  expect(told.filter(({ type }) => type === 'FactUnmatched')).toMatchObject([{ stationId: 'ATTACKER' }, { stationId: 'ATTACKER' }]);
});
