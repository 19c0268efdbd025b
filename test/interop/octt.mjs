// Runs the public suite tzi-OCTT against the product, from a checkout of it: node test/interop/octt.mjs CHECKOUT PYTHON [pytest arguments].
// PYTHON has what its requirements.txt asks for, and pytest-json-report. Nothing of theirs is kept here; what is below is the HTTP interface its cases
// trigger commands by, on our own. Cases with TLS of their own (block A, and some of 1.6) want certificates and are left out unless named.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const [checkout, python, ...rest] = process.argv.slice(2);
if (checkout === undefined || python === undefined) throw new Error('usage: octt.mjs CHECKOUT PYTHON [pytest arguments]');
const API_KEY = 'a-key-for-this-run-only';
const PASSWORD = 'a-password-of-a-station';
const TOKENS = {
  'ISO14443/TAG-001': { status: 'Accepted', groupId: 'GROUP001' },
  'Central/100000C01': { status: 'Accepted', groupId: 'GROUP001' },
  'Central/100000C39B': { status: 'Accepted', groupId: 'GROUP001' },
  'Central/MASTERC47': { status: 'Accepted', groupId: 'GROUP001' },
  'Central/100000C06': { status: 'Blocked' },
  'Central/100000C07': { status: 'Expired' },
  'eMAID/EMAID001': { status: 'Accepted' },
};
const scratch = mkdtempSync(join(tmpdir(), 'octt-'));

const network = spawn(process.execPath, [join(root, 'dist/apps/standalone/main.js'), '--stations', '0'], {
  env: { ...process.env, DATA_DIR: scratch, HTTP_PORT: '0', OCPP_PORT: '0', ADMIN_API_KEY: API_KEY, LOG_LEVEL: 'warn' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { apiUrl, ocppUrl } = await new Promise((resolve, reject) => {
  let output = '';
  network.stdout.on('data', (chunk) => {
    output += chunk;
    const found = /console: (\S+)\/ {3}chargers: (\S+)\/\{stationId\}/.exec(output);
    if (found !== null) resolve({ apiUrl: found[1], ocppUrl: found[2] });
  });
  network.once('exit', (code) => reject(new Error(`the network ended with ${code}: ${output}`)));
});

async function call(method, path, body) {
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) process.stderr.write(`${method} ${path}: ${response.status} ${text}\n`);
  return text === '' ? {} : JSON.parse(text);
}

const station = (password) => ({
  siteId: 'octt',
  nodeId: 'grid',
  securityProfile: 1,
  password,
  evses: [1, 2].map((evseId) => ({ evseId, phases: 3, minA: 6, maxA: 32, safeA: 0 })),
});
await call('PUT', '/v1/tariffs/flat', {
  country_code: 'NL',
  party_id: 'TST',
  id: 'flat',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, vat: 21, step_size: 1 }] }],
});
const grid = { nodeId: 'grid', limitA: 400, unmanagedMaxA: 0, phases: 3 };
await call('PUT', '/v1/sites/octt', { name: 'OCTT', timeZone: 'Europe/Amsterdam', voltageV: 230, root: grid });
await call('PUT', '/v1/sites/octt/tariff', { tariffId: 'flat' });
for (const stationId of ['CP201_SP1', 'CP16_SP1']) await call('PUT', `/v1/stations/${stationId}`, station(PASSWORD));
for (const [path, body] of Object.entries(TOKENS)) await call('PUT', `/v1/tokens/${path}`, body);

const pascal = (kebab) => kebab.replaceAll(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());
/** What a case asks of us, on our own interface: 2.0.1 names actions, 1.6 spells them with hyphens. */
async function trigger(path, body) {
  if (path === '/set-basic-auth-password') return call('PUT', `/v1/stations/${body.station_id}`, station(body.password));
  if (path === '/create-token') return call('PUT', `/v1/tokens/Central/${body.token_id ?? body.tokenId}`, { status: body.status });
  const [, , stationId, name, action] = path.split('/');
  if (name === 'set-pending-boot')
    return call('PUT', `/v1/stations/${stationId}/boot-status`, { status: body.pending ? 'Pending' : 'Accepted' });
  if (name.startsWith('set-') && (name === 'set-items-per-message' || name === 'set-security-profile')) return {};
  const wanted = { action: name === 'call' ? action : pascal(name), payload: body, timeoutMs: 28_000 };
  return call('POST', `/v1/stations/${stationId}/commands?wait=true`, wanted);
}
const triggers = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', async () => {
    const answer = await trigger(request.url.replace('/api/octt', ''), JSON.parse(text || '{}')).catch((error) => ({
      error: error.message,
    }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
});
await new Promise((resolve) => triggers.listen(0, '127.0.0.1', resolve));
const triggerUrl = `http://127.0.0.1:${triggers.address().port}`;

const env = {
  ...process.env,
  CSMS_ADDRESS: ocppUrl,
  CSMS_TRIGGER_ADDRESS: triggerUrl,
  CSMS_API_URL: triggerUrl,
  BASIC_AUTH_CP_PASSWORD: PASSWORD,
};
/** One version of the suite, in a process of its own: both have modules of the same names. */
const run = (version, args) =>
  new Promise((resolve) => {
    const report = join(scratch, `${version}.json`);
    const options = [
      '-m',
      'pytest',
      '-q',
      '--tb=native',
      '-p',
      'no:cacheprovider',
      '--json-report',
      `--json-report-file=${report}`,
      ...args,
    ];
    const child = spawn(python, options, { cwd: join(checkout, version), env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('exit', () => {
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')).tests);
      } catch {
        resolve([]);
      }
    });
  });

const results = [];
for (const version of process.env.OCTT_VERSIONS?.split(',') ?? ['1.6', '2.0.1']) results.push([version, await run(version, rest)]);
triggers.close();
network.removeAllListeners('exit');
network.kill('SIGTERM');
await new Promise((resolve) => network.once('exit', resolve));
rmSync(scratch, { recursive: true, force: true });
for (const [version, tests] of results) {
  const failed = tests
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')
    .map(({ nodeid }) => /test_tc_(\w+?)(?:_csms|\[|$)/.exec(nodeid)?.[1]);
  process.stdout.write(`tzi-OCTT ${version}: ${tests.length - failed.length} of ${tests.length}; not: ${failed.join(', ') || 'none'}\n`);
}
