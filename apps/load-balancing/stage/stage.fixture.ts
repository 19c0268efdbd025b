// Virtual time and the stream of one site, for worlds in which the owner of a site meets stations that are only played.
// Who reads the stream is owner.fixture's, the way to stations is edge.fixture's, what happens and what must hold is the world's.
import type { Recorded, SiteEvent, SiteEventData } from '#contracts';

interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class Stage {
  /** Records so far; the next one gets this offset. */
  length = 0;
  readonly #unread: Recorded<SiteEvent>[] = [];
  /** In order of their time, then of their arming. */
  readonly #tasks: Task[] = [];
  #order = 0;

  constructor(public now: number) {}

  after(ms: number, run: () => void): void {
    const task = { at: this.now + ms, order: this.#order++, run };
    let [low, high] = [0, this.#tasks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tasks[middle] as Task).at <= task.at) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, task);
  }

  /** Runs what is due up to `ms`, `afterEach` behind every task; then it is `ms`. */
  passTo(ms: number, afterEach: () => void): void {
    for (let task = this.#tasks[0]; task !== undefined && task.at <= ms; task = this.#tasks[0]) {
      this.#tasks.shift();
      this.now = Math.max(this.now, task.at);
      task.run();
      afterEach();
    }
    this.now = ms;
  }

  append<Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): number {
    const offset = this.length++;
    this.#unread.push({
      id: `r${offset}`,
      type,
      data: JSON.parse(JSON.stringify(data)),
      source: '/test',
      time: new Date(this.now).toISOString(),
      tenantId: 't',
      siteId: 's',
      ...(stationId !== undefined && { stationId }),
      at: { topic: 'site-events', partition: 0, offset },
    } as unknown as Recorded<SiteEvent>);
    return offset;
  }

  /** The next record nobody has read yet. */
  read(): Recorded<SiteEvent> | undefined {
    return this.#unread.shift();
  }
}
