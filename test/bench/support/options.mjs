// Options of a bench. What they mean is written at its top, which is its help, also where one is wrong.
import { readFileSync } from 'node:fs';
import { parseArgs as parse } from 'node:util';

/** As that of node:util; ends the process where help is asked for, or something it does not know. */
export function parseArgs({ options }) {
  const head = readFileSync(process.argv[1], 'utf8')
    .match(/^(\/\/.*\n)+/)[0]
    .replaceAll(/^\/\/ ?/gm, '');
  try {
    const { help, ...values } = parse({ options: { ...options, help: { type: 'boolean' } } }).values;
    if (!help) return { values };
  } catch (error) {
    process.stderr.write(`${error.message.split('. ')[0]}\n\n${head}`);
    process.exit(2);
  }
  process.stdout.write(head);
  return process.exit(0);
}
