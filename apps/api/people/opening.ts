// People by what is set: nobody without a provider, tokens with one, and the console's own sign-in where the provider knows it.
import { readFileSync } from 'node:fs';
import { ConfigError, type OidcConfig } from '#config';
import type { World } from '#ports';
import type { Authenticate } from '../auth.js';
import { bySession, byToken } from './authenticating.js';
import { type FindProvider, providerOf } from './id-tokens.js';
import { type Mapping, MappingShape } from './mapping.js';
import { type People, signingIn } from './sign-in.js';

/** Throws a ConfigError for a mapping that is none. */
export function readMapping(file: string): Mapping {
  try {
    return MappingShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new ConfigError(`OIDC_MAPPING: ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

export function openPeople(
  world: World,
  oidc: OidcConfig | undefined,
  keys: Authenticate,
  find: FindProvider | undefined = oidc && providerOf(oidc.issuer, world.clock),
): { readonly authenticate: Authenticate; readonly people?: People } {
  if (oidc === undefined || find === undefined) return { authenticate: keys };
  const mapping = readMapping(oidc.mappingFile);
  const authenticate = byToken(keys, find, oidc.audience, mapping);
  const { client } = oidc;
  if (client === undefined) return { authenticate };
  const people = signingIn(world, { ...oidc, client }, mapping, find);
  return { authenticate: bySession(authenticate, people), people };
}
