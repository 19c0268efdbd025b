// Keys in a schema of their own, each wrapped under the master key that only the processes have. Backed up apart from the rows, which may go.
// States of the cache: Listening (other processes tell of erasures; keys are kept for half a minute) ⇄ Deaf (nothing is kept).
// Who a subject is, the callers know.
import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import pg from 'pg';
import { type KeyStore, PortError } from '#ports';
import { newKey, openSealed, parseSealed, type SubjectKey, sealText, unlock as unwrap, lock as wrap } from '#system';
import { postgresConnection } from './postgres-connection.js';
import type { OnTrouble } from './trouble.js';

export interface PostgresKeyStoreOptions {
  readonly url: string;
  /** 32 bytes in base64. Lost with it: all keys. */
  readonly masterKey: string;
  /** Default `joulestream_keys`. */
  readonly schema?: string;
  readonly onTrouble: OnTrouble;
}

const KEEP_MS = 30_000;
const KEPT_KEYS = 50_000;
const RELISTEN_MS = 1_000;
const CREATION_LOCK = 7_106_512;

/**
 * A subject that returns after its erasure gets a new key. Opening rejects with PortError `MasterKeyWrong` (not retriable) when the keys
 * there were wrapped under another one; every operation may reject with `KeysUnavailable` (retriable).
 */
