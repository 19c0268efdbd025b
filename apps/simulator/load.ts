// Load against any OCPP system by its URL: `npm run load -- --url ws://host:9220/ocpp --stations 200 --seconds 30`.
// It measures calls, latencies, errors and reconnects; what the numbers should be is the bench's business.
import { createWriteStream, openSync } from 'node:fs';
import { commandLine } from '#command-line';
import { isOcppVersion, type OcppVersion, SUBPROTOCOLS } from '#ocpp';
import { systemClock } from './clock.js';
import { DEFAULT_BACK_OFF } from './line.js';
import { webSocketDial } from './link.js';
import { LoadStation } from './load-station.js';
import { complaint, summary, Tally } from './load-tally.js';

const { values, refuse } = commandLine({
  usage: 'npm run load -- [options]',
  about: 'Many stations that talk as fast as they may, to any OCPP system; calls, latencies, errors and reconnects are measured.',
  options: {
    url: {
      about: 'where the CSMS listens, without station id; wss:// for TLS, a private authority by NODE_EXTRA_CA_CERTS',
      default: 'ws://127.0.0.1:9220/ocpp',
    },
    stations: { about: 'how many sockets', default: '100', whole: [1, 100_000] },
    seconds: { about: 'how long to measure, after the ramp', default: '30', number: [1, 86_400] },
    ramp: { about: 'seconds over which the stations dial', default: '2', number: [0, 3_600] },
    rate: { about: 'calls per second over all stations; 0 for as fast as answers come', default: '0', number: [0, 10_000_000] },
    version: { about: 'both are 1.6 and 2.0.1 in turn', default: 'both', oneOf: [...SUBPROTOCOLS, 'both'] },
    prefix: { about: 'station ids are <prefix>00001 and so on', default: 'LOAD-' },
    password: { about: 'basic authentication; {id} becomes the station id; empty for none', default: '' },
    token: { about: 'token of the transactions; {id} becomes the station id', default: '04A1B2C3D4E5F6' },
    record: {
      about: 'file for the calls that got a result, one JSON line each, to compare with what was kept; empty for none',
      default: '',
    },
    seed: { about: 'the same seed gives the same order of messages', default: '1' },
  },
});

const isSocketUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && /^(ws|http)s?:$/.test(url.protocol) && url.hash === '';
};

function writable(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    return refuse(`--record: ${(error as Error).message}`);
  }
}

function main(): void {
  if (!isSocketUrl(values.url)) refuse(`--url is an address as ws://host:9220/ocpp, not "${values.url}"`);
  const { stations: count, seconds, rate } = values;
  const rampMs = values.ramp * 1000;
  const versions: readonly OcppVersion[] = values.version === 'both' ? ['ocpp1.6', 'ocpp2.0.1'] : [values.version].filter(isOcppVersion);
  const tally = new Tally();
  const file = values.record === '' ? undefined : createWriteStream(values.record, { fd: writable(values.record) });
  const stations = Array.from({ length: count }, (_, index) => {
    const stationId = `${values.prefix}${String(index + 1).padStart(5, '0')}`;
    return new LoadStation({
      url: values.url,
      stationId,
      version: versions[index % versions.length] ?? 'ocpp1.6',
      password: values.password.replaceAll('{id}', stationId),
      idToken: values.token.replaceAll('{id}', stationId),
      seed: `${values.seed}/${stationId}`,
      pauseMs: rate === 0 ? 0 : (count * 1000) / rate,
      tally,
      record: file && ((call) => file.write(`${JSON.stringify(call)}\n`)),
      dial: webSocketDial({ perMessageDeflate: false }),
      backOff: DEFAULT_BACK_OFF,
      clock: systemClock,
    });
  });

  process.stdout.write(`load: ${count} stations dial ${values.url}, then ${seconds} s are measured\n`);
  stations.forEach((station, index) => {
    setTimeout(() => station.start(), (index * rampMs) / count);
  });
  let before = 0;
  const progress = setInterval(() => {
    const { answered } = tally;
    process.stdout.write(`load: ${tally.open}/${count} connected | ${Math.round((answered - before) / 2)} calls/s | ${tally.failures()}\n`);
    before = answered;
  }, 2_000);
  const finish = () => {
    clearInterval(progress);
    tally.end(stations.flatMap(({ waitedMs }) => waitedMs ?? []));
    for (const station of stations) station.stop();
    file?.end();
    process.stdout.write(`${summary(tally, count)}\n`);
    const wrong = complaint(tally, values.url);
    if (wrong === undefined) return;
    process.stderr.write(`load: ${wrong}\n`);
    process.exitCode = 1;
  };
  const ending = setTimeout(finish, rampMs + seconds * 1000);
  setTimeout(() => tally.begin(), rampMs).unref();
  process.once('SIGINT', () => {
    clearTimeout(ending);
    finish();
  });
}

main();
