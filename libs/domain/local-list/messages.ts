// SendLocalList in the words of each version, and what a station's answers say of the list it holds.
import { idTagInfo, idTokenInfo } from '#domain/authorization';
import type { OcppVersion } from '#ocpp';
import type { ListedToken, ListOffer, RemovedToken } from './list-book.js';

const verdict = ({ status, groupHash, expiresAt }: ListedToken) => ({
  status,
  ...(groupHash !== undefined && { groupHash }),
  ...(expiresAt !== undefined && { expiresAt }),
});

const item16 = (token: ListedToken) => ({ idTag: token.idToken, idTagInfo: idTagInfo(verdict(token)) });
const item2 = (token: ListedToken) => ({
  idToken: { idToken: token.idToken, type: token.tokenType },
  idTokenInfo: idTokenInfo(verdict(token)),
});

/** Payload of SendLocalList; who leaves comes without info (D01.FR.17). `versionNumber`: from 1, never 0 or -1, which mean "none" (D01.FR.18, 1.6 5.15). */
export function sendLocalList(
  version: OcppVersion,
  offer: Pick<ListOffer, 'updateType' | 'tokens' | 'removed'>,
  versionNumber: number,
): object {
  const { updateType, tokens, removed } = offer;
  const is16 = version === 'ocpp1.6';
  const gone = (token: RemovedToken) => (is16 ? { idTag: token.idToken } : { idToken: { idToken: token.idToken, type: token.tokenType } });
  const list = [...tokens.map(is16 ? item16 : item2), ...removed.map(gone)];
  return {
    [is16 ? 'listVersion' : 'versionNumber']: Math.max(1, versionNumber),
    updateType,
    ...(list.length > 0 && { localAuthorizationList: list }),
  };
}

/** The number a message gives the list, or a station says it has; undefined when there is none to read. */
export function listVersionIn(payload: Readonly<Record<string, unknown>>): number | undefined {
  const version = payload.versionNumber ?? payload.listVersion;
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : undefined;
}
