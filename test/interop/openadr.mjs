// Lets a site follow a program of OpenLEADR's server (openleadr-rs, OpenADR 3.1): VTN_DATABASE_URL=… node test/interop/openadr.mjs CHECKOUT BINARY.
// BINARY is openleadr-vtn of CHECKOUT, built with the feature internal-oauth; VTN_DATABASE_URL names an empty PostgreSQL database (16 or newer), where it makes its tables.
// MQTT_URL names a broker that lets everybody in; without one what it tells over a broker is left out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { expectedOf, gate } from './support/judge.mjs';
import { ended, Network, until } from './support/network.mjs';

const [checkout, binary] = process.argv.slice(2);
const { VTN_DATABASE_URL, MQTT_URL } = process.env;
if (binary === undefined || VTN_DATABASE_URL === undefined) throw new Error('usage: VTN_DATABASE_URL=… openadr.mjs CHECKOUT BINARY');

const EAN = '871687120000000001';
const LIMIT = 'IMPORT_CAPACITY_LIMIT';
const network = new Network();
const ran = [];
const that = (id, passed, seen) => ran.push({ id, passed, ...(!passed && { seen }) });

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Users of its own fixtures, once it has made its tables. */
async function addUsers() {
  const client = new pg.Client(VTN_DATABASE_URL);
  await client.connect();
  await client.query(readFileSync(join(checkout, 'fixtures/users.sql'), 'utf8'));
  await client.end();
}

async function vtn() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secret = Buffer.alloc(32, 7).toString('base64');
  const env = {
    ...process.env,
    DATABASE_URL: VTN_DATABASE_URL,
    PORT: String(port),
    OAUTH_TYPE: 'INTERNAL',
    OAUTH_TOKEN_URL: `${url}/auth/token`,
    OAUTH_BASE64_SECRET: secret,
    RUST_LOG: 'warn',
    ...(MQTT_URL !== undefined && { MQTT_URL, MQTT_USERNAME: 'openleadr', MQTT_PASSWORD: 'openleadr' }),
  };
  const child = spawn(binary, [], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  await until(
    'the server of OpenLEADR',
    () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20_000,
  );
  await addUsers();
  return { url, child };
}

