// Signs what stations asked for and the edge accepted, once that is committed; the outcome is a record, and everything else follows from it (ADR 0047).
// What was accepted and not signed yet when a process died is signed by whoever takes the partition over. `operator` is who a certificate belongs to
// whose request names nobody (ADR 0074).
import { encode, type SiteEvent } from '#contracts';
import { uuidV5 } from '#kernel';
import { checkSigningRequest } from '#pki';
import { type CertificateAuthority, PortError, type World } from '#ports';
import { type Change, type HeldPartition, type Logger, untilAnswered } from '#service';
import type { StationState } from '../definition.js';
import { certificates } from './part.js';
import type { Signing } from './signing.js';
import type { Certificates } from './state.js';

export interface Issuing {
  onCommitted(partition: HeldPartition<StationState>, changes: readonly Change<StationState, SiteEvent>[]): void;
  onLive(partition: HeldPartition<StationState>): void;
}

type Order = { readonly station: StationState['station']; readonly signing: Signing };

const ordersOf = ({ station, parts }: StationState): readonly Order[] =>
  ((parts[certificates.name] as Certificates | undefined)?.signings ?? [])
    .filter(({ state }) => state === 'requested')
    .map((signing) => ({ station, signing }));

type Outcome =
  Extract<SiteEvent, { type: 'CertificateIssued' | 'CertificateNotIssued' }> extends infer E
    ? E extends { type: infer T; data: infer D }
      ? { readonly type: T; readonly data: D }
      : never
    : never;

export function issuing(
  { keys, log, clock }: Pick<World, 'keys' | 'log' | 'clock'>,
  authority: CertificateAuthority,
  logger: Logger,
  operator?: string,
): Issuing {
  const asking = untilAnswered(clock);

  const outcomeOf = async ({
    station: { tenantId, stationId },
    signing: { requestId, use, csr: sealed = '' },
  }: Order): Promise<Outcome> => {
    const refused = (reason: string): Outcome => ({ type: 'CertificateNotIssued', data: { stationId, requestId, use, reason } });
    const csr = await keys.unseal(sealed);
    if (csr === undefined) return refused('Erased');
    const names = await checkSigningRequest(csr, { organizations: [] });
    if ('refused' in names) return refused(names.refused);
    const { commonName = stationId, organization = operator } = names;
    const owner = organization !== undefined && { organization };
    try {
      const issued = await authority.issue({ use, csr, tenantId, stationId, commonName, ...owner });
      return { type: 'CertificateIssued', data: { stationId, requestId, use, commonName, ...owner, ...issued } };
    } catch (error) {
      if (error instanceof PortError && !error.retriable) return refused(error.code);
      throw error;
    }
  };

  const sign = (order: Order, { lease }: HeldPartition<StationState>): Promise<void> => {
    const { requestId } = order.signing;
    const { tenantId, siteId, stationId } = order.station;
    const signAndTell = async (): Promise<void> => {
      const { type, data } = await outcomeOf(order);
      const [id, time] = [uuidV5('certificate', requestId), new Date(clock.now()).toISOString()];
      await log.append('site-events', [encode({ id, type, source: '/stations', time, tenantId, siteId, stationId, data })]);
    };
    return asking(requestId, lease, signAndTell, (error) =>
      logger.warn({ stationId, err: error }, 'a certificate could not be signed now; it is tried again'),
    );
  };

  return {
    onCommitted(partition, changes) {
      if (!partition.isLive) return;
      for (const { input, after } of changes)
        if (input.type === 'CallReceived' && input.data.action === 'SignCertificate')
          for (const order of ordersOf(after)) if (order.signing.requestId === input.id) void sign(order, partition);
    },
    onLive(partition) {
      for (const state of partition.states.values()) for (const order of ordersOf(state)) void sign(order, partition);
    },
  };
}
