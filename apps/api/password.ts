// A new password for a station: offered first, so that edges take both, then told to the station; the old one ends when the station took it (A01).
// An address to upload to or load from must not carry it. Which of them is valid is folded by the session service and checked by the edge.
import { credentialText } from '#domain/authorization';
import { addressPasswords, type CommandFault } from '#domain/station-commands';
import type { OcppVersion } from '#ocpp';
import type { World } from '#ports';
import { conflict, unavailable } from './problem.js';
import { append, poll } from './requests.js';

type Payload = Readonly<Record<string, unknown>>;

const isKey = (name: unknown, key: string): boolean => typeof name === 'string' && name.toLowerCase() === key;

/** The password a command would give the station, if it gives one. */
export function passwordIn(action: string, payload: Payload): string | undefined {
  if (action === 'ChangeConfiguration' && isKey(payload.key, 'authorizationkey')) return String(payload.value);
  if (action !== 'SetVariables' || !Array.isArray(payload.setVariableData)) return undefined;
  const data = payload.setVariableData as readonly { variable?: { name?: unknown }; attributeType?: unknown; attributeValue?: unknown }[];
  const set = data.find(
    ({ variable, attributeType = 'Actual' }) => isKey(variable?.name, 'basicauthpassword') && attributeType === 'Actual',
  );
  return set === undefined ? undefined : String(set.attributeValue);
}

const HEX = /^(?:[0-9a-f]{2})+$/;

/** 1.6 stations want the key in hexadecimal (security whitepaper, AuthorizationKey); 2.x ones the text itself. */
export const passwordCommand = (version: OcppVersion, password: string): { readonly action: string; readonly payload: Payload } =>
  version === 'ocpp1.6'
    ? {
        action: 'ChangeConfiguration',
        payload: { key: 'AuthorizationKey', value: HEX.test(password) ? password : Buffer.from(password).toString('hex') },
      }
    : {
        action: 'SetVariables',
        payload: {
          setVariableData: [{ component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeValue: password }],
        },
      };

/** Whoever keeps the files would learn how to come in as the station: an address carries neither its password nor one it was offered (N01.FR.17). */
export async function lentPasswords(
  { book, keys }: Pick<World, 'book' | 'keys'>,
  { tenantId, stationId, payload }: { readonly tenantId: string; readonly stationId: string; readonly payload: Payload },
): Promise<readonly CommandFault[]> {
  const carried = addressPasswords(payload);
  if (carried.length === 0) return [];
  const entry = await book.station(tenantId, stationId);
  const own = [entry?.credentialHash, entry?.offeredCredential?.credentialHash];
  return carried
    .filter(({ password }) => own.includes(keys.hmac('credential', credentialText(tenantId, stationId, password))))
    .map(({ path }) => ({ path, message: 'carries the password by which the station comes in: give it another one (N01.FR.17)' }));
}

interface Offer {
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly offerId: string;
  readonly password: string;
  readonly requestedBy: string;
}

/** Resolves when every edge takes the new password beside the old one. Rejects with a problem when that is not known in time, and where none is ever asked for. */
export async function offerPassword(world: World, { tenantId, siteId, stationId, offerId, password, requestedBy }: Offer): Promise<void> {
  if ((await world.book.station(tenantId, stationId)) === undefined)
    throw conflict(`the station ${stationId} is not configured: it is let in without a password, and would be with any`);
  const credentialHash = world.keys.hmac('credential', credentialText(tenantId, stationId, password));
  const data = { stationId, offerId, credentialHash, requestedBy };
  await append(world, 'site-events', { type: 'CredentialOffered', tenantId, siteId, stationId, data });
  const isKnown = await poll(world, 10_000, async () => {
    const entry = await world.book.station(tenantId, stationId);
    return entry?.offeredCredential?.offerId === offerId || undefined;
  });
  if (!isKnown) throw unavailable('the new password is recorded, but edges do not know it yet: the station was not told');
}
