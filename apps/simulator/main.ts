// A fleet of simulated stations from the command line: `node dist/apps/simulator/main --url ws://127.0.0.1:9220/ocpp --stations 12`.
// The stations must be known to the CSMS, or it must accept unknown ones; this program registers nothing.
import { commandLine } from '#command-line';
import { isOcppVersion, type OcppVersion, SUBPROTOCOLS } from '#ocpp';
import { type Fleet, startFleet } from './fleet.js';
import { isPersonality, PERSONALITIES, type PersonalityName, personality } from './personalities.js';
import type { StationSpec } from './specs.js';

const { values, refuse } = commandLine({
  usage: 'node dist/apps/simulator/main [options]',
  about: 'Stations and cars that speak OCPP. The CSMS has to know the stations, or to accept unknown ones.',
  options: {
    url: { about: 'where the CSMS listens, without station id', default: 'ws://127.0.0.1:9220/ocpp' },
    stations: { about: 'how many', default: '12', whole: [1, 100_000] },
    prefix: { about: 'station ids are <prefix>0001 and so on', default: 'SIM-' },
    versions: { about: `protocol versions, in turn: ${SUBPROTOCOLS.join(', ')}`, default: 'ocpp1.6,ocpp2.0.1' },
    personalities: { about: `vendors in turn, or "all"; their versions replace --versions; empty for stations by the book`, default: '' },
    password: { about: 'basic authentication; {id} becomes the station id; empty for none', default: '' },
    evses: { about: 'EVSEs per station', default: '1', whole: [1, 100] },
    'max-a': { about: 'rating per phase [A]', default: '32', number: [6, 1_000] },
    seed: { about: 'the same seed gives the same cars', default: '1' },
    sample: { about: 'seconds between meter values', default: '10', number: [1, 86_400] },
    tokens: { about: 'tokens of the drivers, separated by commas; empty for ten made from the seed', default: '' },
    faults: { about: 'link losses per station and hour', default: '0', number: [0, 3_600] },
    progress: { about: 'seconds between progress lines', default: '5', number: [1, 3_600] },
  },
});

function versionsOf(text: string): readonly OcppVersion[] {
  return text.split(',').map((name) => {
    if (isOcppVersion(name)) return name;
    return refuse(`--versions knows ${SUBPROTOCOLS.join(', ')}, not "${name}"`);
  });
}

function personalitiesOf(text: string): readonly PersonalityName[] {
  if (text === 'all') return PERSONALITIES;
  return text.split(',').flatMap((name) => {
    if (name === '') return [];
    if (isPersonality(name)) return [name];
    return refuse(`--personalities knows all, ${PERSONALITIES.join(', ')}, not "${name}"`);
  });
}

/** One line: links, transactions, power, messages. */
export function progressLine(fleet: Fleet): string {
  const { stations } = fleet;
  const count = (of: (station: (typeof stations)[number]) => number) => stations.reduce((sum, station) => sum + of(station), 0);
  const draws = fleet.draws();
  const amps = draws.reduce((sum, { currentMa }) => sum + currentMa, 0) / 1000;
  const loss = stations.find(({ online, lastLoss }) => !online && lastLoss !== undefined)?.lastLoss;
  return [
    `${count(({ online }) => (online ? 1 : 0))}/${stations.length} connected`,
    `${count(({ registration }) => (registration === 'Accepted' ? 1 : 0))} accepted`,
    `${count(({ charging }) => charging.running().length)} charging`,
    `${amps.toFixed(1)} A over all phases`,
    `${count(({ ledger }) => ledger.answeredCount)} answered`,
    `${count(({ ledger }) => ledger.failedCount)} failed`,
    `${count(({ queued }) => queued)} waiting`,
    ...(loss === undefined ? [] : [`last refusal: ${loss}`]),
  ].join(' | ');
}

async function main(): Promise<void> {
  const versions = versionsOf(values.versions);
  const vendors = personalitiesOf(values.personalities);
  const { evses, 'max-a': maxA, faults: linkLossesPerHour } = values;
  const stations = Array.from({ length: values.stations }, (_, index): StationSpec => {
    const stationId = `${values.prefix}${String(index + 1).padStart(4, '0')}`;
    const vendor = vendors[index % vendors.length];
    const station = {
      stationId,
      ...(values.password === '' ? {} : { password: values.password.replaceAll('{id}', stationId) }),
      evses: Array.from({ length: evses }, (_evse, evse) => ({ evseId: evse + 1, maxA })),
    };
    return vendor === undefined
      ? { ...station, ocppVersion: versions[index % versions.length] ?? 'ocpp1.6' }
      : personality(vendor, station);
  });
  const fleet = await startFleet({
    url: values.url,
    stations,
    seed: values.seed,
    sampleIntervalS: values.sample,
    dialWithinMs: stations.length * 5,
    ...(values.tokens === '' ? {} : { idTokens: values.tokens.split(',') }),
    ...(linkLossesPerHour === 0 ? {} : { faults: { linkLossesPerHour } }),
  });
  process.stdout.write(`simulator: ${stations.length} stations dial ${values.url}; tokens ${fleet.idTokens.join(', ')}\n`);
  const progress = setInterval(() => process.stdout.write(`simulator: ${progressLine(fleet)}\n`), values.progress * 1000);
  const end = () => {
    clearInterval(progress);
    process.stdout.write(`simulator: stopping | ${progressLine(fleet)}\n`);
    void fleet.stop();
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

await main();
