// The authorization cache of one station (C10, C11): emptied when a token is not accepted any more, at once or when the station is back.
import { type DeclaredTokens, declaredBy } from '#domain/local-list';
import { didNotArrive, type Heard } from '../heard.js';
import { type Part, requesterOf, type Wish } from '../part.js';
import type { Station } from '../station.js';
import { ASKS_OR_SETS, toldValues } from '../told-values.js';
import { kept } from './local-list.js';
import { TOKEN_CACHES } from './tables.js';

export interface Cache {
  readonly declared: DeclaredTokens;
  readonly isTold?: boolean;
  /** It may let somebody in who is not accepted any more. */
  readonly isStale?: boolean;
  readonly isAsked?: boolean;
  /** The last word of the station about emptying it. */
  readonly answer?: string;
}

export const tokenCache: Part<Cache> = {
  name: 'token-cache',
  tables: [TOKEN_CACHES],
  calls: ['BootNotification', 'NotifyReport'],
  commands: ['ClearCache', ...ASKS_OR_SETS],
  facts: ['ConfigurationAccepted', 'StationConnected', 'TokenCopiesStale'],
  triesAgain: true,
  initial: { declared: {} },
  decide(before, heard, station) {
    const cache = afterHeard(before, heard);
    const wishes: Wish[] = [];
    const { isCacheEnabled } = cache.declared;
    const isKept = isCacheEnabled === true && station.isConfigured;
    if (isCacheEnabled !== undefined && cache.isTold !== isKept) wishes.push(kept(station, { isCacheKept: isKept }));
    const isDue = cache.isStale === true && cache.isAsked !== true && isCacheEnabled === true;
    if (didNotArrive(heard)) return wishes;
    return isDue && isReady(station) ? [...wishes, { action: 'ClearCache', payload: {} }] : wishes;
  },
  evolve(before, heard, _station, { commands, facts }) {
    const cache = afterHeard(before, heard);
    const told = facts.find(({ type }) => type === 'TokenCopiesKept')?.data as { readonly isCacheKept?: boolean } | undefined;
    const known = told?.isCacheKept === undefined ? cache : { ...cache, isTold: told.isCacheKept };
    if (commands.length === 0) return known;
    // What is revoked from here on makes it stale again.
    const { isStale: _, ...rest } = known;
    return { ...rest, isAsked: true };
  },
  rows({ before, after, heard, place }) {
    const row = (cache: Cache) => ({
      is_kept: cache.declared.isCacheEnabled ?? null,
      is_stale: cache.isStale === true || cache.isAsked === true,
      answer: cache.answer ?? null,
    });
    if (after === before || JSON.stringify(row(after)) === JSON.stringify(row(before))) return [];
    return [{ table: TOKEN_CACHES, row: { ...place, ...row(after), changed_at: heard.input.time } }];
  },
};

const isReady = ({ isOnline, isConfigured, bootStatus }: Station): boolean => isOnline && isConfigured && bootStatus === 'Accepted';

function afterHeard(cache: Cache, heard: Heard): Cache {
  switch (heard.kind) {
    case 'call': {
      const declared = heard.isOld ? cache.declared : declaredBy(cache.declared, heard.payload);
      return declared === cache.declared ? cache : { ...cache, declared };
    }
    case 'fact':
      return heard.input.type === 'TokenCopiesStale' && heard.input.data.what === 'cache' ? { ...cache, isStale: true } : cache;
    case 'outcome':
      return afterOutcome(cache, heard);
    default:
      return cache;
  }
}

/** Accepted or not, it was told; silence and what never left are made up for when it is back. */
function afterOutcome(cache: Cache, heard: Extract<Heard, { kind: 'outcome' }>): Cache {
  const { command, outcome } = heard;
  if (command.action !== 'ClearCache') {
    const declared = declaredBy(cache.declared, toldValues(heard));
    return declared === cache.declared ? cache : { ...cache, declared };
  }
  const isOurs = command.requestedBy === requesterOf(tokenCache);
  const { isAsked: _, ...idle } = cache;
  const after = isOurs ? idle : cache;
  switch (outcome.kind) {
    case 'answered':
      return { ...after, answer: String(outcome.payload.status) };
    case 'errored':
      return { ...after, answer: outcome.code };
    default:
      return isOurs ? { ...after, isStale: true } : after;
  }
}
