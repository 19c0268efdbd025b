// SendLocalList in the words of each version, and what a station's answers say of the list it holds.
import { idTagInfo, idTokenInfo } from '#domain/authorization';
import type { OcppVersion } from '#ocpp';
import type { ListedToken, ListOffer, RemovedToken } from './list-book.js';

/** What 1.6 and 2.x have room for. */
const LONGEST = { idTag: 20, idToken: 36 } as const;

/** A group that fits goes by its sealed name, opened on the way out; any other by its pseudonym. */
const groupId = ({ group, groupLength = 0 }: ListedToken, longest: number) =>
  group !== undefined && groupLength <= longest ? { sealedGroup: group } : {};

const verdict = ({ status, groupHash, expiresAt }: ListedToken) => ({
  status,
  ...(groupHash !== undefined && { groupHash }),
  ...(expiresAt !== undefined && { expiresAt }),
});

function item16(token: ListedToken) {
  const { sealedGroup } = groupId(token, LONGEST.idTag);
  return {
    idTag: token.idToken,
    idTagInfo: { ...idTagInfo(verdict(token)), ...(sealedGroup !== undefined && { parentIdTag: sealedGroup }) },
  };
}

function item2(token: ListedToken, { siteId, stationId }: StationPlace) {
  const { sealedGroup } = groupId(token, LONGEST.idToken);
  const here = token.onlyAt?.filter((place) => place.siteId === siteId && (place.stationId ?? stationId) === stationId) ?? [];
  const evseIds =
    here.length > 0 && here.every((place) => place.evseIds !== undefined) ? here.flatMap((place) => place.evseIds ?? []) : undefined;
  const info = idTokenInfo({ ...verdict(token), ...(evseIds !== undefined && { evseIds: [...new Set(evseIds)] }) });
  return {
    idToken: { idToken: token.idToken, type: token.tokenType },
    idTokenInfo: { ...info, ...(sealedGroup !== undefined && { groupIdToken: { idToken: sealedGroup, type: 'Central' } }) },
  };
}

interface StationPlace {
  readonly siteId: string;
  readonly stationId: string;
}

/** Payload of SendLocalList; who leaves comes without info (D01.FR.17). `versionNumber`: from 1, never 0 or -1, which mean "none" (D01.FR.18, 1.6 5.15). */
export function sendLocalList(
  version: OcppVersion,
  place: StationPlace,
  offer: Pick<ListOffer, 'updateType' | 'tokens' | 'removed'>,
  versionNumber: number,
): object {
  const { updateType, tokens, removed } = offer;
  const is16 = version === 'ocpp1.6';
  const gone = (token: RemovedToken) => (is16 ? { idTag: token.idToken } : { idToken: { idToken: token.idToken, type: token.tokenType } });
  const list = [...tokens.map((token) => (is16 ? item16(token) : item2(token, place))), ...removed.map(gone)];
  return {
    [is16 ? 'listVersion' : 'versionNumber']: Math.max(1, versionNumber),
    updateType,
    ...(list.length > 0 && { localAuthorizationList: list }),
  };
}

/** The number a message gives the list, or a station says it has; undefined when there is none to read. */
export function listVersionIn(payload: Readonly<Record<string, unknown>>): number | undefined {
  const version = payload.versionNumber ?? payload.listVersion;
  return typeof version === 'number' && Number.isInteger(version) && Math.abs(version) < 2 ** 31 ? version : undefined;
}
