// The local authorization list a station keeps (2.0.1 D01, 1.6 §5.15): taken whole or by differences, refused out of order or where it is too long.
import type { Handlers } from './replies.js';

/** As settings-catalog.ts says it. */
export const MOST_LISTED = 100;
export const MOST_PER_MESSAGE = 10;

type Verdict = 'Accepted' | 'Failed' | 'VersionMismatch';
type Item = { readonly idToken: string; readonly status?: string | undefined };

function tokenList() {
  let version = 0;
  let list = new Map<string, string>();
  return {
    version: () => version,
    update(updateType: 'Full' | 'Differential', next: number, items: readonly Item[]): Verdict {
      if (next < 1 || items.length > MOST_PER_MESSAGE) return 'Failed';
      if (updateType === 'Differential' && next <= version) return 'VersionMismatch';
      const updated = new Map(updateType === 'Full' ? [] : list);
      for (const { idToken, status } of items) {
        if (status === undefined) updated.delete(idToken);
        else updated.set(idToken, status);
      }
      if (updated.size > MOST_LISTED) return 'Failed';
      list = updated;
      version = next;
      return 'Accepted';
    },
  };
}

export function tokenList16(): Handlers<'ocpp1.6'> {
  const list = tokenList();
  return {
    GetLocalListVersion: () => ({ result: { listVersion: list.version() } }),
    SendLocalList: ({ listVersion, updateType, localAuthorizationList = [] }) => {
      const items = localAuthorizationList.map(({ idTag, idTagInfo }) => ({ idToken: idTag, status: idTagInfo?.status }));
      return { result: { status: list.update(updateType, listVersion, items) } };
    },
  };
}

export function tokenList201(): Handlers<'ocpp2.0.1'> {
  const list = tokenList();
  return {
    GetLocalListVersion: () => ({ result: { versionNumber: list.version() } }),
    SendLocalList: ({ versionNumber, updateType, localAuthorizationList = [] }) => {
      const items = localAuthorizationList.map(({ idToken, idTokenInfo }) => ({ idToken: idToken.idToken, status: idTokenInfo?.status }));
      return { result: { status: list.update(updateType, versionNumber, items) } };
    },
  };
}
