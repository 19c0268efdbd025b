// Who is asking, and what he may: a page need not show what would be refused.
// Who may what is roles.ts.
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { mayOf } from './roles.js';

export const meRoutes = (): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/me',
    answer: answers.Me,
    summary: 'Who is asking, and the calls that this role is let in to',
    isScoped: true,
    handle: async ({ caller: { name, role, sites } }) => ok({ name, role, sites: sites ?? null, may: mayOf(role) }),
  }),
];
