// A thread that answers requests in the order they were asked.
// What is asked and answered is between its two ends.
import { Worker } from 'node:worker_threads';

/** The file of a thread beside `url`, compiled or not: `.ts` runs as it is on this Node. */
export const threadFile = (name: string, url: string): URL => new URL(`./${name}${url.endsWith('.ts') ? '.ts' : '.js'}`, url);

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class Thread<Request, Answer> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Answer>[] = [];
  #gone: Error | undefined;

  constructor(file: URL, workerData: unknown) {
    this.#worker = new Worker(file, { workerData });
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (error: unknown) => this.#fail(new Error('the thread failed', { cause: error })));
    this.#worker.on('exit', () => this.#fail(new Error('the thread has ended')));
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Rejects when the thread is gone, and where the request cannot be sent to it. */
  ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(request, [...transfer]); // throws where it cannot be sent: then nobody answers it
      this.#waiting.push({ resolve, reject });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#gone ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
