// One PostgreSQL cluster of its own, with a role and a database for the product; the system's clusters are not touched.
// Tables are the services' business.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findPostgres } from './packages.mjs';
import { ask, launch, narrated, run } from './processes.mjs';

export const NAME = 'joulestream';

/** PostgreSQL refuses to run as root; then it runs as its package's own user. */
function serverUser() {
  if (process.getuid?.() !== 0) return {};
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('postgres:'));
  if (!entry) throw new Error('PostgreSQL does not run as root and there is no user "postgres"');
  const [, , uid, gid] = entry.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The data directory: in the scratch directory, or beside /tmp when the server's user cannot get there (a clone below /root). */
async function dataDirectory(dir, user) {
  const data = join(dir, 'postgres-data');
  if (user.uid === undefined) {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    return data;
  }
  const elsewhere = join(dir, 'postgres-elsewhere');
  if (existsSync(elsewhere)) return readFileSync(elsewhere, 'utf8');
  const own = (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
    chownSync(path, user.uid, user.gid);
    return path;
  };
  own(data);
  const reachable = await run('/bin/sh', ['-c', `cd "$1" && test -w .`, 'sh', data], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
  if (reachable) return data;
  const substitute = own(mkdtempSync(join(tmpdir(), 'joulestream-postgres-')));
  writeFileSync(elsewhere, substitute);
  return substitute;
}

/**
 * Clears the lock of a killed server once its last child has let go of the shared memory. PostgreSQL itself would refuse as long as
 * the dead process is not reaped by its parent.
 */
async function releaseLock(data) {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const segment = readFileSync(lock, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
  const inUse = () =>
    (existsSync('/proc/sysvipc/shm') ? readFileSync('/proc/sysvipc/shm', 'utf8') : '')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .some(([, id, , , , , attached]) => id === segment && Number(attached) > 0);
  for (let tries = 0; inUse(); tries++) {
    if (tries > 200) throw new Error('children of the killed PostgreSQL server do not end');
    await pause(50);
  }
  rmSync(lock);
}

/** Creates the cluster at the first start, then starts it. The role is no superuser, so that row-level security binds it. */
export async function startPostgres(dir, port, password, context) {
  const bin = findPostgres();
  if (!bin) throw new Error('no PostgreSQL server programs');
  const user = serverUser();
  const data = await dataDirectory(dir, user);
  const options = { ...user, cwd: data, env: { ...process.env, HOME: data, LC_ALL: 'C.UTF-8', TZ: 'UTC' } };
  const timescale = existsSync(join(bin, '..', 'lib', 'timescaledb.so'));
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    ...(timescale && { shared_preload_libraries: 'timescaledb', 'timescaledb.telemetry_level': 'off' }),
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  if (!existsSync(join(data, 'created'))) {
    await narrated(context, 'postgres: creating a cluster', async () => {
      for (const half of readdirSync(data)) rmSync(join(data, half), { recursive: true, force: true }); // of a start that was interrupted
      const once = { ...options, signal: context.signal };
      await run(
        join(bin, 'initdb'),
        ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
        once,
      );
      writeFileSync(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n'); // and the superuser has no password
      const statements = [`create role ${NAME} login createdb createrole password '${password}'`, `create database ${NAME} owner ${NAME}`];
      await run(join(bin, 'postgres'), ['--single', ...args, 'postgres'], { ...once, input: `${statements.join('\n')}\n` });
      if (timescale) await run(join(bin, 'postgres'), ['--single', ...args, NAME], { ...once, input: 'create extension timescaledb\n' });
      writeFileSync(join(data, 'created'), '');
    });
  }
  await releaseLock(data);
  context.signal?.throwIfAborted();
  launch(dir, 'postgres', join(bin, 'postgres'), args, options);
}

/** Removes what lies outside the scratch directory. */
export function removePostgres(dir) {
  const elsewhere = join(dir, 'postgres-elsewhere');
  if (existsSync(elsewhere)) rmSync(readFileSync(elsewhere, 'utf8'), { recursive: true, force: true });
}

/** Begins a session: ready once the server asks for the password instead of saying that it is starting. */
export async function isPostgresReady(port) {
  const text = Buffer.from(`user\0${NAME}\0database\0${NAME}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + text.length);
  head.writeInt32BE(196_608, 4); // protocol 3.0
  return (await ask(port, Buffer.concat([head, text])))?.[0] === 0x52; // 'R'
}
