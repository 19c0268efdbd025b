// Who a transaction of 2.x is for that names only its remoteStartId: the token we asked the station to begin it with (F01).
// That the transaction began is the station's to say.
import { subjectOf } from '#domain/privacy';
import { asObject, type Json } from './json.js';
import type { SiteInput } from './site-fold.js';
import type { RemoteStart, StationState } from './state.js';

/** More are not waited for: each is told within the start's time-out, or after the station was offline. */
const MOST_KEPT = 20;

export function evolveRemoteStarts(before: StationState['remoteStarts'], input: SiteInput): StationState['remoteStarts'] {
  if ((input.type !== 'CommandRequested' && input.type !== 'ProfileRequested') || input.data.action !== 'RequestStartTransaction')
    return before;
  const { remoteStartId, idToken } = asObject(input.data.payload);
  const { idToken: sealed, type } = asObject(idToken);
  const tokenHash = typeof sealed === 'string' ? subjectOf(sealed) : undefined;
  if (typeof sealed !== 'string' || tokenHash === undefined || typeof remoteStartId !== 'number') return before;
  const start: RemoteStart = {
    tokenHash,
    tokenType: typeof type === 'string' ? type : 'Central',
    idToken: sealed,
    offset: input.at.offset,
  };
  // Numbers as keys come in their own order, not in that of time.
  const others = Object.entries(before ?? {})
    .filter(([id]) => id !== String(remoteStartId))
    .sort(([, a], [, b]) => (a.offset ?? 0) - (b.offset ?? 0));
  return Object.fromEntries([...others.slice(1 - MOST_KEPT), [remoteStartId, start]]);
}

/** The one a TransactionEvent belongs to that names no token itself. */
export function remoteStartOf({ remoteStarts }: StationState, action: string, payload: unknown): RemoteStart | undefined {
  const { idToken, transactionInfo } = asObject(payload);
  if (action !== 'TransactionEvent' || idToken !== undefined) return undefined;
  const { remoteStartId } = asObject(transactionInfo);
  return typeof remoteStartId === 'number' ? remoteStarts?.[remoteStartId] : undefined;
}

/** As if the station had named it. */
export const withToken = (payload: unknown, { idToken, tokenType }: RemoteStart): Json => ({
  ...asObject(payload),
  idToken: { idToken, type: tokenType },
});
