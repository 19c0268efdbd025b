// Runs the public suite tzi-OCTT against the product, from a checkout of it: node test/interop/octt.mjs CHECKOUT PYTHON [pytest arguments].
// PYTHON has what its requirements.txt asks for, and pytest-json-report. Nothing of theirs is kept here; what is below is the HTTP interface its cases
// trigger commands by, on our own. OCTT_VERSIONS names the versions to run. Its stations come by TLS, as block A wants it. A case takes the first
// message of a kind for its own: the station of 1.6 is asked nothing but what a case asks of it, and FIRST run before the others.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { issue } from '../scenario/support/certificates.ts';
import { expectedOf, gate } from './support/judge.mjs';
import { Network } from './support/network.mjs';

const [checkout, python, ...rest] = process.argv.slice(2);
if (checkout === undefined || python === undefined) throw new Error('usage: octt.mjs CHECKOUT PYTHON [pytest arguments]');
const PASSWORD = 'a-password-of-a-station';
const ORGANIZATION = 'Interop';
const TOKENS = {
  'TAG-001': { groupId: 'GROUP001' },
  '100000C01': { type: 'Central', groupId: 'GROUP001' },
  '100000C39B': { type: 'Central', groupId: 'GROUP001' },
  MASTERC47: { type: 'Central', groupId: 'GROUP001' },
  '100000C06': { type: 'Central', status: 'Blocked' },
  '100000C07': { type: 'Central', status: 'Expired' },
  EMAID001: { type: 'eMAID' },
};

/** Its cases play a responder of certificate statuses and a pool of contracts, at ports of their own. */
const network = new Network({ OCSP_RESPONDERS: 'localhost', CONTRACT_POOL_URL: 'http://localhost:19081' });
const file = (name, text) => {
  const path = join(network.directory, name);
  writeFileSync(path, text);
  return path;
};
const files = (name, { cert, key }) => [file(`${name}.pem`, cert), file(`${name}.key`, key)];

/** Certificates for this run: of the server with keys of both kinds, of a station of profile 3 for each version, and of a stranger. Answers the suite's part. */
function certificates() {
  const authority = issue({ subject: { CN: 'Interop CA' }, isAuthority: true });
  const ca = file('ca.pem', authority.cert);
  const [ec, rsa] = ['ec', 'rsa'].map((kind) => files(`server-${kind}`, issue({ subject: { CN: 'localhost' }, kind }, authority)));
  const [strangeCert, strangeKey] = files('stranger', issue({ subject: { CN: 'CP201_SP3', O: ORGANIZATION } }));
  const shown = (CN) => {
    const [TLS_CLIENT_CERT, TLS_CLIENT_KEY] = files(CN, issue({ subject: { CN, O: ORGANIZATION } }, authority));
    return { TLS_CLIENT_CERT, TLS_CLIENT_KEY };
  };
  Object.assign(network.env, {
    OCPP_TLS_PORT: '0',
    OCPP_TLS_CERT: `${ec[0]},${rsa[0]}`,
    OCPP_TLS_KEY: `${ec[1]},${rsa[1]}`,
    OCPP_TLS_CLIENT_CA: ca,
    OCPP_TLS_ORGANIZATION: ORGANIZATION,
  });
  return {
    TLS_CA_CERT: ca,
    TLS_INVALID_CLIENT_CERT: strangeCert,
    TLS_INVALID_CLIENT_KEY: strangeKey,
    shown: { 1.6: shown('CP16_SP3'), '2.0.1': shown('CP201_SP3') },
  };
}

const { shown, ...tls } = certificates();
await network.start();
await network.tariff();
await network.site('octt', 400);
const STATIONS = {
  CP201_SP1: { password: PASSWORD },
  CP16_SP1: { password: PASSWORD, inquiries: 'none' },
  CP201_SP2: { password: PASSWORD, securityProfile: 2 },
  CP201_SP3: { securityProfile: 3 },
  CP16_SP3: { securityProfile: 3 },
};
const configure = (stationId, more, query = '') => network.station('octt', stationId, { evses: 2, ...STATIONS[stationId], ...more }, query);
for (const stationId of Object.keys(STATIONS)) await configure(stationId);
for (const [idToken, token] of Object.entries(TOKENS)) await network.token(idToken, token);

