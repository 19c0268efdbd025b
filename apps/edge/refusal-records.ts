// Refused handshakes of known stations as facts of their site: a downgrade, a wrong password, a certificate that is not theirs (A00, A05).
// An attacker must not fill the log: of what comes fast most is only counted, and told with the next record.

import { type ConnectionRefused, encode, streamKey } from '#contracts';
import { Budgets } from '#kernel';
import type { Clock, Ids, StationEntry } from '#ports';
import type { StationPath } from './admission/path.js';
import type { EdgeConfig } from './config.js';
import type { BuildRecord } from './outbound/outcome-writer.js';

const MOST_COUNTED = 10_000;

export type RefusalRecords = (
  path: StationPath,
  entry: StationEntry,
  refusal: Omit<ConnectionRefused, 'edgeId' | 'securityProfile' | 'unrecorded'>,
) => void;

export function refusalRecords(
  { edgeId, refusalsPerStation }: Pick<EdgeConfig, 'edgeId' | 'refusalsPerStation'>,
  clock: Clock,
  ids: Ids,
  write: (siteKey: string, build: BuildRecord) => boolean,
): RefusalRecords {
  const budgets = new Budgets(refusalsPerStation);
  const unrecorded = new Map<string, number>();
  return (path, { siteId, securityProfile }, refusal) => {
    const stationKey = `${path.tenantId}/${path.stationId}`;
    const before = unrecorded.get(stationKey) ?? 0;
    if (!budgets.spend(stationKey, 1, clock.now())) {
      if (unrecorded.size < MOST_COUNTED || before > 0) unrecorded.set(stationKey, before + 1);
      return;
    }
    unrecorded.delete(stationKey);
    const [id, time] = [ids.next(), new Date(clock.now()).toISOString()];
    const data = { edgeId, ...refusal, securityProfile, unrecorded: before };
    write(streamKey({ tenantId: path.tenantId, siteId }), () =>
      encode({ id, type: 'ConnectionRefused', source: `/edge/${edgeId}`, time, ...path, siteId, data }),
    );
  };
}
