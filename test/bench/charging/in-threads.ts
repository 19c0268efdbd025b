// Runs one script of the bench for several inputs, as many at a time as there are processors; solvers are single-threaded.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Results in the order of the inputs; the first failure ends it. */
export async function inThreads<Result>(script: string, inputs: readonly unknown[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...inputs.entries()];
  const one = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const [index, workerData] = job;
      results[index] = await new Promise<Result>((resolve, reject) => {
        const worker = new Worker(join(import.meta.dirname, script), { workerData });
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  return results;
}
