import { describe, expect, it } from '@jest/globals';
import { bearerAuth } from './auth.js';
import { calculatorRoutes } from './calculators.js';
import { costOfEffort, DEAR, REQUESTS_OF_KEY, STRANGE_KEYS_OF_ADDRESS, spending } from './limits.js';

let nowMs = 0;
const clock = { now: () => nowMs };

describe('a key that asks without end', () => {
  it('is told to wait, and how long; nobody else is', () => {
    const spend = spending(clock);
    for (let request = 0; request < REQUESTS_OF_KEY.burst; request++) spend('t/busy', 1);
    expect(() => spend('t/busy', 1)).toThrow(expect.objectContaining({ status: 429, headers: { 'retry-after': '1' } }));
    expect(() => spend('t/calm', 1)).not.toThrow();
    nowMs += 1_000;
    for (let request = 0; request < REQUESTS_OF_KEY.perS; request++) spend('t/busy', 1);
    expect(() => spend('t/busy', 1)).toThrow('wait 1 s');
  });

  it('may have fewer calculations than reads', () => {
    const spend = spending(clock);
    for (let calculation = 0; calculation < REQUESTS_OF_KEY.burst / DEAR; calculation++) spend('t/planner', DEAR);
    expect(() => spend('t/planner', DEAR)).toThrow('asked too much');
  });
});

describe('a price', () => {
  const tariff = (elements: number) => ({
    elements: Array.from({ length: elements }, (_, step) => ({
      price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 }],
      restrictions: { min_kwh: step, max_kwh: step + 1 },
    })),
    ...{ id: 't', currency: 'EUR' },
  });
  const [rating] = calculatorRoutes();
  const spent = async (elements: number, periods: number): Promise<readonly number[]> => {
    const times = Array.from({ length: periods }, (_, period) => new Date(Date.UTC(2026, 0, 1) + period * 1000).toISOString());
    const charging_periods = times.map((start_date_time) => ({ start_date_time, dimensions: [{ type: 'ENERGY', volume: 0.1 }] }));
    const cdr = { start_date_time: '2026-01-01T00:00:00Z', end_date_time: '2026-01-02T00:00:00Z', charging_periods };
    const costs: number[] = [];
    await rating?.handle({ body: { tariff: tariff(elements), cdr }, spend: (cost: number) => void costs.push(cost) } as never);
    return costs;
  };

  it('costs what it takes: one of many pieces and prices is as dear as many requests, and never more than a key can have', async () => {
    expect(await spent(1, 1)).toEqual([1]);
    const [many = 0] = await spent(500, 1_500);
    expect(many).toBeGreaterThan(20);
    expect(costOfEffort(1e12) + DEAR).toBe(REQUESTS_OF_KEY.burst);
  });
});

describe('who guesses keys', () => {
  it('is not looked up any more after too many, while a key that was good comes in from the same address', async () => {
    const asked: string[] = [];
    const authenticate = bearerAuth(
      { hmac: (_purpose: string, text: string) => text.padEnd(64) } as never,
      'the right key',
      async (hash) => {
        asked.push(hash);
        return hash.startsWith('good') ? { tenantId: 'default', name: 'partner', role: 'viewer' } : undefined;
      },
      clock,
    );
    const come = (key: string, remoteAddress = '192.0.2.1') =>
      authenticate({ headers: { authorization: `Bearer ${key}` }, socket: { remoteAddress } } as never);
    await come('good one');
    for (let guess = 0; guess < STRANGE_KEYS_OF_ADDRESS.burst; guess++)
      await expect(come(`guess ${guess}`)).rejects.toMatchObject({ status: 401 });
    asked.length = 0;
    await expect(come('one guess more')).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(asked).toEqual([]);
    await expect(come('good one')).resolves.toMatchObject({ name: 'partner' });
    await expect(come('the right key')).resolves.toMatchObject({ name: 'admin' });
    await expect(come('good too', '192.0.2.2')).resolves.toMatchObject({ name: 'partner' });
    nowMs += 1_000;
    await expect(come('guess later')).rejects.toMatchObject({ status: 401 });
  });
});
