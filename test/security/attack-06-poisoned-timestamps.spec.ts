// Attack 6: a timestamp of the year 222222017, or none at all, stored and breaking every page that shows it. It is kept, flagged, and never believed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { sessionDefinition } from '#apps/session';
import type { CallReceived } from '#contracts';
import { foldBatch } from '#service';
import { at, Stream } from '../../apps/session/records.fixture.js';
import { EdgeWorld } from '../scenario/support/edge-world.js';

const POISON = [
  '222222017-08-14T09:25:31Z',
  '2017-13-45T99:99:99Z',
  '0000-00-00T00:00:00Z',
  '',
  'null',
  '9999-12-31T23:59:59Z',
  '1970-01-01T00:00:00Z',
];

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
});
afterAll(() => system.close());

describe.each(POISON)('a start at %j', (timestamp) => {
  it('is answered and kept as it came', async () => {
    const station = await system.connect(edge, 'CP1');
    const payload = { connectorId: 1, idTag: 'A', meterStart: 0, timestamp };
    expect((await station.call('StartTransaction', payload))[0]).toBe(3);
    expect((await system.records('CallReceived')).at(-1)?.data as CallReceived).toMatchObject({
      payload: { timestamp },
      answer: { kind: 'result' },
    });
  });
  it('gives a session with a time that every page can show', () => {
    const start = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp };
    const stream = new Stream().configured().connected(0).says(1, 'StartTransaction', start, { transactionId: '7' }).stopped(21, 3000);
    const memory = { ref: { topic: 'site-events', partition: 0 }, next: 0, seen: {}, states: new Map(), recorded: new Map() };
    const { rows, parked } = foldBatch(sessionDefinition, memory, stream.logged());
    expect(parked).toEqual([]);
    const [session] = rows.filter(({ table }) => table.name === 'sessions').map(({ row }) => row);
    expect(session?.started_at).toBe(at(1));
  });
});
