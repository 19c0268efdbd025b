// Runs the public suite tzi-OCTT against the product, from a checkout of it: node test/interop/octt.mjs CHECKOUT PYTHON [pytest arguments].
// PYTHON has what its requirements.txt asks for, and pytest-json-report. Nothing of theirs is kept here; what is below is the HTTP interface its cases
// trigger commands by, on our own. OCTT_VERSIONS names the versions to run; with OCTT_TLS=1 its stations come by TLS, as block A wants it.
import { spawn } from 'node:child_process';
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

/** Certificates for this run: of the server with keys of both kinds, of the station of profile 3, and of a stranger. Answers the suite's part. */
function certificates() {
  const authority = issue({ subject: { CN: 'Interop CA' }, isAuthority: true });
  const ca = file('ca.pem', authority.cert);
  const [ec, rsa] = ['ec', 'rsa'].map((kind) => files(`server-${kind}`, issue({ subject: { CN: 'localhost' }, kind }, authority)));
  const [clientCert, clientKey] = files('client', issue({ subject: { CN: 'CP201_SP3', O: ORGANIZATION } }, authority));
  const [strangeCert, strangeKey] = files('stranger', issue({ subject: { CN: 'CP201_SP3', O: ORGANIZATION } }));
  Object.assign(network.env, {
    OCPP_TLS_PORT: '0',
    OCPP_TLS_CERT: `${ec[0]},${rsa[0]}`,
    OCPP_TLS_KEY: `${ec[1]},${rsa[1]}`,
    OCPP_TLS_CLIENT_CA: ca,
    OCPP_TLS_ORGANIZATION: ORGANIZATION,
  });
  return {
    TLS_CA_CERT: ca,
    TLS_CLIENT_CERT: clientCert,
    TLS_CLIENT_KEY: clientKey,
    TLS_INVALID_CLIENT_CERT: strangeCert,
    TLS_INVALID_CLIENT_KEY: strangeKey,
  };
}

const tls = process.env.OCTT_TLS === '1' ? certificates() : undefined;
await network.start();
await network.tariff();
await network.site('octt', 400);
const STATIONS = {
  CP201_SP1: { password: PASSWORD },
  CP16_SP1: { password: PASSWORD },
  CP201_SP2: { password: PASSWORD, securityProfile: 2 },
  CP201_SP3: { securityProfile: 3 },
  CP16_SP3: { securityProfile: 3, certificate: { commonName: 'CP201_SP3' } },
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

const env = {
  ...process.env,
  CSMS_ADDRESS: tls === undefined ? network.ocppUrl : network.tlsUrl.replace(/\/\/[^:]+:/, '//localhost:'),
  CSMS_TRIGGER_ADDRESS: triggerUrl,
  CSMS_API_URL: triggerUrl,
  BASIC_AUTH_CP_PASSWORD: PASSWORD,
  CP201_SP2: 'CP201_SP2',
  CP201_SP3: 'CP201_SP3',
  ...tls,
};
/** One version of the suite, in a process of its own: both have modules of the same names. */
const run = (version, args) =>
  new Promise((resolve) => {
    const report = join(network.directory, `${version}.json`);
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
