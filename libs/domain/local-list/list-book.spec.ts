// Whatever happens to the list and however small the messages are, a station that takes them all holds what it should.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import { EMPTY_LIST, type ListBook, type ListedToken, listVersionIn, offerFor, sendLocalList, withoutToken, withToken } from './index.js';

const token = (name: string, fields: Partial<ListedToken> = {}): ListedToken => ({
  tokenHash: `#${name}`,
  tokenType: 'ISO14443',
  idToken: name,
  status: 'Accepted',
  ...fields,
});
const bookOf = (...names: readonly string[]): ListBook => names.reduce((book, name) => withToken(book, token(name)), EMPTY_LIST);

interface Limits {
  readonly itemsPerMessage: number;
  readonly maxEntries?: number;
  readonly is16?: boolean;
}

/** A station that takes what it is offered, as the specification says. */
class Keeper {
  readonly list = new Map<string, string>();
  readonly updates: string[] = [];
  from: number | undefined;
  fullAt: number | undefined;
  wasCut = false;
  constructor(private readonly limits: Limits) {}

  takeOne(book: ListBook): boolean {
    const offer = offerFor(book, {
      is16: false,
      siteId: 's',
      stationId: 'CP1',
      ...this.limits,
      from: this.from,
      fullAt: this.fullAt,
      wasCut: this.wasCut,
    });
    expect(offer.tokens.length + offer.removed.length).toBeLessThanOrEqual(this.limits.itemsPerMessage);
    if (offer.updateType === 'Full') this.list.clear();
    for (const { idToken, status } of offer.tokens) this.list.set(idToken, status);
    for (const { idToken } of offer.removed) this.list.delete(idToken);
    this.updates.push(offer.updateType);
    this.from = offer.revision;
    this.fullAt = offer.fullAt;
    this.wasCut = offer.isCut;
    return offer.isComplete;
  }
  takeAll(book: ListBook): string[] {
    for (let messages = 1; !this.takeOne(book); messages++) if (messages > 100) throw new Error('the list never ends');
    return [...this.list.keys()].sort();
  }
}

