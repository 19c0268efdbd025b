import { describe, expect, it } from '@jest/globals';
import { bearerAuth } from './auth.js';
import { DEAR, REQUESTS_OF_KEY, STRANGE_KEYS_OF_ADDRESS, spending } from './limits.js';

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
