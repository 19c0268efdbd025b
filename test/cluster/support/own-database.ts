// A database of its own on the real PostgreSQL, for what tests say about all its tables.
import pg from 'pg';
import { postgresDatabase } from '#cluster';
import type { Database } from '#ports';
import { databaseUrl, unique } from './servers.js';

const onServer = async (text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await client.query(text).finally(() => client.end());
};

export async function ownDatabase(what: string): Promise<{ readonly database: Database; readonly url: string; dispose(): Promise<void> }> {
  const name = unique(what).replaceAll('-', '_');
  await onServer(`create database ${name}`);
  const url = new URL(databaseUrl());
  url.pathname = `/${name}`;
  const database = await postgresDatabase({ url: url.href, onTrouble: () => undefined });
  return {
    database,
    url: url.href,
    dispose: async () => {
      await database.close();
      await onServer(`drop database ${name}`);
    },
  };
}
