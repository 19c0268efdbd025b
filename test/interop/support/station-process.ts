// A station in a process of its own, written on somebody else's OCPP library: what it tells, line by line, and what it is told to do.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Client {
  readonly library: string;
  readonly version: '1.6' | '2.0.1' | '2.1';
  /** Absent where its tools are not installed. */
  readonly command: readonly string[] | undefined;
}

/** One line of a station; `at` is the machine's clock [ms]. */
export type Told = { readonly at: number } & (
  | { readonly event: 'frame'; readonly direction: 'sent' | 'received'; readonly text: string }
  | { readonly event: 'booted'; readonly status: string }
  | { readonly event: 'closed' }
  | { readonly event: 'profile'; readonly purpose: string }
  | { readonly event: 'draw'; readonly currentA: number }
  | { readonly event: 'started'; readonly transactionId: string | number; readonly meterStartWh: number; readonly status: string }
  | {
      readonly event: 'stopped';
      readonly transactionId: string | number;
      readonly meterStartWh: number;
      readonly meterStopWh: number;
    }
  | { readonly event: 'problem'; readonly what: string }
);
export type ToldOf<Event extends Told['event']> = Extract<Told, { event: Event }>;

export class StationProcess {
  readonly told: Told[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #watchers = new Set<() => void>();
  #errors = '';

  constructor(
    { version, command = [] }: Client,
    readonly stationId: string,
    url: string,
    password: string,
  ) {
    const [program = '', ...args] = command;
    this.#child = spawn(program, [...args, version, url, stationId, password], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.told.push(JSON.parse(line) as Told);
        for (const look of this.#watchers) look();
      });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        for (const look of this.#watchers) look();
        resolve();
      });
    });
  }

  all<Event extends Told['event']>(event: Event): readonly ToldOf<Event>[] {
    return this.told.filter((line): line is ToldOf<Event> => line.event === event);
  }

  get drawA(): number {
    return this.all('draw').at(-1)?.currentA ?? 0;
  }

  /** Looks at each line that comes; rejects with what the station told last when nothing is found. */
  until<T>(what: string, look: () => T | undefined | false, withinMs = 120_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(check);
      };
      const fail = (why: string): void => {
        end();
        const lines = this.told.slice(-12).map((line) => JSON.stringify(line));
        reject(new Error(`${this.stationId}: ${why} for: ${what}\n${lines.join('\n')}\n${this.#errors.slice(-2000)}`));
      };
      const timer = setTimeout(() => fail(`waited ${withinMs} ms in vain`), withinMs);
      const check = (): void => {
        const found = look();
        if (found !== undefined && found !== false) {
          end();
          resolve(found);
        } else if (this.#child.exitCode !== null) fail(`ended with ${this.#child.exitCode}, nothing to wait`);
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** With a token the driver presents it; without, the car waits for a remote start. */
  plugIn(idToken?: string): void {
    this.#say({ do: 'plugIn', ...(idToken !== undefined && { idToken }) });
  }

  depart(): void {
    this.#say({ do: 'depart' });
  }

  #say(command: object): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** It leaves when its input ends. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin?.end();
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
      await this.#exited;
      clearTimeout(timer);
    }
  }
}
