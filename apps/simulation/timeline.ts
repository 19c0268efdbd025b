// Virtual time: everything that will happen, in order of its instant and then of its arming. Nothing here waits for the machine.
// Between two events all promises that can go on have gone on; who may still act (a crashed process may not) is process.ts.
import type { Cancel } from '#ports';

interface Event {
  readonly at: number;
  readonly order: number;
  task: (() => void) | undefined;
}

const isEarlier = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Turns of the event loop asked for at once: between two of them the runtime runs every promise that is ready. */
const BURST = 512;

export class Timeline {
  #now: number;
  #armed = 0;
  /** A binary heap, the earliest first. */
  readonly #heap: Event[] = [];
  events = 0;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.at(this.#now + Math.max(0, delayMs), task);
  }

  at(instantMs: number, task: () => void): Cancel {
    const event: Event = { at: Math.max(instantMs, this.#now), order: this.#armed++, task };
    this.#push(event);
    return () => {
      event.task = undefined;
    };
  }

  /** Everything up to `endMs`, that instant included. Rejects with what an event throws. */
  runUntil(endMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = 0;
      let isOver = false;
      const step = (): void => {
        left--;
        if (isOver) return;
        const task = this.#take(endMs);
        if (task === undefined) {
          isOver = true;
          this.#now = endMs;
          resolve();
          return;
        }
        try {
          task();
        } catch (error) {
          isOver = true;
          reject(error);
        }
        if (left === 0) burst();
      };
      const burst = (): void => {
        left = BURST;
        for (let turn = 0; turn < BURST; turn++) setImmediate(step);
      };
      burst();
    });
  }

  #take(endMs: number): (() => void) | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > endMs) return undefined;
      this.#pop();
      if (first.task === undefined) continue;
      this.#now = first.at;
      this.events++;
      return first.task;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isEarlier(event, heap[parent] as Event)) break;
      heap[index] = heap[parent] as Event;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isEarlier(heap[right] as Event, heap[left] as Event) ? right : left;
      if (!isEarlier(heap[child] as Event, last)) break;
      heap[index] = heap[child] as Event;
      index = child;
    }
    heap[index] = last;
  }
}
