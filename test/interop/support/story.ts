// One story, told by two stations on one client library: a full site, a second car, a limit, a release, remote commands, two bills.
// It only waits for what must come and gathers what was seen; judging is the spec's.
import { compositeSchedule, ownProfile, remoteStart, remoteStop, reset, type Try, triesOf } from './commands.js';
import type { NetworkProcess } from './network-process.js';
import { type Client, StationProcess } from './station-process.js';

export const SITE_LIMIT_A = 20;

export interface CommandRow {
  readonly commandId: string;
  readonly action: string;
  readonly state: string;
  readonly answer: unknown;
  readonly reason: string | null;
}
export interface SessionRow {
  readonly sessionId: string;
  readonly stationId: string;
  readonly transactionId: string;
  readonly energyWh: number;
  readonly reason: string | null;
  readonly flags: readonly string[];
}
export interface CdrRow {
  readonly session_id: string;
  readonly total_energy: number;
  readonly total_cost: { readonly excl_vat: number };
}

export interface Story {
  readonly stations: readonly [StationProcess, StationProcess];
  /** What both drew while they shared [A]. */
  readonly shared: readonly [number, number];
  readonly tries: readonly { readonly wanted: Try; readonly got: CommandRow }[];
  readonly started: CommandRow;
  readonly stopped: CommandRow;
  readonly wasReset: CommandRow;
  readonly composite: CommandRow;
  readonly foreignProfile: CommandRow;
  readonly sessions: readonly SessionRow[];
  readonly cdrs: readonly CdrRow[];
}

const tokenOf = (stationId: string): string => `T-${stationId}`.slice(0, 20);

async function setUp(network: NetworkProcess, client: Client, siteId: string): Promise<readonly [StationProcess, StationProcess]> {
  await network.site(siteId, SITE_LIMIT_A);
  const station = async (stationId: string): Promise<StationProcess> => {
    const password = await network.station(siteId, stationId, { maxA: 32 });
    await network.token(tokenOf(stationId));
    return new StationProcess(client, stationId, network.ocppUrl, password);
  };
  return [await station(`${siteId}-A`), await station(`${siteId}-B`)];
}

export async function tellStory(network: NetworkProcess, client: Client, siteId: string): Promise<Story> {
  const [first, second] = await setUp(network, client, siteId);
  const command = ({ stationId }: StationProcess, { action, payload }: Pick<Try, 'action' | 'payload'>): Promise<CommandRow> =>
    network.command<CommandRow>(stationId, action, payload);
  const purposes = (station: StationProcess): number => new Set(station.all('profile').map(({ purpose }) => purpose)).size;
  const started = (station: StationProcess) => station.until('a transaction', () => station.all('started').at(-1));
  const stopped = (station: StationProcess) => station.until('its end', () => station.all('stopped').at(-1));
  try {
    for (const station of [first, second]) {
      await station.until('boot', () => station.all('booted')[0]);
      await station.until('its maximum and its default', () => purposes(station) >= 2);
    }
    first.plugIn(tokenOf(first.stationId));
    await started(first);
    await first.until('the whole site for the only car', () => first.drawA > SITE_LIMIT_A - 1);

    second.plugIn();
    const remotelyStarted = await command(second, remoteStart(client, tokenOf(second.stationId)));
    const { transactionId } = await started(second);
    await second.until('a share', () => second.drawA >= 6);
    await first.until('less than before', () => first.drawA < SITE_LIMIT_A - 5);
    const shared = [first.drawA, second.drawA] as const;

    const composite = await command(first, compositeSchedule(client));
    const tries: { wanted: Try; got: CommandRow }[] = [];
    for (const wanted of triesOf(client)) tries.push({ wanted, got: await command(first, wanted) });
    const foreignProfile = await command(first, ownProfile(client));

    first.depart();
    await stopped(first);
    await second.until('the whole site again', () => second.drawA > SITE_LIMIT_A - 1);
    const remotelyStopped = await command(second, remoteStop(client, transactionId));
    await stopped(second);
    const wasReset = await command(first, reset(client));
    await first.until('the boot after the reset', () => first.all('booted')[1]);

    const sessionsOf = async ({ stationId }: StationProcess) =>
      network.until(`the ended session of ${stationId}`, async () => {
        const found = await network.items<SessionRow>(`/v1/sessions?stationId=${stationId}&status=ended`);
        return found.length > 0 && found;
      });
    const sessions = [...(await sessionsOf(first)), ...(await sessionsOf(second))];
    const cdrs = await Promise.all(
      sessions.map(({ sessionId }) =>
        network.until(`the bill of ${sessionId}`, async () => {
          const found = await network.items<CdrRow>(`/v1/cdrs?sessionId=${sessionId}`);
          return found.length > 0 && found;
        }),
      ),
    );
    return {
      stations: [first, second],
      shared,
      tries,
      started: remotelyStarted,
      stopped: remotelyStopped,
      wasReset,
      composite,
      foreignProfile,
      sessions,
      cdrs: cdrs.flat(),
    };
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
}
