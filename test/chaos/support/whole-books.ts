// After a fault: everybody leaves, and what the stations know is what the log, the sessions and the bills say; rows are what the log gives again.
import { expect } from '@jest/globals';
import {
  answeredButNotOnce,
  billsThatDiffer,
  commandsAnsweredTwice,
  commandsToldOtherwise,
  commandsWithoutEnd,
  sessionsThatDiffer,
} from './audit.js';
import type { ChargingNetwork } from './charging-network.js';

/** Where an edge died the owner of the site says so, once the time to send and to answer is over. */
const ENDED_WITHIN_MS = 150_000;

export async function expectCommandsEnded(charging: ChargingNetwork): Promise<void> {
  const { network } = charging;
  const ended = async (): Promise<boolean> => commandsWithoutEnd(await network.records('site-events')).length === 0;
  await charging.until('every command has ended', ended, ENDED_WITHIN_MS);
  const readMs = Date.now();
  const siteEvents = await network.records('site-events');
  expect(commandsAnsweredTwice(siteEvents)).toEqual([]);
  expect(commandsToldOtherwise(siteEvents, charging.received, readMs)).toEqual([]);
}

export async function expectWholeBooks(charging: ChargingNetwork, limitA: number): Promise<void> {
  await charging.allDepart();
  await charging.network.settled();
  const totals = charging.fleet.totals();
  const sessions = await charging.network.records('session-events');
  expect(answeredButNotOnce(await charging.network.records('site-events'), totals)).toEqual([]);
  expect(sessionsThatDiffer(sessions, totals)).toEqual([]);
  expect(billsThatDiffer(await charging.network.records('billing-events'), sessions, totals)).toEqual([]);
  await expectCommandsEnded(charging);
  expect(charging.network.deaths).toEqual([]);
  expect(charging.draws.above(limitA * 1000)).toEqual([]);
}

/** The last of all: nobody is there any more. */
export async function expectRowsOfTheLog({ fleet, network }: ChargingNetwork): Promise<void> {
  await fleet.stop();
  expect(await network.drain()).toEqual([]);
  expectReplayEquals(await network.program('standalone/replay.js', ['--verify']));
}

/** What `npm run replay -- --verify` told: equal rows, nothing parked, and no decision that would be another one. */
export function expectReplayEquals({ status, output }: { readonly status: number | null; readonly output: string }): void {
  expect({ status, wrong: output.match(/.*(?:DIFFER|\d parked|otherwise).*/g) ?? [], output }).toEqual({
    ...{ status: 0, wrong: [] },
    output: expect.stringMatching(/the rows equal a replay of the log/),
  });
}
