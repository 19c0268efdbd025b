// The password of a station while it changes: the old one is valid until the station took the new one, or came with it (A01.FR.03/04/08/09).
// Asking the station is the api's; checking what it comes with, the edge's.
import type { SiteInput } from './site-fold.js';
import type { Registry } from './state.js';

/** The variable (2.x) and the key (1.6) that hold it. */
const PASSWORD = /^(BasicAuthPassword|AuthorizationKey)$/i;

/** What the station said about the password in particular; one SetVariables may set more. */
function statusOf(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return undefined;
  if (!('setVariableResult' in payload) || !Array.isArray(payload.setVariableResult))
    return 'status' in payload ? payload.status : undefined;
  const results = payload.setVariableResult as readonly { variable?: { name?: unknown }; attributeStatus?: unknown }[];
  return results.find(({ variable }) => PASSWORD.test(String(variable?.name)))?.attributeStatus;
}

const taken = ({ offered, ...registry }: Registry): Registry => ({
  ...registry,
  ...(offered && { credentialHash: offered.credentialHash }),
});
const withdrawn = ({ offered: _, ...registry }: Registry): Registry => registry;

/** Silence changes nothing: the station may have taken it, so both stay valid until it comes with one it was offered. */
export function evolveCredential(registry: Registry | undefined, input: SiteInput): Registry | undefined {
  if (registry === undefined) return registry;
  if (input.type === 'CredentialOffered') {
    const { offerId, credentialHash } = input.data;
    return { ...registry, offered: { offerId, credentialHash } };
  }
  const { offered } = registry;
  if (offered === undefined) return registry;
  if (input.type === 'StationConnected') return input.data.provedOffer === offered.offerId ? taken(registry) : registry;
  if (!('commandId' in input.data) || input.data.commandId !== offered.offerId) return registry;
  switch (input.type) {
    case 'CommandAnswered': {
      const status = statusOf(input.data.payload);
      if (status === 'RebootRequired') return registry; // in force only later: it will come with it
      return status === 'Accepted' ? taken(registry) : withdrawn(registry);
    }
    case 'CommandErrored':
    case 'CommandRefused':
      return withdrawn(registry);
    default:
      return registry;
  }
}
