// Makes sure the distribution's packages that the native servers need are there, installing them only as root on Debian or Ubuntu.
// Starting servers is the parts' business; the packages' own services are kept from starting.
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { narrated, run } from './processes.mjs';

/** A program on PATH. */
export function which(program) {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return join(dir, program);
    } catch {
      // not in this directory
    }
  }
  return undefined;
}

const entries = (dir) => (existsSync(dir) ? readdirSync(dir) : []);

/** A Java of version 17 or later (Kafka 4 brokers need it), wherever it is installed. */
export async function findJava() {
  const installed = entries('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name, 'bin/java'));
  const homes = process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin/java')] : [];
  for (const java of [...homes, which('java'), ...installed]) {
    if (!java || !existsSync(java)) continue;
    const version = /version "(\d+)/.exec(await run(java, ['-version']).catch(() => ''))?.[1];
    if (Number(version) >= 17) return java;
  }
  return undefined;
}

/** The newest PostgreSQL server installed: the directory of its programs. */
export function findPostgres() {
  const versions = entries('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  const dirs = versions.map((version) => join('/usr/lib/postgresql', version, 'bin'));
  const onPath = which('initdb');
  return [...dirs, ...(onPath ? [join(onPath, '..')] : [])].find((dir) => existsSync(join(dir, 'initdb')));
}

/** The first of the packages that apt can install. */
async function firstAvailable(names) {
  for (const name of names) {
    const policy = await run('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(policy)) return name;
  }
  throw new Error(`none of these packages is available: ${names.join(', ')}`);
}

/** Package names (alternatives, best first) still needed for what the stack will start. */
async function missing({ needsMaven }) {
  const needs = [];
  if (!(await findJava()))
    needs.push({
      why: 'Java 17 or later, for the Kafka broker',
      names: ['openjdk-17-jre-headless', 'openjdk-21-jre-headless', 'default-jre-headless'],
    });
  if (needsMaven && !which('mvn')) needs.push({ why: "Maven, fetches the Kafka broker's jars", names: ['maven'] });
  if (!which('redis-server')) needs.push({ why: 'Redis', names: ['redis-server'] });
  if (!findPostgres()) needs.push({ why: 'PostgreSQL server', names: ['postgresql'] });
  return needs;
}

/** Installs what is missing, or throws with the one command to run. */
export async function ensurePackages(context, { needsMaven }) {
  const needs = await missing({ needsMaven });
  if (needs.length === 0) return;
  const list = needs.map(({ why, names }) => `  ${names[0]} (${why})`).join('\n');
  const command = (names) => `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0 || !which('apt-get')) {
    const names = needs.map(({ names: [name] }) => name);
    throw new Error(
      `these packages are missing:\n${list}\nOn Debian or Ubuntu run\n  sudo sh -c '${command(names)}'\nor use Docker: STACK=docker`,
    );
  }
  context.say(`installing from the distribution, because the local stack needs them:\n${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await narrated(context, 'apt-get update', () => run('apt-get', ['update', '-q'], { env }));
  const chosen = [];
  for (const { names } of needs) chosen.push(await firstAvailable(names));
  await withoutServices(() =>
    narrated(context, `apt-get install ${chosen.join(' ')}`, () =>
      run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...chosen], { env }),
    ),
  );
  const still = await missing({ needsMaven });
  if (still.length > 0) throw new Error(`still missing after the installation: ${still.map(({ why }) => why).join(', ')}`);
}

/** Debian asks /usr/sbin/policy-rc.d before a package starts its service; ours says no, and goes away afterwards. */
async function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
