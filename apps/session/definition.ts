// The session service as a fold: a site's stream to sessions, tokens of the network to the answer book.
// What it does to the world afterwards is in book-keeper.ts.
import type { NetworkEvent, Recorded, SiteEvent } from '#contracts';
import type { ServiceDefinition } from '#service';
import { siteRows } from './rows.js';
import { decideSite, evolveSite, nextDueOfSite, type SiteInput } from './site-fold.js';
import type { SessionServiceState, TokenState } from './state.js';
import { TABLES } from './tables.js';

export type SessionInput = SiteEvent | NetworkEvent;

const isSite = (input: Recorded<SessionInput>): input is SiteInput => input.at.topic === 'site-events';

export const sessionDefinition: ServiceDefinition<SessionServiceState, SessionInput> = {
  name: 'session',
  version: 6,
  inputs: ['site-events', 'network-events'],
  // Commands that nobody ended it ends where all commands are.
  outputs: ['session-events', 'site-events'],
  tables: TABLES,
  fold: {
    // One aggregate per site: a tariff set for the site has to reach every station of it.
    aggregateOf(input) {
      if (isSite(input)) return input.siteId === undefined ? undefined : `site/${input.tenantId}/${input.siteId}`;
      return input.type === 'TokenChanged' || input.type === 'DriverErased' ? `token/${input.tenantId}/${input.data.tokenHash}` : undefined;
    },
    initial(aggregate) {
      const [kind, tenantId = '', ...rest] = aggregate.split('/');
      return kind === 'token' ? { kind, tenantId, offset: -1 } : { kind: 'site', tenantId, siteId: rest.join('/'), shards: {} };
    },
    decide: (state, input) => (state.kind === 'site' && isSite(input) ? decideSite(state, input) : []),
    evolve(state, input, outputs) {
      if (isSite(input)) return state.kind === 'site' ? evolveSite(state, input, outputs) : state;
      if (state.kind !== 'token') return state;
      if (input.type === 'DriverErased')
        return { kind: 'token', tenantId: state.tenantId, erased: input.data.tokenHash, offset: input.at.offset };
      return input.type === 'TokenChanged' ? evolveToken(state, input) : state;
    },
    nextDue: (state) => (state.kind === 'site' ? nextDueOfSite(state) : undefined),
    project({ before, after, input, outputs }) {
      return before.kind === 'site' && after.kind === 'site' && isSite(input) ? siteRows({ before, after, input, outputs }) : [];
    },
  },
};

function evolveToken({ kind, tenantId }: TokenState, { data, at }: Recorded<Extract<NetworkEvent, { type: 'TokenChanged' }>>): TokenState {
  const { idToken: _, ...entry } = data;
  return { kind, tenantId, entry, offset: at.offset };
}
