// Tries a running network out with simulated stations: `ADMIN_API_KEY=… node dist/apps/simulator/try-out-main --api http://api:8080 --url ws://edge:9220/ocpp`.
// What is done is in try-out.ts; the chart runs this as `helm test`.
import { type Argument, BadArguments, help, numberOf, readArguments } from './arguments.js';
import { tryOut } from './try-out.js';

const ARGUMENTS = {
  api: { about: 'where the api listens', default: 'http://127.0.0.1:8080' },
  url: { about: 'where the edges listen, without station id', default: 'ws://127.0.0.1:9220/ocpp' },
  patience: { about: 'seconds for each step', default: '60' },
} as const satisfies Record<string, Argument>;

const say = (line: string): void => void process.stdout.write(`try-out: ${line}\n`);

try {
  const values = readArguments(process.argv.slice(2), ARGUMENTS);
  if (values === undefined) say(help('stations that connect and go', ARGUMENTS));
  else {
    const apiKey = process.env.ADMIN_API_KEY;
    if (!apiKey) throw new BadArguments('ADMIN_API_KEY missing: a key of an administrator of the api');
    const patienceMs = numberOf('patience', values.patience, 1, 3_600) * 1000;
    await tryOut({ apiUrl: values.api, ocppUrl: values.url, apiKey, patienceMs, say });
    say('all is well');
  }
} catch (error) {
  process.stderr.write(`try-out: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof BadArguments ? 2 : 1;
}
