// The tokens that are on local lists, and the stations that keep a list or a cache: one stream per tenant tells them what changed (ADR 0046).
// What a station holds, and when it asks, is in token-copies/.
import type { NetworkEvent, Recorded, SiteEventData } from '#contracts';
import { EMPTY_LIST, type ListBook, offerFor, withoutToken, withToken } from '#domain/local-list';
import { entryOf, type Shards, valuesOf, withEntry } from '#kernel';
import type { Output, ServiceDefinition } from '#service';

interface Keeper {
  readonly siteId: string;
  readonly stationId: string;
  readonly isListKept?: boolean;
  readonly isCacheKept?: boolean;
  /** It was told that the list changed, and has not asked since. */
  readonly isPoked?: boolean;
}

export interface TokenLists {
  readonly book: ListBook;
  /** By site and station: all of a tenant's, so that a change must not copy each. */
  readonly keepers: Shards<Keeper>;
}

type Input = Recorded<NetworkEvent>;

const keyOf = ({ siteId, stationId }: { readonly siteId: string; readonly stationId: string }): string => `${siteId}/${stationId}`;

function bookAfter(book: ListBook, input: Input): ListBook {
  if (input.type === 'DriverErased') return withoutToken(book, input.data.tokenHash, true);
  if (input.type !== 'TokenChanged') return book;
  const { isOnLists, ...token } = input.data;
  return isOnLists === true ? withToken(book, token) : withoutToken(book, token.tokenHash, false);
}

const toSite = <Type extends 'TokenCopiesStale' | 'TokenListOffered'>(
  { siteId, stationId }: Keeper,
  type: Type,
  data: Omit<SiteEventData[Type], 'stationId'>,
): Output => ({ topic: 'site-events', type, siteId, stationId, data: { stationId, ...data } });

function decide({ book, keepers }: TokenLists, input: Input): readonly Output[] {
  if (input.type === 'TokenListAsked') {
    const { question } = input.data;
    const keeper = entryOf(keepers, keyOf(question)) ?? question;
    return [toSite(keeper, 'TokenListOffered', { offer: offerFor(book, question) })];
  }
  if (input.type === 'TokenCopiesKept') {
    const isNews = input.data.isListKept === true && entryOf(keepers, keyOf(input.data))?.isListKept !== true;
    return isNews && book.revision > 0 ? [toSite(input.data, 'TokenCopiesStale', { what: 'list' })] : [];
  }
  const isListChanged = bookAfter(book, input) !== book;
  const isRevoked = input.type === 'DriverErased' || (input.type === 'TokenChanged' && input.data.status !== 'Accepted');
  if (!isListChanged && !isRevoked) return [];
  return valuesOf(keepers).flatMap((keeper) => [
    ...(isListChanged && keeper.isListKept === true && keeper.isPoked !== true
      ? [toSite(keeper, 'TokenCopiesStale', { what: 'list' })]
      : []),
    ...(isRevoked && keeper.isCacheKept === true ? [toSite(keeper, 'TokenCopiesStale', { what: 'cache' })] : []),
  ]);
}

function evolve(state: TokenLists, input: Input, outputs: readonly Output[]): TokenLists {
  const book = bookAfter(state.book, input);
  let { keepers } = state;
  if (input.type === 'TokenCopiesKept') {
    const key = keyOf(input.data);
    keepers = withEntry(keepers, key, { ...entryOf(keepers, key), ...input.data });
  }
  if (input.type === 'TokenListAsked') {
    const { siteId, stationId } = input.data.question;
    const key = keyOf({ siteId, stationId });
    keepers = withEntry(keepers, key, { siteId, stationId, ...entryOf(keepers, key), isPoked: false });
  }
  for (const { type, siteId = '', stationId = '', data } of outputs) {
    if (type !== 'TokenCopiesStale' || (data as { readonly what?: string }).what !== 'list') continue;
    const key = keyOf({ siteId, stationId });
    const keeper = entryOf(keepers, key);
    if (keeper !== undefined) keepers = withEntry(keepers, key, { ...keeper, isPoked: true });
  }
  return book === state.book && keepers === state.keepers ? state : { book, keepers };
}

const HEARD: ReadonlySet<string> = new Set(['DriverErased', 'TokenChanged', 'TokenCopiesKept', 'TokenListAsked']);

export const tokenListsDefinition: ServiceDefinition<TokenLists, NetworkEvent> = {
  name: 'token-lists',
  version: 2,
  inputs: ['network-events'],
  outputs: ['site-events'],
  tables: [],
  fold: {
    aggregateOf: ({ type, tenantId }) => (HEARD.has(type) ? tenantId : undefined),
    initial: () => ({ book: EMPTY_LIST, keepers: {} }),
    decide,
    evolve,
  },
};
