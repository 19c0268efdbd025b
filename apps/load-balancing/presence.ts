// Whether a station is there, by when its link was lost (ADR 0102), or when it was last heard: an edge that dies writes down the end of no connection (ADR 0126).
// What its absence counts for is the ledger's; that it is asked before is inquiries.ts.
import { heardAgain } from '#domain/load-balancing';
import { graceMsOf } from '#domain/uptime';
import { type SiteState, type StationState, withStation } from './state.js';

/** That it was heard is noted no more often than this [ms]. */
const NOTED_EVERY_MS = 30_000;
/** Without a link nobody is there for longer than this [ms], however seldom it is to be heard. */
const LOST_MS = 600_000;

/** It spoke, or answered, a ping at least, on this connection: on the newest it is there, though it was thought to be gone. */
export const heardFrom = (state: SiteState, stationId: string, { offset }: { readonly offset: number }): SiteState =>
  withStation(state, stationId, (station) => {
    const { ledger, lostAtMs, heardMs = Number.NEGATIVE_INFINITY } = station;
    if (offset !== ledger.connection) return station;
    const isBack = ledger.contact === 'offline' && lostAtMs === undefined;
    if (isBack) return { ...station, heardMs: state.nowMs, ledger: heardAgain(ledger) };
    return state.nowMs - heardMs < NOTED_EVERY_MS ? station : { ...station, heardMs: state.nowMs };
  });

/** Of a process that takes the site over: where nobody noted it, silence counts from now on. */
export const withHeard = (station: StationState, nowMs: number): StationState =>
  station.heardMs === undefined && station.ledger.contact === 'online' ? { ...station, heardMs: nowMs } : station;

/** When a station whose link was lost, or that is connected as far as anybody knows, has been silent for longer than it may be: it may have lost its power too. */
export const awayFromMs = (station: StationState): number =>
  station.ledger.contact === 'lost' && station.lostAtMs !== undefined
    ? station.lostAtMs + Math.min(LOST_MS, graceMsOf(station.heartbeatS))
    : silentForMs(station, 1);

/** When it is asked whether it is there: it may have nothing to say, and think little of heartbeats. */
export const doubtedFromMs = (station: StationState): number => silentForMs(station, 0.75);

const silentForMs = ({ ledger, heardMs, heartbeatS }: StationState, part: number): number =>
  ledger.contact === 'online' && heardMs !== undefined ? heardMs + part * graceMsOf(heartbeatS) + NOTED_EVERY_MS : Number.POSITIVE_INFINITY;
