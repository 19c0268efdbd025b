// The Database and KeyStore contracts on a real PostgreSQL, and what two processes with the same keys see of each other.
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { postgresDatabase, postgresKeyStore } from '#cluster';
import type { KeyStore } from '#ports';
import { databaseContract, keyStoreContract } from '#testing';
import { databaseUrl, unique } from './support/servers.js';

const onTrouble = (): void => undefined;
const newMasterKey = (): string => randomBytes(32).toString('base64');
const newSchema = (): string => unique('keys').replaceAll('-', '_');

const onServer = async <Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> => {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
};

databaseContract('PostgreSQL', async () => {
  const database = await postgresDatabase({ url: databaseUrl(), onTrouble });
  return {
    database,
    dispose: async () => {
      const { rows } = await database.query<{ name: string }>(`select tablename as name from pg_tables where tablename like 'contract_%'`);
      for (const { name } of rows) await database.query(`drop table ${name}`);
      await database.close();
    },
  };
});

keyStoreContract('PostgreSQL', async () => {
  const options = { url: databaseUrl(), masterKey: newMasterKey(), schema: newSchema(), onTrouble };
  const opened: KeyStore[] = [await postgresKeyStore(options)];
  return {
    keys: opened[0] as KeyStore,
    reopen: async () => {
      await Promise.all(opened.map((keys) => keys.close()));
      const again = await postgresKeyStore(options);
      opened.push(again);
      return again;
    },
    dispose: async () => {
      await Promise.all(opened.map((keys) => keys.close()));
      await onServer(`drop schema ${options.schema} cascade`);
    },
  };
});

describe('keys of several processes', () => {
  const options = { url: databaseUrl(), masterKey: newMasterKey(), schema: newSchema(), onTrouble };
  const opened: KeyStore[] = [];
  const open = async (): Promise<KeyStore> => {
    const keys = await postgresKeyStore(options);
    opened.push(keys);
    return keys;
  };
  afterAll(async () => {
    await Promise.all(opened.map((keys) => keys.close()));
    await onServer(`drop schema ${options.schema} cascade`);
  });

  it('are the same, whoever made them first', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    expect(a.hmac('token', 'x')).toBe(b.hmac('token', 'x'));
    const [one, two] = await Promise.all([a.seal('ada', 'by a'), b.seal('ada', 'by b')]);
    expect(await Promise.all([b.unseal(one), a.unseal(two)])).toEqual(['by a', 'by b']);
  });

  it('are gone in all of them once one has erased the person', async () => {
    const [a, b] = await Promise.all([open(), open()]);
    const sealed = await a.seal('bob', 'secret');
    expect(await b.unseal(sealed)).toBe('secret');
    await a.destroy('bob');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = async (): Promise<void> => ((await b.unseal(sealed)) === undefined ? resolve(undefined) : void setImmediate(look));
    await look();
    expect(await promise).toBeUndefined();
    expect(await onServer(`select 1 from ${options.schema}.subject_keys where subject_id = 'bob'`)).toEqual([]);
  });

  it('are on the server only under the master key, and refused under another one', async () => {
    const [keys] = opened as [KeyStore];
    await keys.seal('eve', 'secret');
    const [row] = await onServer<{ wrapped: Buffer }>(`select wrapped from ${options.schema}.subject_keys where subject_id = 'eve'`);
    expect(row?.wrapped).toHaveLength(12 + 16 + 32);
    await expect(postgresKeyStore({ ...options, masterKey: newMasterKey() })).rejects.toMatchObject({
      code: 'MasterKeyWrong',
      retriable: false,
    });
    await expect(postgresKeyStore({ ...options, masterKey: 'c2hvcnQ=' })).rejects.toMatchObject({ code: 'MasterKeyWrong' });
  });
});

describe('a transaction whose process has stopped', () => {
  it('gives up its locks, so that another process can take over, and commits nothing', async () => {
    const [stopped, other] = [
      await postgresDatabase({ url: databaseUrl(), onTrouble }),
      await postgresDatabase({ url: databaseUrl(), onTrouble }),
    ];
    const table = unique('fence').replaceAll('-', '_');
    await other.query(`create table ${table} as select 1 as epoch`);
    const { promise: wake, resolve } = Promise.withResolvers<void>();
    const { promise: holds, resolve: isHolding } = Promise.withResolvers<void>();
    const asleep = stopped.inTransaction(async (tx) => {
      await tx.query(`update ${table} set epoch = 100`);
      isHolding();
      await wake;
    });
    await holds;
    await other.query(`update ${table} set epoch = epoch + 1`);
    resolve();
    await expect(asleep).rejects.toMatchObject({ retriable: true });
    expect((await other.query(`select epoch from ${table}`)).rows).toEqual([{ epoch: 2 }]);
    expect((await stopped.query('select 1 as works')).rows).toEqual([{ works: 1 }]);
    await other.query(`drop table ${table}`);
    await Promise.all([stopped.close(), other.close()]);
  }, 30_000);
});

describe('a database that does not answer', () => {
  it('is a retriable refusal at open', async () => {
    const url = 'postgres://nobody@127.0.0.1:9/nothing';
    await expect(postgresDatabase({ url, onTrouble })).rejects.toMatchObject({ code: 'DatabaseUnavailable', retriable: true });
    await expect(postgresKeyStore({ url, masterKey: newMasterKey(), onTrouble })).rejects.toMatchObject({
      code: 'KeysUnavailable',
      retriable: true,
    });
  });
});
