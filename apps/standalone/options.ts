// Command line of the standalone process.
import { commandLine } from '#command-line';

export interface Options {
  /** Simulated stations, 0 for a bare network. */
  readonly stations: number;
  readonly seed: number;
}

export const readOptions = (args: readonly string[]): Options =>
  commandLine(
    {
      usage: 'npm start -- [options]',
      about: 'The whole network in one process, with its console; settings are environment variables.',
      options: {
        stations: { about: 'simulated ones; 0 for a bare network', default: '12', whole: [0, 10_000] },
        seed: { about: 'the same seed gives the same cars', default: '1', whole: [0, 10_000] },
      },
    },
    args,
  ).values;
