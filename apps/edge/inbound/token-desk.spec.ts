// What the desk hands to the rule: sessions of the token that run elsewhere count only where the network says so.
import { describe, expect, it } from '@jest/globals';
import { Budgets } from '#kernel';
import { type Clock, RouterUnavailable } from '#ports';
import { tokenDesk } from './token-desk.js';

const NOW = Date.UTC(2026, 10, 26);
const clock = { now: () => NOW } as Clock;
const keys = { hmac: (_purpose: string, text: string) => `hash of ${text}`, unseal: async () => undefined, wasDestroyed: async () => true };
const station = { tenantId: 'default', siteId: 'depot', stationId: 'CS1' };
const token = { value: 'ANN', type: 'ISO14443' };

const ask = async (concurrentSessions: 'allow' | 'refuse', ...running: readonly string[]): Promise<string | undefined> => {
  const openSessions = running.map((stationId) => ({ tokenHash: 'h', sessionId: stationId, stationId }));
  const book = {
    token: async () => ({ tokenHash: 'h', status: 'Accepted' as const }),
    openSessions: async () => openSessions,
    isComplete: async () => true,
  };
  const desk = tokenDesk(book, keys, new Budgets({ burst: 100, perS: 1 }), clock, { concurrentSessions });
  return (await desk.ask(station, token, NOW)).verdict?.status;
};

describe('a token with a session that runs at another station', () => {
  it('may charge here too where the network allows it, which is the default', async () => {
    expect(await ask('allow', 'CS2')).toBe('Accepted');
  });
  it('is told ConcurrentTx where the network refuses it, and nowhere because of a session here', async () => {
    expect(await ask('refuse', 'CS2')).toBe('ConcurrentTx');
    expect(await ask('refuse', 'CS1')).toBe('Accepted');
    expect(await ask('refuse')).toBe('Accepted');
  });
});

it('tells the group of a card to whoever may show it, and nothing of it to who typed its number', async () => {
  const card = { tokenHash: 'h', status: 'Accepted' as const, tokenType: 'ISO14443', groupHash: 'g', group: 'sealed' };
  const book = { token: async () => card, openSessions: async () => [], isComplete: async () => true };
  const named = { ...keys, unseal: async () => 'FLEET' };
  const desk = tokenDesk(book, named, new Budgets({ burst: 100, perS: 1 }), clock, { concurrentSessions: 'allow' });
  expect((await desk.ask(station, token, NOW)).verdict).toMatchObject({ status: 'Accepted', groupId: 'FLEET' });
  expect((await desk.ask(station, { ...token, type: 'KeyCode' }, NOW)).verdict).toEqual({ status: 'Invalid' });
});

it('gives no verdict while the book is away or does not know everything', async () => {
  const away = async (): Promise<never> => {
    throw new RouterUnavailable('redis is gone');
  };
  const desk = (book: Parameters<typeof tokenDesk>[0]) =>
    tokenDesk(book, keys, new Budgets({ burst: 100, perS: 1 }), clock, { concurrentSessions: 'allow' }).ask(station, token, NOW);
  const partly = { token: async () => undefined, openSessions: async () => [], isComplete: async () => false };
  expect((await desk(partly)).verdict).toBeUndefined();
  expect((await desk({ ...partly, token: away })).verdict).toBeUndefined();
  expect(await desk({ ...partly, isComplete: async () => true })).toMatchObject({ verdict: { status: 'Unknown' }, isErased: true });
});
