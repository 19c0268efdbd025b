// The tokens that stations keep to let drivers in while they are offline, in the order of their last change. Pure.
// A station that holds everything up to a revision needs what changed after it; which message tells it is in messages.ts.
import type { TokenPlace } from '#domain/authorization';

/** A token as a station is told of it. */
export interface ListedToken {
  readonly tokenHash: string;
  /** OCPP 2.x IdTokenEnumType. */
  readonly tokenType: string;
  /** Sealed under the token's own subject; opened on the way out. */
  readonly idToken: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  /** Name of the group, sealed. */
  readonly group?: string;
  /** ISO 8601 */
  readonly expiresAt?: string;
  /** Absent = everywhere. */
  readonly onlyAt?: readonly TokenPlace[];
  /** Characters of the token and of its group: what is sealed cannot be counted. Absent = short. */
  readonly idTokenLength?: number;
  readonly groupLength?: number;
}

export type RemovedToken = Pick<ListedToken, 'tokenHash' | 'tokenType' | 'idToken' | 'idTokenLength'>;

type Dated<T> = T & { readonly revision: number };

export interface ListBook {
  /** Of the last change; 0 = nobody was ever on it. */
  readonly revision: number;
  /** Oldest change first. */
  readonly tokens: readonly (Dated<ListedToken> & { readonly joined: number })[];
  /** Left the list, oldest first. */
  readonly removed: readonly Dated<RemovedToken>[];
  /** What left before this revision is forgotten: stations behind it get everything. */
  readonly forgottenTo: number;
}

export const EMPTY_LIST: ListBook = { revision: 0, tokens: [], removed: [], forgottenTo: 0 };

/** Memory of a tenant's list is bounded; no station has more room either. */
export const MOST_LISTED = 10_000;
const MOST_REMOVED = 1_000;

/** The same object when nothing changed, or when the list is full. */
export function withToken(book: ListBook, token: ListedToken): ListBook {
  const known = book.tokens.find(({ tokenHash }) => tokenHash === token.tokenHash);
  if (known === undefined && book.tokens.length >= MOST_LISTED) return book;
  const revision = book.revision + 1;
  if (known !== undefined && isSame(known, token)) return book;
  const others = book.tokens.filter((each) => each !== known);
  const removed = book.removed.filter(({ tokenHash }) => tokenHash !== token.tokenHash);
  return { ...book, revision, tokens: [...others, { ...token, revision, joined: known?.joined ?? revision }], removed };
}

/** `isErased`: nobody can read the token any more, so only a full list can be without it. */
export function withoutToken(book: ListBook, hash: string, isErased: boolean): ListBook {
  const known = book.tokens.find(({ tokenHash }) => tokenHash === hash);
  const wasRemoved = book.removed.some(({ tokenHash }) => tokenHash === hash);
  if (known === undefined && !(isErased && wasRemoved)) return book;
  const revision = book.revision + 1;
  const tokens = book.tokens.filter((each) => each !== known);
  if (isErased) return { revision, tokens, removed: [], forgottenTo: revision };
  if (known === undefined) return book;
  const removed = [...book.removed, { ...nameOf(known), revision }];
  const forgotten = removed.slice(0, -MOST_REMOVED).at(-1);
  return { revision, tokens, removed: removed.slice(-MOST_REMOVED), forgottenTo: forgotten?.revision ?? book.forgottenTo };
}

const CONTENT = ['status', 'tokenType', 'groupHash', 'expiresAt', 'onlyAt'] as const;
const isSame = (a: ListedToken, b: ListedToken): boolean => CONTENT.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]));

/** What a station asks for. */
export interface ListQuestion {
  /** It holds everything up to this revision; absent = it gets everything. */
  readonly from?: number | undefined;
  /** Revision of the book when its present full list was begun: who had left by then was never told to it. */
  readonly fullAt?: number | undefined;
  readonly itemsPerMessage: number;
  /** Its present list was cut. */
  readonly wasCut?: boolean | undefined;
  /** Tokens it has room for; absent = not said. */
  readonly maxEntries?: number | undefined;
  readonly is16: boolean;
  readonly siteId: string;
  readonly stationId: string;
}

