// The second account of the ledger: the highest current that could flow back out of cars under anything we ever sent, as a function of time. It
// is kept apart from what they may draw (ADR 0033): neither makes room for the other. What is worth feeding back is the planner's question.
import { counts } from './foreign-ledger.js';
import { permittedDischargeMa } from './grant.js';
import type { EvseLedger, StationLedger } from './ledger.js';
import { leaseSkew } from './skew.js';

/**
 * Per wired phase at `t` [mA]. The same grants count, for as long, as in `committedMa`; but no default and no profile of others permits any of it,
 * and a station feeds nothing back unasked. One that does not keep to what it was told counts with all it can.
 */
export function dischargeableMa(station: StationLedger, evse: EvseLedger, t: number): number {
  if (station.contact === 'never') return 0;
  const bound = leaseSkew(station);
  let most = evse.disobedient ? (evse.dischargeMa ?? 0) : 0;
  for (const grant of evse.plans) if (counts(grant, t)) most = Math.max(most, permittedDischargeMa(grant, t, bound));
  return most;
}
