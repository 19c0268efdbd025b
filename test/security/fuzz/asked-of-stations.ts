// Every message of a version that is ours to send, asked of a station that is being fuzzed: what it answers is made wrong there.
// A sample that is not for a CSMS to send is refused, and another one is tried; a fault of ours is a complaint.
import type { Chance } from '#apps/simulator';
import { actions, type OcppVersion } from '#ocpp';
import { knownOf } from './conversation.js';
import type { HostileNetwork } from './hostile-network.js';
import { officialSchema } from './oracle.js';
import { sample } from './sample.js';

const SAMPLES = 6;
/** Briefly: what is not answered holds up the next one. */
const TIMEOUT_MS = 100;

export interface Asking {
  readonly stationId: string;
  readonly version: OcppVersion;
  readonly idToken: string;
}

export const toStation = (version: OcppVersion): readonly string[] =>
  [...actions(version)].filter(([, { direction }]) => direction !== 'fromStation').map(([action]) => action);

/** Asks one after the other; answers what was wrong on our side, and that most were refused before they left: then nothing was tried. */
export async function askEverything({ network }: HostileNetwork, asking: Asking, chance: Chance): Promise<readonly string[]> {
  const { stationId, version } = asking;
  const path = `/v1/stations/${stationId}`;
  await network.until('the version of the station', async () => {
    const { ocppVersion } = await network.must<{ ocppVersion: string | null }>('GET', path);
    return ocppVersion === version;
  });
  const complaints: string[] = [];
  const refused: string[] = [];
  for (const action of toStation(version)) {
    refused.push(action);
    const schema = officialSchema(version, action, 'request') ?? {};
    for (let tried = 0; tried < SAMPLES; tried++) {
      const payload = sample(schema as never, schema, chance, knownOf({ ...asking, transactionId: 1 }));
      const { status, body } = await network.call('POST', `${path}/commands?wait=true`, { action, payload, timeoutMs: TIMEOUT_MS });
      if (status >= 500 || (status >= 200 && status < 300 && body.state === 'queued'))
        complaints.push(`${version} ${action}: ${status} ${JSON.stringify(body)}\n  asked ${JSON.stringify(payload).slice(0, 1000)}`);
      if (status >= 400) continue;
      refused.pop();
      break;
    }
  }
  if (refused.length * 2 > toStation(version).length) complaints.push(`${version}: refused by us: ${refused.join(', ')}`);
  return complaints;
}
