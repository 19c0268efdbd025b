// What is made of messages about copies of tokens at stations.
import type { Behaviours } from '#ocpp';

const list = 'apps/stations/token-copies/local-list.ts';

const VALUES = 'apps/stations/told-values.ts';

export const BEHAVIOURS: Behaviours = {
  ChangeConfiguration: { in: VALUES, does: 'turns a local list or a cache on or off, which is kept, or left alone, from then on' },
  ClearCache: {
    in: 'apps/stations/token-copies/cache.ts',
    does: 'is sent to stations with a cache when a token is not accepted any more, at once or when they are back',
  },
  GetLocalListVersion: {
    in: list,
    does: 'is asked before a list is sent and where an answer was lost; tells whether the station holds it',
  },
  SetVariables: { in: VALUES, does: 'turns a local list or a cache on or off, which is kept, or left alone, from then on' },
  SendLocalList: {
    in: list,
    does: 'keeps the list of a station in step with the tokens that are on lists, by changes or in full, in as many messages as the station can take',
  },
};
