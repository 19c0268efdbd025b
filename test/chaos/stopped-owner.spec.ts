// The process that owns sites is stopped in mid-work, another takes over, and it wakes up again: once as soon as the other has spoken,
// with its old commands still fresh, and once after a minute. Nothing it had begun reaches a station, and no site ever draws too much.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Recorded, SiteEvent } from '#contracts';
import type { ProcessName } from '../cluster/support/process-network.js';
import { fromFormerOwners } from './support/audit.js';
import { ChargingNetwork } from './support/charging-network.js';
import { expectRowsOfTheLog, expectWholeBooks } from './support/whole-books.js';

const STATIONS = Number(process.env.CHAOS_STATIONS ?? 24);
/** As many charge at a time. */
const HALF = Math.floor(STATIONS / 2);
const SITES = 2;
const LIMIT_A = Math.ceil((40 * HALF) / (3 * SITES));
const LONG_STOP_MS = Number(process.env.CHAOS_STOP_S ?? 60) * 1000;
const TURNOVER_MS = 1_500;

interface Taken {
  readonly siteId: string;
  readonly ownerId: string;
  readonly ownerEpoch: number;
}

describe('an owner of sites that is stopped and wakes up again', () => {
  let charging: ChargingNetwork;
  let turnover: NodeJS.Timeout;

  const taken = async (): Promise<readonly Taken[]> =>
    ((await charging.network.records('site-events')) as readonly Recorded<SiteEvent>[]).flatMap((record) =>
      record.type === 'SiteTaken' ? [{ siteId: record.siteId ?? '', ownerId: record.data.ownerId, ownerEpoch: record.at.offset }] : [],
    );
  /** Each site's owner by now, as the log has it. */
  const owners = async (): Promise<ReadonlyMap<string, Taken>> => new Map((await taken()).map((each) => [each.siteId, each]));
  const processOf = (ownerId: string): ProcessName => {
    const found = charging.network.names.find((name) => charging.network.linesOf(name).some((line) => line.includes(ownerId)));
    if (found === undefined) throw new Error(`no process says that it is the owner ${ownerId}`);
    return found;
  };
  /** Limits that reached stations of `siteIds` under an owner of `epochs`. */
  const grantedBy = async (siteIds: readonly string[], since: number): Promise<boolean> => {
    const newest = await owners();
    const grants = new Map(
      ((await charging.network.records('site-events')) as readonly Recorded<SiteEvent>[]).flatMap((record) =>
        record.type === 'CommandRequested' && record.data.grant !== undefined
          ? [[record.data.commandId, record.data.grant.ownerEpoch] as const]
          : [],
      ),
    );
    return siteIds.every((siteId) =>
      charging.received.some(
        (each) => each.siteId === siteId && each.at > since && grants.get(each.commandId) === newest.get(siteId)?.ownerEpoch,
      ),
    );
  };

  beforeAll(async () => {
    charging = await ChargingNetwork.open({
      stations: STATIONS,
      sites: SITES,
      limitA: LIMIT_A,
      leaseSeconds: 60,
      sampleIntervalS: 5,
      seed: 20_264,
    });
    charging.arrive(charging.stationIds.slice(0, HALF));
    let turn = 0;
    // Somebody always leaves and somebody always comes, so that there is always a limit on its way.
    turnover = setInterval(() => {
      const [leaving, coming] = [charging.stationIds[turn % STATIONS] ?? '', charging.stationIds[(turn + HALF) % STATIONS] ?? ''];
      turn++;
      charging.depart([leaving]);
      if (charging.isFree(coming)) charging.arrive([coming]);
    }, TURNOVER_MS);
  });
  afterAll(async () => {
    clearInterval(turnover);
    await charging?.close();
  });

  /** Stops the owner of a site, waits until another speaks for all it held, and wakes it `stoppedMs` after it was stopped at the earliest. */
  async function stopAndWake(stoppedMs: number): Promise<void> {
    const before = await owners();
    const { ownerId } = [...before.values()][0] as Taken;
    const its = [...before.values()].filter((each) => each.ownerId === ownerId).map(({ siteId }) => siteId);
    const owner = processOf(ownerId);
    const stoppedAt = Date.now();
    charging.network.signal(owner, 'SIGSTOP');
    try {
      await charging.until('another owner takes the sites and limits their stations', async () => {
        const now = await owners();
        return its.every((siteId) => now.get(siteId)?.ownerId !== ownerId) && (await grantedBy(its, stoppedAt));
      });
      await charging.until('the stop is over', () => Date.now() - stoppedAt >= stoppedMs);
    } finally {
      charging.network.signal(owner, 'SIGCONT');
    }
    const wokenAt = Date.now();
    await charging.until('the limits go on', async () => grantedBy(its, wokenAt));
    const received = [...charging.received]; // before the log is read, which has then a grant for each of them
    expect(fromFormerOwners(await charging.network.records('site-events'), received)).toEqual([]);
    expect(charging.draws.above(LIMIT_A * 1000)).toEqual([]);
  }

  it('speaks no more when it wakes while its commands are fresh', () => stopAndWake(0));

  it('speaks no more when it wakes after a minute', () => stopAndWake(LONG_STOP_MS));

  it('leaves whole books behind', async () => {
    clearInterval(turnover);
    await expectWholeBooks(charging, LIMIT_A);
    expect(charging.draws.highestMa()).toBeGreaterThan(0.8 * LIMIT_A * 1000);
  });

  it('has rows that are only a view of the log', () => expectRowsOfTheLog(charging), 300_000);
});