describe('a list told to a station', () => {
  it('comes whole at first, in as many messages as it needs, and by its changes then', () => {
    const keeper = new Keeper({ itemsPerMessage: 2 });
    let book = bookOf('a', 'b', 'c', 'd', 'e');
    expect(keeper.takeAll(book)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(keeper.updates).toEqual(['Full', 'Differential', 'Differential']);
    book = withToken(withoutToken(book, '#b', false), token('c', { status: 'Blocked' }));
    expect(keeper.takeAll(book)).toEqual(['a', 'c', 'd', 'e']);
    expect([keeper.updates.at(-1), keeper.list.get('c')]).toEqual(['Differential', 'Blocked']);
  });
  it('that changes while it is told is whole in the end', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const keeper = new Keeper({ itemsPerMessage: 1 + (seed % 3) });
      let book = bookOf('a', 'b', 'c', 'd');
      let chance = seed;
      for (let step = 0; step < 60; step++) {
        chance = (chance * 48271) % 2147483647;
        const name = 'abcdefg'.charAt(chance % 7);
        if (chance % 5 === 0) book = withoutToken(book, `#${name}`, chance % 35 === 0);
        else book = withToken(book, token(name, { status: chance % 2 === 0 ? 'Accepted' : 'Blocked' }));
        if (chance % 3 === 0) keeper.takeOne(book);
      }
      keeper.takeAll(book);
      expect(Object.fromEntries(keeper.list)).toEqual(Object.fromEntries(book.tokens.map(({ idToken, status }) => [idToken, status])));
    }
  });
  it('with a driver who was erased comes whole again: nobody can say any more who has to leave it (N10.FR.02)', () => {
    const keeper = new Keeper({ itemsPerMessage: 10 });
    const book = bookOf('a', 'b');
    keeper.takeAll(book);
    const after = withoutToken(book, '#a', true);
    expect(JSON.stringify(after)).not.toContain('"a"');
    expect(keeper.takeAll(after)).toEqual(['b']);
    expect(keeper.updates.at(-1)).toBe('Full');
    expect(withoutToken(withoutToken(book, '#a', false), '#a', true).removed).toEqual([]);
  });
  it('that is longer than the station has room for keeps those on it longest', () => {
    const keeper = new Keeper({ itemsPerMessage: 2, maxEntries: 3 });
    let book = bookOf('a', 'b', 'c', 'd');
    expect(keeper.takeAll(book)).toEqual(['a', 'b', 'c']);
    book = withoutToken(book, '#a', false);
    expect(keeper.takeAll(book)).toEqual(['b', 'c', 'd']);
  });
  it('leaves out what 1.6 has no room for', () => {
    const book = withToken(bookOf('a'), token('a token of more than twenty', { idTokenLength: 26 }));
    expect(new Keeper({ itemsPerMessage: 5, is16: true }).takeAll(book)).toEqual(['a']);
    expect(new Keeper({ itemsPerMessage: 5 }).takeAll(book)).toHaveLength(2);
  });
  it('has nobody on it who may not be there, and loses who may not be there any more', () => {
    const keeper = new Keeper({ itemsPerMessage: 5 });
    let book = withToken(
      withToken(bookOf('a'), token('b', { onlyAt: [{ siteId: 's' }] })),
      token('c', { onlyAt: [{ siteId: 'elsewhere' }] }),
    );
    expect(keeper.takeAll(book)).toEqual(['a', 'b']);
    book = withToken(book, token('b', { onlyAt: [{ siteId: 's', stationId: 'CP2' }] }));
    expect(keeper.takeAll(book)).toEqual(['a']);
  });
  it('says nothing where nothing changed', () => {
    const book = bookOf('a');
    expect(withToken(book, token('a'))).toBe(book);
    expect(withoutToken(book, '#x', false)).toBe(book);
  });
});

describe('SendLocalList', () => {
  const place = { siteId: 's', stationId: 'CP1' };
  const offer = {
    updateType: 'Differential',
    tokens: [token('a', { groupHash: 'g'.repeat(64), expiresAt: '2027-01-01T00:00:00Z' })],
    removed: [token('b')],
  } as const;
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
    'keeps to the schema of %s, full, empty and with somebody who leaves',
    (version) => {
      for (const each of [offer, { ...offer, tokens: [], removed: [] }])
        expect(validate(version, 'SendLocalList', 'request', sendLocalList(version, place, each, 3))).toEqual([]);
    },
  );
  it('never numbers a list 0 or -1 (D01.FR.18)', () => {
    expect([0, -1, 7].map((version) => listVersionIn(sendLocalList('ocpp1.6', place, offer, version) as never))).toEqual([1, 1, 7]);
  });
  it('names a group by its sealed name where it fits, and EVSEs where not all are allowed', () => {
    const member = token('a', { groupHash: 'h', group: 'sealed:v1:h:x', groupLength: 25, onlyAt: [{ siteId: 's', evseIds: [2] }] });
    const told = (version: 'ocpp1.6' | 'ocpp2.0.1') => JSON.stringify(sendLocalList(version, place, { ...offer, tokens: [member] }, 2));
    expect(told('ocpp2.0.1')).toContain('"groupIdToken":{"idToken":"sealed:v1:h:x"');
    expect(told('ocpp2.0.1')).toContain('"evseId":[2]');
    expect(told('ocpp1.6')).toContain('"parentIdTag":"h"');
  });
  it('names who leaves without info', () => {
    expect(sendLocalList('ocpp2.0.1', place, offer, 2)).toMatchObject({
      localAuthorizationList: [{ idTokenInfo: { status: 'Accepted' } }, { idToken: { idToken: 'b' } }],
    });
    expect(JSON.stringify(sendLocalList('ocpp2.0.1', place, { ...offer, tokens: [] }, 2))).not.toContain('idTokenInfo');
  });
});
