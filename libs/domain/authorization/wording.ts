// A verdict in the words of each protocol version.
// A group goes by its own name where that is known: a station compares it with its MasterPassGroupId and its local list (C09, C16).
import type { V16, V201 } from '#ocpp';
import type { TokenVerdict, VerdictStatus } from './judge-token.js';

type IdTagInfo = V16.AuthorizeResponse['idTagInfo'];
type IdTokenInfo = V201.AuthorizeResponse['idTokenInfo'];

/** 1.6 has fewer words: who is unknown, out of credit or at another place is Invalid. */
const STATUS_16: { readonly [Status in VerdictStatus]: IdTagInfo['status'] } = {
  Accepted: 'Accepted',
  Blocked: 'Blocked',
  Expired: 'Expired',
  ConcurrentTx: 'ConcurrentTx',
  Invalid: 'Invalid',
  NoCredit: 'Invalid',
  NotAtThisLocation: 'Invalid',
  Unknown: 'Invalid',
};

const LONGEST_ID_TAG = 20;
const LONGEST_ID_TOKEN = 36;

/** Its name, or its pseudonym where the name is not known or too long: cut names of two groups may be equal. */
function groupOf({ groupId, groupHash }: TokenVerdict, longest: number): string | undefined {
  return groupId !== undefined && groupId.length <= longest ? groupId : groupHash?.slice(0, longest);
}

/** 1.6 IdTagInfo. It has no list of connectors. */
export const idTagInfo = (verdict: TokenVerdict): IdTagInfo => {
  const { status, expiresAt } = verdict;
  const parentIdTag = groupOf(verdict, LONGEST_ID_TAG);
  return {
    status: STATUS_16[status],
    ...(expiresAt !== undefined && { expiryDate: expiresAt }),
    ...(parentIdTag !== undefined && { parentIdTag }),
  };
};

/** 2.0.1 IdTokenInfoType; the group goes with every answer that has one (C09.FR.12), EVSEs only where not all are allowed (C01.FR.19 to 22). */
export const idTokenInfo = (verdict: TokenVerdict): IdTokenInfo => {
  const { status, expiresAt, evseIds } = verdict;
  const [first, ...rest] = evseIds ?? [];
  const idToken = groupOf(verdict, LONGEST_ID_TOKEN);
  return {
    status,
    ...(expiresAt !== undefined && { cacheExpiryDateTime: expiresAt }),
    ...(first !== undefined && { evseId: [first, ...rest] }),
    ...(idToken !== undefined && { groupIdToken: { idToken, type: 'Central' as const } }),
  };
};
