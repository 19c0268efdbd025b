// Asks the answer book what a presented token is worth, and says so when the book cannot be asked.
// The verdict itself is a rule of the authorization domain.

import { judgeToken, type PresentedToken, type TokenPolicy, type TokenVerdict, tokenText } from '#domain/authorization';
import type { Budgets } from '#kernel';
import { type AnswerBook, type Clock, type KeyStore, RouterUnavailable } from '#ports';
import type { StationPath } from '../admission/path.js';

export interface TokenAnswer {
  /** Absent for NoAuthorization: there is nobody behind it. */
  readonly tokenHash?: string;
  /** Undefined = the book is away or incomplete. */
  readonly verdict: TokenVerdict | undefined;
  /** Its driver was erased, and nobody has registered it since. */
  readonly isErased?: true;
}

export interface TokenDesk {
  hash(tenantId: string, value: string): string;
  /** `evseId`: where it is to charge, where the message says so. */
  ask(
    station: StationPath & { readonly siteId: string; readonly evseId?: number },
    token: PresentedToken,
    nowMs: number,
  ): Promise<TokenAnswer>;
}

/** A station that asks about more tokens than its budget has waits for each: cards cannot be guessed, and no driver is refused (attack 13). */
export function tokenDesk(
  book: Pick<AnswerBook, 'token' | 'openSessions' | 'isComplete'>,
  keys: Pick<KeyStore, 'hmac' | 'unseal' | 'wasDestroyed'>,
  budgets: Budgets,
  clock: Clock,
  { concurrentSessions }: TokenPolicy,
): TokenDesk {
  const turn = async (stationKey: string): Promise<void> => {
    const purse = budgets.of(stationKey);
    while (!purse.spend(1, clock.now())) {
      const waitMs = purse.waitMs(1, clock.now());
      await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
    }
  };
  /** A group whose name cannot be read goes by its pseudonym: no driver waits for it. */
  const nameOf = (sealed: string): Promise<string | undefined> => keys.unseal(sealed).catch(() => undefined);
  /** While the keys cannot be asked, nobody counts as erased: what runs is heard all the same. */
  const isErased = (tokenHash: string): Promise<boolean> => keys.wasDestroyed(tokenHash).catch(() => false);
  const hash = (tenantId: string, value: string): string => keys.hmac('token', tokenText(tenantId, value));
  return {
    hash,
    async ask({ tenantId, siteId, stationId, evseId }, { value, type }, nowMs) {
      if (type === 'NoAuthorization') return { verdict: { status: 'Accepted' } };
      const tokenHash = hash(tenantId, value);
      await turn(`${tenantId}/${stationId}`);
      try {
        const [token, openSessions] = await Promise.all([book.token(tenantId, tokenHash), book.openSessions(tenantId, tokenHash)]);
        if (token === undefined && !(await book.isComplete())) return { tokenHash, verdict: undefined };
        const where = { siteId, stationId, ...(evseId !== undefined && { evseId }) };
        const verdict = judgeToken({ token, openSessions, ...where, tokenType: type, nowMs, policy: { concurrentSessions } });
        // A verdict that names no group is of a code that only happens to be the number of a card.
        const groupId = token?.group === undefined || verdict.groupHash === undefined ? undefined : await nameOf(token.group);
        const isGone = token === undefined && (await isErased(tokenHash));
        return { tokenHash, verdict: groupId === undefined ? verdict : { ...verdict, groupId }, ...(isGone && { isErased: true }) };
      } catch (error) {
        if (!(error instanceof RouterUnavailable)) throw error;
        return { tokenHash, verdict: undefined };
      }
    },
  };
}
