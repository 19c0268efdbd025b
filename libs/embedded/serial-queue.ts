// One at a time, in the order of asking.
// What is done in a turn, its owner knows.

export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` after everything asked for before has ended, well or badly. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}); // its caller has the rejection
    return done;
  }
}
