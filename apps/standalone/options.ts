// Command line of the standalone process.
import { parseArgs } from 'node:util';

export interface Options {
  /** Simulated stations, 0 for a bare network. */
  readonly stations: number;
  readonly seed: number;
}

export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { stations: { type: 'string', default: '12' }, seed: { type: 'string', default: '1' } },
    });
    return { stations: wholeNumber('--stations', values.stations), seed: wholeNumber('--seed', values.seed) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nusage: npm start -- [--stations 12] [--seed 1]\n`);
    process.exit(1);
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 10_000)
    throw new Error(`${name} ${text}: a whole number from 0 to 10000 was expected`);
  return value;
}
