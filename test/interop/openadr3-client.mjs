// Elaad's openadr3-client against our own OpenADR server: node test/interop/openadr3-client.mjs CHECKOUT PYTHON [pytest arguments].
// PYTHON has openadr3-client and pytest; of the checkout the cases of 3.1 over HTTP are run, with clients of ours (openadr3-client/conftest.py).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedOf, gate } from './support/judge.mjs';
import { Network } from './support/network.mjs';

const [checkout, python, ...more] = process.argv.slice(2);
if (python === undefined) throw new Error('usage: openadr3-client.mjs CHECKOUT PYTHON [pytest arguments]');

const network = new Network();
const cases = mkdtempSync(join(tmpdir(), 'interop-openadr3-client-'));
let ran = [];
try {
  await network.start();
  const env = { ...process.env, VTN_URL: `${network.apiUrl}/openadr3/default`, OAUTHLIB_INSECURE_TRANSPORT: '1' };
  for (const [clientId, kind] of Object.entries({ bl: 'businessLogic', ven: 'ven', ven2: 'ven' }))
    env[`SECRET_${clientId}`] = (await network.call('POST', '/v1/grid/vtn-clients', { clientId, kind })).clientSecret;
  mkdirSync(join(cases, 'tests'));
  for (const part of ['__init__.py', 'oadr310']) cpSync(join(checkout, 'tests', part), join(cases, 'tests', part), { recursive: true });
  cpSync(join(import.meta.dirname, 'openadr3-client/conftest.py'), join(cases, 'tests/conftest.py'));
  writeFileSync(join(cases, 'pytest.ini'), '[pytest]\n');
  const { stdout } = spawnSync(python, ['-m', 'pytest', 'tests/oadr310/vtn/http', '-rA', '--tb=line', ...more], {
    cwd: cases,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  process.stdout.write(stdout);
  ran = [...stdout.matchAll(/^(PASSED|FAILED|ERROR) tests\/oadr310\/vtn\/http\/(\S+)/gm)].map(([, how, id]) => ({
    id,
    passed: how === 'PASSED',
  }));
} finally {
  await network.stop();
  network.remove();
  rmSync(cases, { recursive: true, force: true });
}
process.stdout.write(`openadr3-client: ${ran.filter(({ passed }) => passed).length} of ${ran.length}\n`);
gate('openadr3-client', ran, expectedOf('openadr3-client'));
