// `npm run backup -- --to DIRECTORY`: copies what an embedded network cannot be restored without, also while it runs (docs/runbooks/restore.md).
import { commandLine } from '#command-line';
import { ConfigError, readConfig } from '#config';
import { backUp } from '#embedded';
import { PortError } from '#ports';

const { to } = commandLine({
  usage: 'npm run backup -- --to DIRECTORY',
  about: 'Copies what a network in one process cannot be restored without, also while it runs (docs/runbooks/restore.md).',
  options: { to: { about: 'a directory that is made' } },
}).values;

try {
  const { cluster, dataDir } = readConfig(process.env);
  if (cluster !== undefined)
    throw new ConfigError('a cluster keeps its log in Kafka and its keys in PostgreSQL: see docs/runbooks/restore.md');
  await backUp(dataDir, to);
  process.stdout.write(`backup: log and keys of ${dataDir} are in ${to}\n`);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortError)) throw error;
  process.stderr.write(`backup: ${error.message}\n`);
  process.exit(1);
}
