// Who keeps copies of tokens is told when they change, and gets what it asks for.
import { describe, expect, it } from '@jest/globals';
import type { NetworkEvent, Recorded } from '#contracts';
import { type TokenLists, tokenListsDefinition } from './token-lists.js';

const { fold } = tokenListsDefinition;
const question = { itemsPerMessage: 10, is16: false, siteId: 's', stationId: 'CP1' };
const token = (name: string, fields: object = {}) => ({
  type: 'TokenChanged',
  data: { tokenHash: `#${name}`, tokenType: 'Central', idToken: `sealed:${name}`, status: 'Accepted', isOnLists: true, ...fields },
});
const keeps = (fields: object, stationId = 'CP1') => ({ type: 'TokenCopiesKept', data: { siteId: 's', stationId, ...fields } });
const asks = (fields: object = {}) => ({ type: 'TokenListAsked', data: { question: { ...question, ...fields } } });
const erased = (name: string) => ({ type: 'DriverErased', data: { tokenHash: `#${name}`, requestedBy: 'api:tests' } });

/** What the last record leads to. */
function toldAfter(...records: readonly { readonly type: string; readonly data: unknown }[]) {
  let state: TokenLists = fold.initial('t');
  let told: readonly unknown[] = [];
  for (const [offset, record] of records.entries()) {
    const input = {
      ...record,
      id: `r${offset}`,
      tenantId: 't',
      at: { topic: 'network-events', partition: 0, offset },
    } as unknown as Recorded<NetworkEvent>;
    const outputs = fold.decide(state, input);
    told = outputs.map(({ type, siteId, stationId, data }) => ({ type, siteId, stationId, ...(data as object) }));
    state = fold.evolve(state, input, outputs);
  }
  return told;
}
const stale = (what: string, stationId = 'CP1') => ({ type: 'TokenCopiesStale', siteId: 's', stationId, what });

describe('a token that is on lists', () => {
  it('makes the lists of stations stale, once until they ask', () => {
    expect(toldAfter(keeps({ isListKept: true }), keeps({ isListKept: false }, 'CP2'), token('a'))).toEqual([stale('list')]);
    expect(toldAfter(keeps({ isListKept: true }), token('a'), token('b'))).toEqual([]);
    expect(toldAfter(keeps({ isListKept: true }), token('a'), asks(), token('b'))).toEqual([stale('list')]);
  });
  it('is offered to who asks, and to who comes later', () => {
    expect(toldAfter(token('a'), keeps({ isListKept: true }))).toEqual([stale('list')]);
    expect(toldAfter(token('a'), asks())).toMatchObject([
      {
        type: 'TokenListOffered',
        siteId: 's',
        stationId: 'CP1',
        offer: { updateType: 'Full', tokens: [{ idToken: 'sealed:a' }], isComplete: true },
      },
    ]);
  });
  it('leaves by a difference when it is taken off, and by a full list when its driver is erased', () => {
    const offered = (last: ReturnType<typeof token>) => toldAfter(token('a'), token('b'), last, asks({ from: 2, fullAt: 2 }));
    expect(offered(token('a', { isOnLists: false }))).toMatchObject([
      { offer: { updateType: 'Differential', removed: [{ idToken: 'sealed:a' }] } },
    ]);
    expect(offered(erased('a') as never)).toMatchObject([
      { offer: { updateType: 'Full', tokens: [{ idToken: 'sealed:b' }], removed: [] } },
    ]);
  });
});

describe('a token that is not accepted any more', () => {
  it('makes caches stale, whether it is on lists or not', () => {
    const blocked = token('a', { status: 'Blocked', isOnLists: false });
    expect(toldAfter(keeps({ isCacheKept: true }), keeps({ isListKept: true }, 'CP2'), blocked)).toEqual([stale('cache')]);
    expect(toldAfter(keeps({ isCacheKept: true }), erased('a'))).toEqual([stale('cache')]);
    expect(toldAfter(keeps({ isCacheKept: true }), token('a', { isOnLists: false }))).toEqual([]);
  });
});
