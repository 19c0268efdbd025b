// Rows rebuilt in threads, where the database is a server (ADR 0088): this one and others, each with its own connections and one partition at a time.
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
  /** EVENT_SIGNERS. */
  readonly signersFile?: string | undefined;
  readonly databaseUrl: string;
  readonly alarmDays: number;
}

/** Places of one partition, their services by name. */
export interface ThreadPlace extends Pick<Place, 'topic' | 'partition'> {
  readonly services: readonly { readonly name: string; readonly end: number }[];
}

/** As many as can compute at once: while the database writes the rows of one service, the next of the partition is folding. */
const THREADS = availableParallelism();

/** `here` folds in this thread, which has loaded already what it takes. Rejects as `foldAll` does, also when a thread cannot open its world. */
export async function rebuildInThreads(world: ThreadWorld, here: Folding, places: readonly Place[], onDone: OnFolded): Promise<void> {
  const file = new URL('./rebuild-thread.js', import.meta.url);
  const threads = Array.from({ length: Math.min(THREADS, places.length) - 1 }, () => new Worker(file, { workerData: world }));
  try {
    await foldAll(places, [here, ...threads.map(foldingIn)], onDone);
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** Asks a thread; one that ends is waited for no longer, neither by whoever asks it then nor by the next. */
export function foldingIn(thread: Worker): Folding {
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`a thread of the rebuild ended by itself, with ${code}`)));
  });
  ended.catch(() => undefined); // whoever asks hears of it
  return async (together) => {
    const { topic, partition } = together[0] as Place;
    const place: ThreadPlace = { topic, partition, services: together.map(({ service, end }) => ({ name: service.name, end })) };
    const answer = once(thread, 'message');
    thread.postMessage(place);
    const [reports] = (await Promise.race([answer, ended])) as [readonly ReplayReport[]];
    return reports;
  };
}
