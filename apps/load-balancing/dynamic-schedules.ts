// A station asks for the limit of its dynamic profile (2.1 K28) and its edge had none to repeat, after a new connection say: the site's owner sends
// the one that stands once more, as a grant. What an edge answers by itself is never more than the station has confirmed on that connection.
import type { Recorded, SiteEvent } from '#contracts';
import { clearedBy, dynamicGrants } from '#domain/load-balancing';
import { uuidV5 } from '#kernel';
import type { Output } from '#service';
import { type SiteState, stationIn } from './state.js';

const WITHIN_MS = 20_000;

export function pulled(state: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  if (input.type !== 'CallReceived' || input.data.action !== 'PullDynamicScheduleUpdate' || state.ownerEpoch < 0) return [];
  const { answer, payload } = input.data;
  const { chargingProfileId } = payload as { readonly chargingProfileId?: unknown };
  const { status } = (answer.kind === 'result' ? answer.payload : {}) as { readonly status?: unknown };
  const ledger = stationIn(state, input.stationId ?? '')?.ledger;
  const held = ledger && dynamicGrants(ledger, Number(chargingProfileId));
  const [grant] = held ?? [];
  // Where another one is on its way, or its removal, that is the answer.
  if (status === 'Accepted' || ledger === undefined || grant?.foreign?.dynamic === undefined || held?.length !== 1) return [];
  if (grant.state !== 'accepted' || clearedBy(ledger, grant)) return [];
  const { slot, evseId, steps, foreign, transactionId } = grant;
  const data = {
    commandId: uuidV5('pulled', input.id),
    stationId: ledger.stationId,
    action: 'UpdateDynamicSchedule',
    payload: { chargingProfileId: foreign.profileId, scheduleUpdate: foreign.dynamic?.limits },
    notAfter: new Date(state.nowMs + WITHIN_MS).toISOString(),
    timeoutMs: 30_000,
    requestedBy: 'load-balancing',
    grant: {
      ownerEpoch: state.ownerEpoch,
      grantSeq: state.grantSeq + 1,
      slot,
      evseId,
      steps,
      foreign,
      ...(transactionId !== undefined && { transactionId }),
      raises: true,
    },
  };
  return [{ topic: 'site-events', type: 'CommandRequested', data, stationId: ledger.stationId }];
}
