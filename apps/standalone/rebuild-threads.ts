// Rows rebuilt in threads, where the database is a server (ADR 0088): each has its own connections and folds one partition of one service at a time.
// What a thread does is in rebuild-thread.ts.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ReplayReport } from '#service';
import { type Folding, foldAll, type OnFolded, type Place } from './rebuild.js';

/** What a thread opens for itself. */
export interface ThreadWorld {
  readonly log:
    | { readonly directory: string }
    | { readonly brokers: readonly string[]; readonly partitions: number; readonly replication: number; readonly prefix: string };
  readonly databaseUrl: string;
  readonly alarmDays: number;
}

/** A place, its service by name. */
export type ThreadPlace = Omit<Place, 'service'> & { readonly service: string };

/** One more than can compute at once: while the database writes the rows of one, the others are folding. */
const THREADS = availableParallelism() + 1;

/** Rejects as `foldAll` does, also when a thread cannot open its world. */
export async function rebuildInThreads(world: ThreadWorld, places: readonly Place[], onDone: OnFolded): Promise<void> {
  const file = new URL('./rebuild-thread.js', import.meta.url);
  const threads = Array.from({ length: Math.min(THREADS, places.length) }, () => new Worker(file, { workerData: world }));
  try {
    await foldAll(places, threads.map(asking), onDone);
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

const asking =
  (thread: Worker): Folding =>
  async ({ service, topic, partition, end }) => {
    const place: ThreadPlace = { service: service.name, topic, partition, end };
    thread.postMessage(place);
    const [report] = (await once(thread, 'message')) as [ReplayReport];
    return report;
  };
