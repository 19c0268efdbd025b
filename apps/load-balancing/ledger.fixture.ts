// What the ledger of a site under test says of the first EVSE of a station.
// The site itself is site.fixture's.
import { capMa as capOf, committedMa as committed, type StationLedger } from '#domain/load-balancing';
import type { Site } from './site.fixture.js';
import { stationIn } from './state.js';

const ledgerOf = (it: Site, stationId: string): StationLedger => {
  const ledger = stationIn(it.state, stationId)?.ledger;
  if (ledger === undefined) throw new Error(`no station ${stationId}`);
  return ledger;
};

export function committedMa(it: Site, stationId: string, atMs = it.nowMs): number {
  const ledger = ledgerOf(it, stationId);
  const [evse] = ledger.evses;
  return evse === undefined ? 0 : committed(ledger, evse, atMs, false);
}

export function capMa(it: Site, stationId: string): number {
  const [evse] = ledgerOf(it, stationId).evses;
  return evse === undefined ? Number.POSITIVE_INFINITY : capOf(evse, it.nowMs);
}
