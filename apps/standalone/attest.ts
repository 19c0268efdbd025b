// `npm run attest -- --file FILE`: adds to FILE what the log holds since the last time, a line for each stretch; with `--check` it looks whether the log
// still holds what FILE says, and ends with 1 where it does not. FILE belongs where nobody who can write to the log can change it (docs/runbooks/restore.md).
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { commandLine } from '#command-line';
import { ConfigError, readConfig } from '#config';
import { TOPICS } from '#contracts';
import { PortError } from '#ports';
import { openWorld } from '#world';
import { attest, faults, type Link } from './attestation.js';

const { file, check } = commandLine({
  usage: 'npm run attest -- --file FILE [--check]',
  about: 'Keeps a chain of digests of the log outside of it (docs/runbooks/restore.md).',
  options: {
    file: { about: 'where the chain is, and goes on' },
    check: { about: 'looks whether the log still holds what FILE says instead, and ends with 1 where it does not', flag: true },
  },
}).values;
const say = (text: string): boolean => process.stdout.write(`attest: ${text}\n`);

function linksIn(file: string): readonly Link[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
  return lines.map((line, index): Link => {
    try {
      return JSON.parse(line);
    } catch {
      throw new ConfigError(`${file}: line ${index + 1} is not JSON`);
    }
  });
}

try {
  if (check && !existsSync(file)) throw new ConfigError(`there is no ${file} to check by`);
  const links = linksIn(file);
  const world = await openWorld(readConfig(process.env));
  let found = 0;
  if (check) {
    for await (const fault of faults(world.log, world.keys, links)) {
      say(fault);
      found++;
    }
    say(found === 0 ? `the log holds what ${links.length} links say` : `the log does NOT hold what ${found} of ${links.length} links say`);
  } else {
    let [added, refused] = [0, 0];
    for await (const link of attest(world.log, world.keys, TOPICS, links)) {
      appendFileSync(file, `${JSON.stringify(link)}\n`);
      added++;
      refused += link.refused ?? 0;
    }
    say(`${added} links added to ${file}`);
    if (refused > 0) say(`${refused} records are not signed by who may say them: services parked them (docs/signing.md)`);
  }
  await world.close();
  process.exit(found === 0 ? 0 : 1);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortError)) throw error;
  process.stderr.write(`attest: ${error.message}\n`);
  process.exit(1);
}
