// A database of its own on a real PostgreSQL for a bench, and bare COPY in and out of it.
// The server is the one DATABASE_URL names, or the local stack's, started and stopped again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

async function withServer(work) {
  if (process.env.DATABASE_URL) return work(process.env.DATABASE_URL);
  const { up } = await import('../../../deploy/local/stack.mjs');
  const dir = mkdtempSync(join(tmpdir(), 'joulestream-bench-'));
  const stack = await up({ dir: join(dir, 'stack'), say: (line) => process.stdout.write(`${line}\n`) });
  try {
    return await work(stack.env.DATABASE_URL);
  } finally {
    await stack.down();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Calls `work` with the address of a fresh database, and drops it afterwards. */
export const withDatabase = (work) =>
  withServer(async (server) => {
    const name = `bench_${process.pid}`;
    const admin = new pg.Client({ connectionString: server });
    await admin.connect();
    try {
      await admin.query(`create database ${name}`);
      const url = new URL(server);
      url.pathname = `/${name}`;
      return await work(url.href);
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    }
  });

/** pg has no COPY of its own; its connection has the messages. */
class Copy {
  constructor(text, { chunks, onData }) {
    Object.assign(this, { text, chunks, onData });
    this.done = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
  }
  submit(connection) {
    connection.query(this.text);
  }
  handleCopyInResponse(connection) {
    for (const chunk of this.chunks) connection.sendCopyFromChunk(chunk);
    connection.endCopyFrom();
  }
  handleCopyData({ chunk }) {
    this.onData(chunk);
  }
  handleCommandComplete() {}
  handleRowDescription() {}
  handleDataRow() {}
  handleError(error) {
    this.reject(error);
  }
  handleReadyForQuery() {
    this.resolve();
  }
}

/** The rows of a table as COPY's text, in pieces of about 64 KiB. */
export async function copyOut(client, table, columns, orderBy) {
  const chunks = [];
  let rows = [];
  let bytes = 0;
  const flush = () => {
    chunks.push(Buffer.concat(rows));
    [rows, bytes] = [[], 0];
  };
  const copy = new Copy(`copy (select ${columns.join(', ')} from ${table} order by ${orderBy}) to stdout`, {
    onData(row) {
      rows.push(Buffer.from(row));
      bytes += row.length;
      if (bytes > 65_536) flush();
    },
  });
  client.query(copy);
  await copy.done;
  flush();
  return chunks;
}

export async function copyIn(client, table, columns, chunks) {
  const copy = new Copy(`copy ${table} (${columns.join(', ')}) from stdin`, { chunks });
  client.query(copy);
  await copy.done;
}

/** Processor seconds so far of this process and of the server's sessions of ours; they must be on this machine, and stay connected. */
export async function cpuSeconds(client) {
  const { rows } = await client.query(
    `select pid from pg_stat_activity where datname = current_database() and usename = current_user and backend_type = 'client backend'`,
  );
  const { user, system } = process.cpuUsage();
  let ticks = 0;
  for (const { pid } of rows) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return { client: (user + system) / 1e6, server: ticks / 100 };
}

export const cpuBetween = (before, after) => ({ client: after.client - before.client, server: after.server - before.server });

/** Copies `tables` out, empties them, and puts the rows back by bare COPY: the seconds and processor seconds that took, and how many rows. */
export async function timeCopy(url, tables) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const kept = [];
    let rows = 0;
    for (const { name, columns, key } of tables) {
      rows += Number((await client.query(`select count(*) from ${name}`)).rows[0].count);
      kept.push([name, Object.keys(columns), await copyOut(client, name, Object.keys(columns), key.join(', '))]);
    }
    await client.query(`truncate ${tables.map(({ name }) => name).join(', ')}`);
    const [startedAt, cpu] = [performance.now(), await cpuSeconds(client)];
    for (const [name, columns, chunks] of kept) await copyIn(client, name, columns, chunks);
    return { rows, seconds: (performance.now() - startedAt) / 1000, cpu: cpuBetween(cpu, await cpuSeconds(client)) };
  } finally {
    await client.end();
  }
}

/** Middle of an odd number of figures. */
export const median = (figures) => [...figures].sort((a, b) => a - b)[figures.length >> 1];