/** The grid operator's side: business logic of the server. */
class Operator {
  constructor(url) {
    this.url = url;
  }
  async token() {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'bl-client', client_secret: 'bl-client' });
    const answer = await fetch(`${this.url}/auth/token`, { method: 'POST', body });
    return (await answer.json()).access_token;
  }
  async call(method, path, body) {
    this.bearer ??= await this.token();
    const headers = { authorization: `Bearer ${this.bearer}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

const server = await vtn();
try {
  const operator = new Operator(server.url);
  const { id: programID } = await operator.call('POST', '/programs', { programName: 'grid-aware', targets: [] });
  await operator.call('POST', '/vens', {
    objectType: 'BL_VEN_REQUEST',
    clientID: 'ven-client-client-id',
    venName: 'NL-ABC',
    targets: [EAN],
  });
  const event = (values, change = {}) => ({
    programID,
    eventName: 'envelope',
    targets: [EAN],
    payloadDescriptors: [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: LIMIT, units: 'KW' }],
    intervalPeriod: { start: new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString(), duration: 'PT1H' },
    intervals: values.map((value, id) => ({ id, payloads: [{ type: LIMIT, values: [value] }] })),
    ...change,
  });

  await network.start();
  await network.tariff();
  await network.site('depot', 400);
  const program = () => network.call('GET', '/v1/grid/programs/dso');
  const configure = (clientSecret, pollS = 5, push = undefined) =>
    network.call('PUT', '/v1/grid/programs/dso', {
      server: {
        url: server.url,
        version: '3.1',
        programName: 'grid-aware',
        venName: 'NL-ABC',
        clientId: 'ven-client-client-id',
        ...(clientSecret !== undefined && { clientSecret }),
      },
      pollS,
      ...(push && { push }),
      sites: [{ siteId: 'depot', names: [EAN], fallbackW: 20_000 }],
    });
  const limit = async () => (await network.items('/v1/sites/depot/grid-limits')).find(({ source }) => source === 'grid:dso');
  const comes = async (id, kw) => {
    const found = await until(id, async () => ((await limit())?.inForce?.limitW === kw * 1000 ? limit() : undefined), 20_000).catch(
      () => undefined,
    );
    that(id, found !== undefined, found ?? [await limit(), await program()]);
    return found;
  };

  await configure('wrong');
  await comes('a wrong secret: the fallback holds', 20);
  that('and the program says why', (await program()).trouble !== null, await program());

  const { id: eventId } = await operator.call('POST', '/events', event([90, 50]));
  await configure('ven-client');
  const followed = await comes('the event for the connection is followed', 90);
  that(
    'its second interval is announced, and the end',
    followed?.schedule.length === 3 && followed.schedule[1].limitW === 50_000,
    followed,
  );
  that('the program is heard', (await program()).events === 1 && (await program()).trouble === null, await program());

  await operator.call('POST', '/events', event([5], { targets: ['871687120000000002'], eventName: 'theirs' })).catch(() => undefined);
  await operator.call('PUT', `/events/${eventId}`, event([70]));
  await comes('a changed event is followed', 70);
  that('one for another connection is not seen', (await program()).events === 1, await program());

  const { id: firstId } = await operator.call('POST', '/events', event([40], { priority: 0, eventName: 'first' }));
  await comes('an event of priority goes first', 40);
  await operator.call(
    'PUT',
    `/events/${eventId}`,
    event([10], { payloadDescriptors: [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: LIMIT, units: 'KVA' }] }),
  );
  await until('the refusal', async () => (await program()).refusals.length > 0, 20_000).catch(() => undefined);
  that('an event in another unit is refused by name', (await program()).refusals[0]?.eventId === eventId, await program());
  await comes('and loosens nothing', 40);

  const reportDescriptors = [{ payloadType: 'OPERATING_STATE', numIntervals: 1, repeat: -1 }];
  const hourAgo = { start: new Date(Date.now() - 7_200_000).toISOString(), duration: 'PT1H' };
  const { id: askedId } = await operator.call(
    'POST',
    '/events',
    event([40], { eventName: 'asked', reportDescriptors, intervalPeriod: hourAgo }),
  );
  const reports = await until(
    'a report',
    async () => {
      const found = await operator.call('GET', `/reports?eventID=${askedId}&skip=0&limit=50`);
      return found.length > 0 && found;
    },
    90_000,
  ).catch(() => []);
  const [{ clientName, resources } = {}] = reports;
  that('it has the report that it asked for, once', reports.length === 1 && clientName === 'NL-ABC', reports);
  that(
    'about the connection',
    resources?.[0]?.resourceName === EAN && resources[0].intervals[0].payloads[0].type === 'OPERATING_STATE',
    resources,
  );
  const told = await until('the report among ours', async () => (await network.items('/v1/grid/programs/dso/reports'))[0], 20_000).catch(
    () => undefined,
  );
  that('which we have written down as taken', told?.refusal === null, told);

  const callbackUrl = `${network.apiUrl}/v1/grid/programs/dso/notifications`;
  await configure(undefined, 5, { kind: 'webhook', callbackUrl });
  const subscribed = await until(
    'a subscription, or why there is none',
    async () => {
      const found = await operator.call('GET', '/subscriptions?skip=0&limit=50');
      return found.length > 0 ? found : ((await program()).pushTrouble ?? undefined);
    },
    20_000,
  ).catch(() => undefined);
  that('a subscription is made', Array.isArray(subscribed) && subscribed.length === 1, subscribed);

  if (MQTT_URL !== undefined) {
    await configure(undefined, 3600, { kind: 'mqtt' });
    await until('its broker', async () => (await program()).push?.kind === 'mqtt' && (await program()).pushTrouble === null, 20_000).catch(
      () => undefined,
    );
    that('its broker lets us in', (await program()).pushTrouble === null, await program());
    const gone = await until(
      'no subscription',
      async () => (await operator.call('GET', '/subscriptions?skip=0&limit=50')).length === 0,
      10_000,
    ).catch(() => false);
    that('the subscription is ended where a broker takes its place', gone !== false, gone);
    await operator.call('PUT', `/events/${firstId}`, event([35], { priority: 0, eventName: 'first' }));
    await comes('a changed event is told over the broker', 35);
    await operator.call('DELETE', `/events/${firstId}`);
    await operator.call('PUT', `/events/${eventId}`, event([65]));
    await comes('and one that is deleted', 65);
    await configure(undefined);
  }

  // What was reported about stays: nobody but the reporter may delete a report there.
  for (const { id } of await operator.call('GET', `/events?programID=${programID}&skip=0&limit=50`))
    if (id !== askedId) await operator.call('DELETE', `/events/${id}`);
  const gone = await until('no limit', async () => (await limit())?.inForce?.limitW === undefined, 20_000).catch(() => false);
  that('what is deleted holds no longer', gone !== false, await limit());

  server.child.kill('SIGKILL');
  const silent = await until('silence', async () => (await program()).trouble !== null, 20_000).catch(() => false);
  that('a server that is gone is noticed', silent !== false, await program());
} catch (error) {
  ran.push({ id: 'the story goes to its end', passed: false, seen: error.message });
} finally {
  await network.stop();
  for (const line of network.warnings) process.stdout.write(`${line}\n`);
  network.remove();
  await ended(server.child);
}
process.stdout.write(`openleadr-rs: ${ran.filter(({ passed }) => passed).length} of ${ran.length}\n`);
for (const { id, passed, seen } of ran) if (!passed) process.stdout.write(`  not: ${id}: ${JSON.stringify(seen)}\n`);
gate('openleadr-rs', ran, expectedOf('openadr'));
