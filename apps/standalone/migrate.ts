// `npm run migrate`: brings the tables in PostgreSQL to what this version needs, and ends. Run it before new processes start; old ones go on
// meanwhile (ADR 0078). It asks for DATABASE_URL alone. Whoever does not run it loses nothing: each process migrates what it needs as it starts.
import { postgresDatabase } from '#cluster';
import { commandLine } from '#command-line';
import { PortError } from '#ports';
import { migrateAll } from './compare-rows.js';

commandLine({
  usage: 'DATABASE_URL=… npm run migrate',
  about: 'Brings the tables in PostgreSQL to what this version needs; old processes go on meanwhile.',
  options: {},
});

const fail = (message: string): never => {
  process.stderr.write(`migrate: ${message}\n`);
  process.exit(1);
};

const url = process.env.DATABASE_URL || fail('DATABASE_URL missing: without servers the network migrates its own directory as it starts');
try {
  const database = await postgresDatabase({ url, connections: 2, onTrouble: () => undefined });
  await migrateAll(database);
  await database.close();
  process.stdout.write('migrate: the tables are as this version needs them\n');
} catch (error) {
  if (!(error instanceof PortError)) throw error;
  fail(error.message);
}