export async function postgresKeyStore({
  url,
  masterKey,
  schema = 'joulestream_keys',
  onTrouble,
}: PostgresKeyStoreOptions): Promise<KeyStore> {
  if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema)) throw new Error(`not a schema name: ${schema}`);
  const master = Buffer.from(masterKey, 'base64');
  if (master.length !== 32) throw new PortError('MasterKeyWrong', `the master key must be 32 bytes in base64, not ${master.length}`, false);
  const connection = postgresConnection(url);
  const pool = new pg.Pool({
    ...connection,
    max: 4,
    application_name: 'joulestream keys',
  });
  pool.on('error', (error) => onTrouble({ server: 'postgres', message: 'an idle connection to the keys failed', error }));
  try {
    await reachable(create(pool, schema));
    const secret = await networkSecret(pool, schema, master);
    const store = new PostgresKeyStore(pool, schema, master, secret, onTrouble, () => new pg.Client(connection));
    await store.listen();
    return store;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function create(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(`
    begin;
    select pg_advisory_xact_lock(${CREATION_LOCK});
    create schema if not exists ${schema};
    create table if not exists ${schema}.secret (id integer primary key check (id = 1), wrapped bytea not null);
    create table if not exists ${schema}.subject_keys (subject_id text primary key, key_id text not null, wrapped bytea not null);
    create table if not exists ${schema}.destroyed_keys (subject_id text not null, key_id text not null, primary key (subject_id, key_id));
    commit`);
}

/** Made by whoever comes first; the same for the whole network for ever. */
async function networkSecret(pool: pg.Pool, schema: string, master: Buffer): Promise<Buffer> {
  await reachable(
    pool.query(`insert into ${schema}.secret values (1, $1) on conflict do nothing`, [wrap(master, 'secret', randomBytes(32))]),
  );
  const { rows } = await reachable(pool.query<{ wrapped: Buffer }>(`select wrapped from ${schema}.secret`));
  try {
    return unwrap(master, 'secret', rows[0]?.wrapped ?? Buffer.alloc(0));
  } catch (cause) {
    throw new PortError('MasterKeyWrong', 'the keys in the database were wrapped under another master key', false, { cause });
  }
}

class PostgresKeyStore implements KeyStore {
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #master: Buffer;
  readonly #secret: Buffer;
  readonly #onTrouble: OnTrouble;
  readonly #newClient: () => pg.Client;
  /** As bytes each would be made a key anew with each text, at seven times the cost. */
  readonly #purposeKeys = new Map<string, KeyObject>();
  readonly #kept = new Map<string, SubjectKey & { readonly until: number }>();
  /** Under which text was sealed last, until an erasure is heard of. */
  readonly #sealing = new Map<string, SubjectKey>();
  #listener: pg.Client | undefined;
  #isListening = false;
  #erasures = 0;
  #closing: Promise<void> | undefined;

  constructor(pool: pg.Pool, schema: string, master: Buffer, secret: Buffer, onTrouble: OnTrouble, newClient: () => pg.Client) {
    this.#pool = pool;
    this.#schema = schema;
    this.#master = master;
    this.#secret = secret;
    this.#onTrouble = onTrouble;
    this.#newClient = newClient;
  }

  hmac(purpose: string, text: string): string {
    const derived = (): Buffer => Buffer.from(hkdfSync('sha256', this.#secret, '', `joulestream ${purpose}`, 32));
    const key = this.#purposeKeys.get(purpose) ?? createSecretKey(derived());
    this.#purposeKeys.set(purpose, key);
    return createHmac('sha256', key).update(text).digest('hex');
  }

  /**
   * While the keys cannot be reached, under the one used last: charging goes on, and should it have been destroyed meanwhile, nobody will ever
   * read the text, which is what the erasure asked for.
   */
  async seal(subjectId: string, plaintext: string): Promise<string> {
    const key = await this.#sealingKey(subjectId).catch((error: unknown) => {
      const last = this.#sealing.get(subjectId);
      if (last === undefined || !(error instanceof PortError && error.retriable)) throw error;
      return last;
    });
    if (this.#sealing.size >= KEPT_KEYS) this.#sealing.clear();
    this.#sealing.set(subjectId, key);
    return sealText(subjectId, key, plaintext);
  }

  async unseal(sealed: string): Promise<string | undefined> {
    const text = parseSealed(sealed);
    const held = await this.#held(text.subjectId);
    if (held?.keyId === text.keyId) return openSealed(text, held.key);
    const { rowCount } = await reachable(
      this.#pool.query(`select 1 from ${this.#schema}.destroyed_keys where subject_id = $1 and key_id = $2`, [text.subjectId, text.keyId]),
    );
    if (rowCount === 1) return undefined;
    throw new PortError('KeyUnknown', 'this key was never held here: the text was altered, or the keys are older than the log', false);
  }

  async holds(subjectId: string): Promise<boolean> {
    const { rowCount } = await reachable(this.#pool.query(`select 1 from ${this.#schema}.subject_keys where subject_id = $1`, [subjectId]));
    return rowCount === 1;
  }

  async wasDestroyed(subjectId: string): Promise<boolean> {
    const { rowCount } = await reachable(
      this.#pool.query(`select 1 from ${this.#schema}.destroyed_keys where subject_id = $1 limit 1`, [subjectId]),
    );
    return rowCount === 1;
  }

  async destroy(subjectId: string): Promise<void> {
    await reachable(
      this.#pool.query(
        `with gone as (delete from ${this.#schema}.subject_keys where subject_id = $1 returning subject_id, key_id),
              noted as (insert into ${this.#schema}.destroyed_keys select * from gone returning subject_id)
         select pg_notify($2, subject_id) from noted`,
        [subjectId, this.#schema],
      ),
    );
    this.#forget(subjectId);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#deafen();
      await this.#listener?.end();
      await this.#pool.end();
    })();
    return this.#closing;
  }

  /** Hears of erasures by other processes from now on; while that fails, nothing is kept. */
  async listen(): Promise<void> {
    const client = this.#newClient();
    this.#listener = client;
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the connection ended')));
    client.on('notification', ({ payload }) => this.#forget(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${this.#schema}`);
      this.#isListening = this.#closing === undefined && this.#listener === client;
    } catch (error) {
      this.#lost(client, error);
    }
  }

  #forget(subjectId: string): void {
    this.#erasures++;
    this.#kept.delete(subjectId);
    this.#sealing.delete(subjectId);
  }

  #deafen(): void {
    this.#isListening = false;
    this.#erasures++;
    this.#kept.clear();
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#listener !== client || this.#closing !== undefined) return;
    this.#listener = undefined;
    this.#deafen();
    this.#onTrouble({ server: 'postgres', message: 'erasures by other processes are not heard; no key is kept in memory', error });
    client.end().catch(() => undefined); // it is lost already
    setTimeout(() => {
      if (this.#closing === undefined) void this.listen();
    }, RELISTEN_MS).unref();
  }

  async #sealingKey(subjectId: string): Promise<SubjectKey> {
    return (await this.#held(subjectId)) ?? this.#made(subjectId);
  }

  async #held(subjectId: string): Promise<SubjectKey | undefined> {
    const kept = this.#kept.get(subjectId);
    if (kept !== undefined && kept.until > performance.now()) return kept;
    const erasures = this.#erasures;
    const { rows } = await reachable(
      this.#pool.query<{ key_id: string; wrapped: Buffer }>(
        `select key_id, wrapped from ${this.#schema}.subject_keys where subject_id = $1`,
        [subjectId],
      ),
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const held = { keyId: row.key_id, key: unwrap(this.#master, `${subjectId}/${row.key_id}`, row.wrapped) };
    this.#keep(subjectId, held, erasures);
    return held;
  }

  /** Of processes that make one at the same moment, the first one's is everybody's. */
  async #made(subjectId: string): Promise<SubjectKey> {
    const made = newKey();
    const erasures = this.#erasures;
    const { rowCount } = await reachable(
      this.#pool.query(`insert into ${this.#schema}.subject_keys values ($1, $2, $3) on conflict do nothing`, [
        subjectId,
        made.keyId,
        wrap(this.#master, `${subjectId}/${made.keyId}`, made.key),
      ]),
    );
    if (rowCount === 1) {
      this.#keep(subjectId, made, erasures);
      return made;
    }
    return (await this.#held(subjectId)) ?? this.#made(subjectId);
  }

  /** Not when an erasure was heard of since the key was asked for: it may have been this one's. */
  #keep(subjectId: string, key: SubjectKey, erasures: number): void {
    if (!this.#isListening || erasures !== this.#erasures) return;
    if (this.#kept.size >= KEPT_KEYS) this.#kept.clear();
    this.#kept.set(subjectId, { ...key, until: performance.now() + KEEP_MS });
  }
}

async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new PortError('KeysUnavailable', 'the keys cannot be reached', true, { cause });
  }
}
