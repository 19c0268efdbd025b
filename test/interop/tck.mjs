// Runs the public suite open-ocpp-tck against the product: node test/interop/tck.mjs CHECKOUT SIMULATOR BUN [scenarios or groups].
// CHECKOUT is of juherr/open-ocpp-tck, SIMULATOR of the shiv3/ocpp-cp-simulator it drives, both with their dependencies in place. The suite starts
// its simulator by `docker run`; below is a stand-in for that one word, so that no container is needed. Nothing of theirs is kept here.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expectedOf, gate, rowsOf } from './support/judge.mjs';
import { Network } from './support/network.mjs';

const [checkout, simulator, bun, ...wanted] = process.argv.slice(2);
if (bun === undefined) throw new Error('usage: tck.mjs CHECKOUT SIMULATOR BUN [scenarios or groups]');
const PASSWORD = 'a-password-of-a-station';
/** As many scenarios run at once; what fails among them runs again alone. They are asked nothing but what a scenario asks of them. */
const STATIONS = ['CERTCP1', 'CERTCP2', 'CERTCP3', 'CERTCP4'];
const TOKENS = [...'003 004 005 010 011 012 013 014 017 018 028 056 057 059'.split(' ').map((number) => `CERT${number}`), 'CERT-RES01'];
const SENT_BY_US = ['CERT-TAG-1', 'CERT-TAG-2', 'CE712001'];

const network = new Network();
await network.start();
await network.tariff();
await network.site('tck', 400);
for (const stationId of STATIONS) await network.station('tck', stationId, { password: PASSWORD, inquiries: 'none' });
for (const idToken of [...TOKENS, ...SENT_BY_US]) await network.token(idToken);
await network.token('CERT023-EXP', { status: 'Accepted', expiresAt: new Date(Date.now() - 3_600_000).toISOString() });
await network.token('CERT023-BLK', { status: 'Blocked' });

const tools = join(network.directory, 'tools');
mkdirSync(tools);
// `run … --entrypoint PROGRAM IMAGE ARGUMENTS`: the program, in its checkout, with the mounted folder where it is; it ends with its input.
const docker = `#!/bin/sh
[ "$1" = run ] || exit 0
while [ "$1" != --entrypoint ]; do
  [ "$1" = -v ] && mount=\${2%:*}
  shift
done
shift 3
for word do
  shift
  case $word in /trace/*) word=$mount/\${word#/trace/} ;; esac
  set -- "$@" "$word"
done
cd '${simulator}' && exec '${bun}' "$@"
`;
writeFileSync(join(tools, 'docker'), docker);
chmodSync(join(tools, 'docker'), 0o755);

const results = process.env.TCK_RESULTS ?? join(network.directory, 'results');
mkdirSync(results, { recursive: true });
const env = {
  ...process.env,
  PATH: `${tools}${delimiter}${process.env.PATH}`,
  CSMS_DRIVER: join(import.meta.dirname, 'tck-driver.mjs'),
  OCPP_CP_IDS: STATIONS.join(','),
  OCPP_TCK_RESULTS_DIR: `${results}/`,
  TCK_CHECKOUT: checkout,
  TCK_API_URL: network.apiUrl,
  TCK_API_KEY: network.apiKey,
  TCK_OCPP_URL: `${network.ocppUrl}/`,
  TCK_PASSWORD: PASSWORD,
};
const tck = (...args) => spawnSync(bun, ['bin/ocpp-tck.ts', ...args], { cwd: checkout, env, stdio: ['ignore', 'ignore', 'inherit'] });
const GROUP = /^(core|authlist-reservation|remotetrigger-smartcharging|firmware|authorize|core-201|all)$/;
const ran = [];
for (const name of wanted.length === 0 ? ['all'] : wanted) {
  if (GROUP.test(name)) {
    const summary = join(results, 'summary.md');
    rmSync(summary, { force: true });
    tck('run-all', '--group', name, '--parallel', '--retry-failed-isolated');
    const table = readFileSync(summary, 'utf8');
    process.stdout.write(table);
    ran.push(...rowsOf(table));
  } else {
    const passed = tck('run', name).status === 0;
    process.stdout.write(`${name}: ${passed ? 'passed' : 'failed'}\n`);
    ran.push({ id: name, passed });
  }
}
gate('open-ocpp-tck', ran, expectedOf('tck'));
await network.stop();
for (const line of network.warnings) process.stdout.write(`${line}\n`);
network.remove();
