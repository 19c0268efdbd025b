// A planner in a thread of its own. States: Absent → Solving (the thread is there, and has one question) ⇄ Idle → Absent, when it fails, is
// too slow or is stopped. Questions wait their turn; there is one per site at most.
// When to ask, and what becomes of the answer, is the owner's.
import { Worker } from 'node:worker_threads';
import type { SitePlanAhead, SiteSnapshot } from '#domain/load-balancing';
import type { Planner } from '../looking-ahead.js';

/** Compiled or not: `.ts` runs as it is on this Node. */
const THREAD = new URL(`./planner-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** `answerWithinMs`: a thread that is slower is ended, and the next question starts another. */
export function threadPlanner(answerWithinMs = 60_000): Planner {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  const ask = (snapshot: SiteSnapshot): Promise<SitePlanAhead> => {
    if (isStopped) return Promise.reject(new Error('the planner is stopped'));
    const thread = worker ?? new Worker(THREAD);
    thread.unref();
    worker = thread;
    return new Promise<SitePlanAhead>((resolve, reject) => {
      const fail = (error: Error): void => {
        done();
        if (worker === thread) void end();
        reject(error);
      };
      const failed = (error: unknown): void => fail(new Error('the planner thread failed', { cause: error }));
      const exited = (): void => fail(new Error('the planner thread has ended'));
      const timer = setTimeout(() => fail(new Error(`no plan within ${answerWithinMs} ms`)), answerWithinMs).unref();
      const answered = (answer: SitePlanAhead): void => {
        done();
        resolve(answer);
      };
      const done = (): void => {
        clearTimeout(timer);
        thread.off('message', answered).off('error', failed).off('exit', exited);
      };
      thread.on('message', answered).on('error', failed).on('exit', exited);
      thread.postMessage(snapshot);
    });
  };

  return {
    plan(snapshot) {
      const answer = last.then(() => ask(snapshot));
      last = answer.catch(() => undefined);
      return answer;
    },
    async stop() {
      isStopped = true;
      await end();
    },
  };
}