const pascal = (kebab) => kebab.replaceAll(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());
/** Level 0 is where safe levels are; a profile of an operator's that ends goes above them. The suite leaves the level to who is tested. */
function aboveSafeLevels(body) {
  const profile = body.chargingProfile ?? body.csChargingProfiles;
  if (profile?.chargingProfilePurpose === 'TxDefaultProfile' && profile.stackLevel === 0) profile.stackLevel = 1;
  return body;
}
/** What a case asks of us, on our own interface: 2.0.1 names actions, 1.6 spells them with hyphens. */
async function trigger(path, body) {
  if (path === '/set-basic-auth-password') return configure(body.station_id, { password: body.password }, '?passwordChange=now');
  if (path === '/create-token') return network.token(body.token_id ?? body.tokenId, { type: 'Central', status: body.status });
  const [, , stationId, name, action] = path.split('/');
  if (name === 'update-basic-auth-password') return configure(stationId, { password: `another-${PASSWORD}` });
  if (name === 'set-security-profile') return configure(stationId, { securityProfile: body.security_profile });
  if (name === 'set-pending-boot')
    return network.call('PUT', `/v1/stations/${stationId}/boot-status`, { status: body.pending ? 'Pending' : 'Accepted' });
  if (name === 'set-items-per-message') return {};
  // What a station asked for is signed by the network; what a case signs itself nobody would send.
  if (name === 'certificate-signed') return {};
  const command = await network.command(stationId, name === 'call' ? action : pascal(name), aboveSafeLevels(body));
  if (command.reason) process.stderr.write(`${command.action}: ${command.state}, ${command.reason}\n`);
  return command;
}
const triggers = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', async () => {
    const answer = await trigger(request.url.replace('/api/octt', ''), JSON.parse(text || '{}')).catch((error) => {
      process.stderr.write(`${error.message}\n`);
      return { error: error.message };
    });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
});
await new Promise((resolve) => triggers.listen(0, '127.0.0.1', resolve));
const triggerUrl = `http://127.0.0.1:${triggers.address().port}`;
const url = network.tlsUrl.replace(/\/\/[^:]+:/, '//localhost:');

/** TC_056 comes without a boot, and wants to see no profile before the operator's; A_14 no certificate that a station before it was signed and did not answer. */
const FIRST = { 1.6: 'test_tc_056_csms.py', '2.0.1': 'A/test_tc_a_14_csms.py' };
/** Lives a station of the suite's until its safe levels stand: a case that comes without a boot then sees the operator's profile alone. */
async function settled(stationId, ocppVersion) {
  const { startFleet, webSocketDial } = await import('#apps/simulator');
  const spec = { stationId, ocppVersion, password: PASSWORD, evses: [{ evseId: 1 }, { evseId: 2 }] };
  const fleet = await startFleet({ url, dial: webSocketDial({ ca: readFileSync(tls.TLS_CA_CERT) }), arrivals: 'none', stations: [spec] });
  await fleet
    .station(stationId)
    .when('it takes its safe levels', ({ type, action }) => type === 'Called' && action === 'SetChargingProfile');
  await fleet.stop();
}

const env = {
  ...process.env,
  CSMS_ADDRESS: url,
  CSMS_TRIGGER_ADDRESS: triggerUrl,
  CSMS_API_URL: triggerUrl,
  BASIC_AUTH_CP_PASSWORD: PASSWORD,
  CP201_SP2: 'CP201_SP2',
  CP201_SP3: 'CP201_SP3',
  ...tls,
};
/** Cases of one version, in a process of their own: both versions have modules of the same names. */
const run = (version, args) =>
  new Promise((resolve) => {
    const report = join(network.directory, `${randomUUID()}.json`);
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
    const child = spawn(python, options, {
      cwd: join(checkout, version),
      env: { ...env, ...shown[version] },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('exit', () => {
      try {
        resolve(JSON.parse(readFileSync(report, 'utf8')).tests);
      } catch {
        resolve([]);
      }
    });
  });

const results = [];
for (const version of process.env.OCTT_VERSIONS?.split(',') ?? ['1.6', '2.0.1']) {
  if (version === '1.6') await settled('CP16_SP1', 'ocpp1.6');
  const first = FIRST[version];
  const parts = rest.length > 0 ? [rest] : [[first], [`--ignore=${first}`]];
  const tests = [];
  for (const args of parts) tests.push(...(await run(version, args)));
  results.push([version, tests]);
}
triggers.close();
await network.stop();
network.remove();
for (const [version, tests] of results) {
  const ran = tests
    .filter(({ outcome }) => outcome !== 'skipped')
    .map(({ nodeid, outcome }) => ({
      id: /test_tc_(\w+?)(?:_csms|\[|$)/.exec(nodeid)?.[1]?.toUpperCase() ?? nodeid,
      passed: outcome === 'passed',
    }));
  const failed = ran.filter(({ passed }) => !passed).map(({ id }) => id);
  const name = `tzi-OCTT ${version}`;
  process.stdout.write(`${name}: ${ran.length - failed.length} of ${ran.length}; not: ${failed.join(', ') || 'none'}\n`);
  gate(name, ran, expectedOf('octt')[version]);
}
