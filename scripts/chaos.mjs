// `npm run chaos`: the fault suites of test/chaos alone and at full size, on servers of their own (three Kafka brokers) that it starts and stops.
// `npm run chaos -- --stations 500 --outage 120 --stop 120 killed-process` runs one of them with these sizes [stations, seconds].
import { parseArgs } from 'node:util';
import './build.mjs';
import { specsOnStack } from './specs-on-stack.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stations: { type: 'string', default: '500' },
    outage: { type: 'string', default: '120' },
    stop: { type: 'string', default: '120' },
    brokers: { type: 'string', default: '3' },
  },
});
process.exit(
  await specsOnStack({
    name: 'chaos',
    specs: (positionals.length > 0 ? positionals : ['']).map((name) => `test/chaos/${name}`),
    brokers: Number(values.brokers),
    env: { CHAOS_STATIONS: values.stations, CHAOS_OUTAGE_S: values.outage, CHAOS_STOP_S: values.stop },
  }),
);
