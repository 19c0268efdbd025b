// Attack 5: passwords are guessed, from one address or from many. Guessers are slowed down before anything is hashed, and lock out nobody.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld, PASSWORD } from '../scenario/support/edge-world.js';
import { HeldClock } from '../scenario/support/held-clock.js';
import { RawStation } from '../scenario/support/raw-station.js';

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
let hashed = 0;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  edge = await system.edge({ trustedProxies: ['127.0.0.1'] });
  await system.station('CP1');
  const { hmac } = system.world.keys;
  hashed = 0;
  system.world.keys.hmac = (purpose, text) => {
    if (purpose === 'credential') hashed++;
    return hmac(purpose, text);
  };
});
afterEach(() => system.close());

const from = async (address: string, password: string): Promise<number | 'in'> => {
  const outcome = await RawStation.attempt({
    port: edge.port,
    path: '/ocpp/CP1',
    user: 'CP1',
    password,
    headers: { 'x-forwarded-for': address },
  });
  if (!(outcome instanceof RawStation)) return outcome.status;
  await outcome.close();
  return 'in';
};

describe('a guesser', () => {
  it('is stopped after ten attempts, and costs no hash from then on', async () => {
    for (let guess = 0; guess < 10; guess++) expect(await from('6.6.6.6', `guess ${guess}`)).toBe(401);
    const before = hashed;
    for (let guess = 0; guess < 5; guess++) expect(await from('6.6.6.6', `more ${guess}`)).toBe(429);
    expect(hashed).toBe(before);
    expect(await from('7.7.7.7', PASSWORD)).toBe('in');
  });
  it('may try again a minute later', async () => {
    for (let guess = 0; guess < 11; guess++) await from('6.6.6.6', `guess ${guess}`);
    clock.advance(60_000);
    expect(await from('6.6.6.6', 'guess')).toBe(401);
  });
  it('with many addresses is stopped as well, and the station still comes in from where it was', async () => {
    expect(await from('7.7.7.7', PASSWORD)).toBe('in');
    const answers: (number | 'in')[] = [];
    for (let guess = 0; guess < 120; guess++) answers.push(await from(`6.6.${guess % 60}.1`, `guess ${guess}`));
    expect(answers.filter((answer) => answer === 401)).toHaveLength(100);
    expect(answers.slice(100)).toEqual(Array(20).fill(429));
    expect(await from('7.7.7.7', PASSWORD)).toBe('in');
  });
});

it('refuses an address that only asks and asks, before the book is asked', async () => {
  const busy = await system.edge({ edgeId: 'busy', attemptsPerAddress: { burst: 3, perS: 1 } });
  let asked = 0;
  const { station } = system.world.book;
  system.world.book.station = (...of) => {
    asked++;
    return station.apply(system.world.book, of);
  };
  const knock = () => RawStation.attempt({ port: busy.port, path: '/ocpp/NOBODY' });
  const statuses = [];
  for (let n = 0; n < 6; n++) statuses.push(((await knock()) as { status: number }).status);
  expect(statuses).toEqual([404, 404, 404, 429, 429, 429]);
  expect(asked).toBe(3);
});
