// A process running one of our sources against the servers, watched line by line, stopped and woken by signals.
// What it does is in its script.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname;
const SOURCE_HOOKS = join(here, '../../contract/support/source-hooks.mjs');

export class Process {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #changed = Promise.withResolvers<void>();

  constructor(script: string, args: readonly string[]) {
    const node = [
      '--conditions=source',
      '--experimental-transform-types',
      '--disable-warning=ExperimentalWarning',
      '--import',
      SOURCE_HOOKS,
    ];
    this.#process = spawn(process.execPath, [...node, join(here, script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
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

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
