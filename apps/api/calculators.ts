// Our rules as calculators: what a session costs, how limits are shared, what profiles add up to. Nothing is stored.
import { z } from 'zod';
import { rateCase } from '#domain/billing';
import { compositeSchedule, UnreadableProfile } from '#domain/charging-profiles';
import { type AllocationRequest, allocate, checkAllocation } from '#domain/load-balancing';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { costOfEffort, DEAR } from './limits.js';
import { badRequest, refused } from './problem.js';
import * as shapes from './schemas.js';

export function calculatorRoutes(): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/rating',
      answer: answers.RatedCase,
      isAudited: false,
      summary: 'Price a session by a tariff; nothing is stored',
      body: z.record(z.string(), z.unknown()),
      async handle({ body, spend }) {
        const priced = rateCase(body, (effort) => spend(costOfEffort(effort)));
        if (!priced.ok) throw badRequest('the case cannot be priced', priced.error);
        return ok(priced.value);
      },
    }),
    route({
      method: 'post',
      path: '/v1/allocations',
      answer: answers.SharedOut,
      isAudited: false,
      cost: DEAR,
      summary: 'Share the limits of a tree over EVSEs; nothing is stored',
      body: shapes.AllocationBody,
      answers: { 422: 'cannot be shared as described, with the node' },
      async handle({ body }) {
        const request = body as AllocationRequest;
        const reasons = checkAllocation(request);
        if (reasons.length > 0) throw refused(reasons);
        return ok(allocate(request));
      },
    }),
    route({
      method: 'post',
      path: '/v1/composite-schedules',
      answer: answers.CompositeSchedule,
      isAudited: false,
      cost: DEAR,
      summary: 'What a station will do under a set of charging profiles; nothing is stored',
      body: shapes.CompositeBody,
      handle: async ({ body }) => ok(pure(() => compositeSchedule(body as never))),
    }),
  ];
}

/** A profile that cannot be read becomes a 400 with its field instead of a fault of ours. */
function pure<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UnreadableProfile)) throw error;
    throw badRequest(error.message, [{ path: error.path, message: error.reason }]);
  }
}
