// The thread that solves plans, so that no consumer waits for one: a snapshot in, a plan out, one after the other.
// Everything it uses is imported by name: a thread starts from this file whether it was compiled or not.
import { parentPort } from 'node:worker_threads';
import { highsSolver } from '#apps/load-balancing/planner';
import { planAhead, type SiteSnapshot } from '#domain/load-balancing';

/** Of each objective; a plan for a quarter of an hour is not worth more. */
const SECONDS_PER_OBJECTIVE = 10;

const solve = await highsSolver(SECONDS_PER_OBJECTIVE);
parentPort?.on('message', (snapshot: SiteSnapshot) => parentPort?.postMessage(planAhead(snapshot, solve)));
