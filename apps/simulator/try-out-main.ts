// Tries a running network out with simulated stations: `ADMIN_API_KEY=… node dist/apps/simulator/try-out-main --api http://api:8080 --url ws://edge:9220/ocpp`.
// What is done is in try-out.ts; the chart runs this as `helm test`.
import { commandLine } from '#command-line';
import { tryOut } from './try-out.js';

const { values, refuse } = commandLine({
  usage: 'ADMIN_API_KEY=… node dist/apps/simulator/try-out-main [options]',
  about: 'Simulated stations connect, charge and go.',
  options: {
    api: { about: 'where the api listens', default: 'http://127.0.0.1:8080' },
    url: { about: 'where the edges listen, without station id', default: 'ws://127.0.0.1:9220/ocpp' },
    patience: { about: 'seconds for each step', default: '60', number: [1, 3_600] },
  },
});
const apiKey = process.env.ADMIN_API_KEY || refuse('ADMIN_API_KEY missing: a key of an administrator of the api');

const say = (line: string): void => void process.stdout.write(`try-out: ${line}\n`);

try {
  await tryOut({ apiUrl: values.api, ocppUrl: values.url, apiKey, patienceMs: values.patience * 1000, say });
  say('all is well');
} catch (error) {
  process.stderr.write(`try-out: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
