// The tokens that are on local lists, and the stations that keep a list or a cache: one stream per tenant tells them what changed (ADR 0046).
// What a station holds, and when it asks, is in token-copies/.
import type { NetworkEvent, Recorded, SiteEventData } from '#contracts';
import { EMPTY_LIST, type ListBook, offerFor, withoutToken, withToken } from '#domain/local-list';
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
  /** By site and station. */
  readonly keepers: Readonly<Record<string, Keeper>>;
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
    const keeper = keepers[keyOf(question)] ?? question;
    return [toSite(keeper, 'TokenListOffered', { offer: offerFor(book, question) })];
  }
  if (input.type === 'TokenCopiesKept') {
    const isNews = input.data.isListKept === true && keepers[keyOf(input.data)]?.isListKept !== true;
    return isNews && book.revision > 0 ? [toSite(input.data, 'TokenCopiesStale', { what: 'list' })] : [];
  }
  const isListChanged = bookAfter(book, input) !== book;
  const isRevoked = input.type === 'DriverErased' || (input.type === 'TokenChanged' && input.data.status !== 'Accepted');
  if (!isListChanged && !isRevoked) return [];
  return Object.values(keepers).flatMap((keeper) => [
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
    keepers = { ...keepers, [key]: { ...keepers[key], ...input.data } };
  }
  if (input.type === 'TokenListAsked') {
    const { siteId, stationId } = input.data.question;
    const key = keyOf({ siteId, stationId });
    keepers = { ...keepers, [key]: { siteId, stationId, ...keepers[key], isPoked: false } };
  }
  const poked = outputs.filter(({ type, data }) => type === 'TokenCopiesStale' && (data as { readonly what?: string }).what === 'list');
  if (poked.length > 0) {
    const marks = poked.flatMap(({ siteId = '', stationId = '' }) => {
      const key = keyOf({ siteId, stationId });
      const keeper = keepers[key];
      return keeper === undefined ? [] : [[key, { ...keeper, isPoked: true }] as const];
    });
    keepers = { ...keepers, ...Object.fromEntries(marks) };
  }
  return book === state.book && keepers === state.keepers ? state : { book, keepers };
}

const HEARD: ReadonlySet<string> = new Set(['DriverErased', 'TokenChanged', 'TokenCopiesKept', 'TokenListAsked']);

export const tokenListsDefinition: ServiceDefinition<TokenLists, NetworkEvent> = {
  name: 'token-lists',
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
