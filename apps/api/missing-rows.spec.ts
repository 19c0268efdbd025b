// What is said to be missing while rows are still made from the log, and from when on it is.
import { expect, it } from '@jest/globals';
import { HeldClock } from '../../test/scenario/support/held-clock.js';
import { aboutMissingRows } from './missing-rows.js';
import { conflict, notFound } from './problem.js';

const NOTHING_LEFT = { status: 404, detail: 'the site s1 does not exist' };

async function api(head: number) {
  const clock = new HeldClock();
  const places = new Map<string, number>();
  const world = {
    clock,
    log: { partitionCount: () => 1, head: async (topic: string) => (topic === 'site-events' ? head : 0) },
    database: { query: async () => ({ rows: [...places.values()].map((next) => ({ topic: 'site-events', partition: 0, next })) }) },
  } as unknown as Parameters<typeof aboutMissingRows>[0];
  const { left, truthfully } = await aboutMissingRows(world);
  return {
    clock,
    places,
    asked: () => truthfully(false, () => Promise.reject(notFound('the site s1'))).catch((error: unknown) => error),
    truthfully,
    left,
  };
}

it('is not known until every service has read what was there at the start, and then does not exist', async () => {
  const { clock, places, asked } = await api(1_000);
  places.set('load-balancing', 400).set('billing', 900);
  expect(await asked()).toMatchObject({
    status: 503,
    headers: { 'retry-after': '2' },
    detail: 'the rows are still being made from the log, 700 records are left: the site s1 does not exist so far',
  });
  clock.advance(50_000);
  places.set('load-balancing', 1_000);
  expect(await asked()).toMatchObject({ status: 503 });
  places.set('billing', 1_200);
  expect(await asked()).toMatchObject(NOTHING_LEFT);
  places.set('billing', 0); // what comes later is no reason
  expect(await asked()).toMatchObject(NOTHING_LEFT);
});

it('a service that begins within seconds is waited for as well', async () => {
  const { clock, places, asked } = await api(1_000);
  expect(await asked()).toMatchObject(NOTHING_LEFT);
  clock.advance(4_000);
  places.set('load-balancing', 0);
  expect(await asked()).toMatchObject({ status: 503 });
});

it('who reads nothing for a minute is not waited for', async () => {
  const { clock, places, asked } = await api(1_000);
  places.set('a-service-of-before', 10);
  expect(await asked()).toMatchObject({ status: 503 });
  clock.advance(59_000);
  expect(await asked()).toMatchObject({ status: 503 });
  clock.advance(2_000);
  expect(await asked()).toMatchObject(NOTHING_LEFT);
});

it('what is read is read once more where little was left, and told to be tried again otherwise', async () => {
  const { clock, places, truthfully } = await api(1_000);
  places.set('load-balancing', 999);
  const read = () => truthfully(true, async () => (places.get('load-balancing') === 1_000 ? 'found' : Promise.reject(notFound('it'))));
  const soon = read();
  await new Promise(setImmediate);
  places.set('load-balancing', 1_000);
  clock.advance(100);
  expect(await soon).toBe('found');
});

it('is told beside what is found, until all is read', async () => {
  const { clock, places, left } = await api(1_000);
  places.set('load-balancing', 400);
  expect(await left()).toBe(600);
  clock.advance(6_000);
  places.set('load-balancing', 1_000);
  expect(await left()).toBe(0);
});

it('leaves every other answer as it is', async () => {
  const { places, truthfully } = await api(1_000);
  places.set('load-balancing', 0);
  expect(await truthfully(true, async () => 'found')).toBe('found');
  await expect(truthfully(true, () => Promise.reject(conflict('no')))).rejects.toMatchObject({ status: 409 });
});
