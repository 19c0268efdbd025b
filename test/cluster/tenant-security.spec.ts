// Row-level security on a real PostgreSQL, in a database of its own.
import pg from 'pg';
import { postgresDatabase } from '#cluster';
import { tenantSecurityContract } from '#testing';
import { databaseUrl, unique } from './support/servers.js';

const onServer = async (text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await client.query(text).finally(() => client.end());
};

tenantSecurityContract('PostgreSQL', async () => {
  const name = unique('tenants').replaceAll('-', '_');
  await onServer(`create database ${name}`);
  const url = new URL(databaseUrl());
  url.pathname = `/${name}`;
  const database = await postgresDatabase({ url: url.href, onTrouble: () => undefined });
  return {
    database,
    dispose: async () => {
      await database.close();
      await onServer(`drop database ${name}`);
    },
  };
});