/** What 1.6 has room for. */
const LONGEST_ID_TAG = 20;
const isNameable = ({ idTokenLength = 0 }: Pick<ListedToken, 'idTokenLength'>, is16: boolean): boolean =>
  !is16 || idTokenLength <= LONGEST_ID_TAG;
const isAt = ({ onlyAt }: ListedToken, { siteId, stationId }: ListQuestion): boolean =>
  onlyAt === undefined || onlyAt.some((place) => place.siteId === siteId && (place.stationId ?? stationId) === stationId);
const nameOf = ({ tokenHash, tokenType, idToken, idTokenLength }: RemovedToken): RemovedToken => ({
  tokenHash,
  tokenType,
  idToken,
  ...(idTokenLength !== undefined && { idTokenLength }),
});

/** One message's worth. */
export interface ListOffer {
  readonly updateType: 'Full' | 'Differential';
  readonly tokens: readonly ListedToken[];
  readonly removed: readonly RemovedToken[];
  /** What the station holds up to once it took this. */
  readonly revision: number;
  readonly fullAt: number;
  /** The station has no room for all of them. */
  readonly isCut: boolean;
  /** Nothing is left to be told. */
  readonly isComplete: boolean;
  /** Tokens it holds then, as far as this book knows. */
  readonly entries: number;
}

/** A full list too large for one message goes on as differentials (D01.FR.03/11); one too large for the station is cut, those on it longest stay. */
export function offerFor(book: ListBook, question: ListQuestion): ListOffer {
  const { from, fullAt = 0, itemsPerMessage, maxEntries, wasCut = false, is16 } = question;
  const nameable = book.tokens.filter((token) => isNameable(token, is16));
  const fitting = nameable.filter((token) => isAt(token, question));
  const isCut = maxEntries !== undefined && fitting.length > maxEntries;
  const listed = isCut ? [...fitting].sort((a, b) => a.joined - b.joined).slice(0, maxEntries) : fitting;
  // Of a cut list nobody knows who moves up: it is told anew. So is one that somebody erased has to leave.
  // A full list that was begun after what is forgotten goes on, however old the changes are that its first messages told.
  const isFull = from === undefined || Math.max(from, fullAt) < book.forgottenTo || ((isCut || wasCut) && fullAt < book.revision);
  const since = isFull ? 0 : from;
  const startedAt = isFull ? book.revision : fullAt;
  // Who may not be here any more leaves; a station that never had him has nothing to do.
  const leaving = [
    ...book.removed.filter((token) => isNameable(token, is16) && token.revision > startedAt),
    ...nameable.filter((token) => !isAt(token, question)),
  ];
  const changes: readonly Dated<{ readonly token?: ListedToken; readonly removed?: RemovedToken }>[] = [
    ...listed.map((token) => ({ revision: token.revision, token: plain(token) })),
    ...(isFull ? [] : leaving.map((token) => ({ revision: token.revision, removed: nameOf(token) }))),
  ]
    .filter(({ revision }) => revision > since)
    .sort((a, b) => a.revision - b.revision);
  const told = changes.slice(0, Math.max(1, itemsPerMessage));
  const isComplete = told.length === changes.length;
  return {
    updateType: isFull ? 'Full' : 'Differential',
    tokens: told.flatMap(({ token }) => (token === undefined ? [] : [token])),
    removed: told.flatMap(({ removed }) => (removed === undefined ? [] : [removed])),
    revision: isComplete ? book.revision : (told.at(-1)?.revision ?? book.revision),
    fullAt: startedAt,
    isCut,
    isComplete,
    entries: isComplete ? listed.length : told.length,
  };
}

const plain = ({ revision: _, joined: __, ...token }: ListBook['tokens'][number]): ListedToken => token;
