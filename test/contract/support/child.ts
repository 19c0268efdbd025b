// A process running one of our sources, watched line by line.
// What it does is in its script.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname;

export class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #changed = Promise.withResolvers<void>();

  /** `limitFileBytes`: no file of this process may grow beyond it until `lift` is called. */
  constructor(script: string, args: readonly string[], limitFileBytes?: number) {
    const node = [
      '--conditions=source',
      '--experimental-transform-types',
      '--disable-warning=ExperimentalWarning',
      '--import',
      join(here, 'source-hooks.mjs'),
      join(here, script),
      ...args,
    ];
    const command =
      limitFileBytes === undefined
        ? [process.execPath, ...node]
        : ['prlimit', `--fsize=${limitFileBytes}:unlimited`, process.execPath, ...node];
    this.#process = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#ended = once(this.#process, 'close');
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.lines.push(line);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  async until(condition: (lines: readonly string[]) => boolean): Promise<void> {
    while (!condition(this.lines)) {
      await Promise.race([this.#changed.promise, this.#ended]);
      if (this.#process.exitCode !== null) throw new Error(`the process ended: ${this.lines.slice(-3).join(' | ')}`);
    }
  }

  async lift(): Promise<void> {
    await once(spawn('prlimit', ['--pid', `${this.#process.pid}`, '--fsize=unlimited']), 'close');
  }

  /** SIGKILL; resolves when its last words are read. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
