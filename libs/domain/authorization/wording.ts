// A verdict in the words of each protocol version.
// Groups leave as pseudonyms: a station only ever compares them with each other, never with a printed card.
import type { V16, V201 } from '#ocpp';
import type { TokenVerdict, VerdictStatus } from './judge-token.js';

type IdTagInfo = V16.AuthorizeResponse['idTagInfo'];
type IdTokenInfo = V201.AuthorizeResponse['idTokenInfo'];

/** 1.6 has fewer words: who is unknown or out of credit is Invalid. */
const STATUS_16: { readonly [Status in VerdictStatus]: IdTagInfo['status'] } = {
  Accepted: 'Accepted',
  Blocked: 'Blocked',
  Expired: 'Expired',
  ConcurrentTx: 'ConcurrentTx',
  Invalid: 'Invalid',
  NoCredit: 'Invalid',
  Unknown: 'Invalid',
};

const LONGEST_ID_TAG = 20;
const LONGEST_ID_TOKEN = 36;

/** 1.6 IdTagInfo. */
export const idTagInfo = ({ status, groupHash, expiresAt }: TokenVerdict): IdTagInfo => ({
  status: STATUS_16[status],
  ...(expiresAt !== undefined && { expiryDate: expiresAt }),
  ...(groupHash !== undefined && { parentIdTag: groupHash.slice(0, LONGEST_ID_TAG) }),
});

/** 2.0.1 IdTokenInfoType; the group goes with every answer that has one (C09.FR.12). */
export const idTokenInfo = ({ status, groupHash, expiresAt }: TokenVerdict): IdTokenInfo => ({
  status,
  ...(expiresAt !== undefined && { cacheExpiryDateTime: expiresAt }),
  ...(groupHash !== undefined && { groupIdToken: { idToken: groupHash.slice(0, LONGEST_ID_TOKEN), type: 'Central' as const } }),
});
