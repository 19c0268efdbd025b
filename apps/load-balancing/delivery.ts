// From grants in the log to stations: the owner takes each site by a record, and hands a grant to an edge only once it has read it back,
// still being the owner. What an edge or a station makes of it comes back as records.
import { type CommandRequested, type Envelope, encode, type GrantFacts, type SiteEvent, type SiteEventData } from '#contracts';
import type { Logger } from '#observability';
import type { Position, RoutedCommand, World } from '#ports';
import { type Change, deliverCommand, type Effects, type HeldPartition, routedCommand } from '#service';
import type { SiteState } from './state.js';

/** A raise rests on what was known when it was decided: an owner this far behind its stream raises nothing. */
const MOST_BEHIND_MS = 5_000;

/** `ownerId`: this process, as it takes sites. */
export function ownerEffects(world: World, logger: Logger, ownerId: string): Effects<SiteState, SiteEvent> {
  const append = (
    type: keyof SiteEventData,
    tenantId: string,
    siteId: string,
    data: unknown,
    stationId?: string,
  ): Promise<readonly Position[]> => {
    const time = new Date(world.clock.now()).toISOString();
    const envelope: Envelope = {
      id: world.ids.next(),
      type,
      source: '/load-balancing',
      time,
      tenantId,
      siteId,
      ...(stationId !== undefined && { stationId }),
      data,
    };
    return world.log.append('site-events', [encode(envelope)]);
  };

  /** Where our last SiteTaken of a site stands; before the log has said so, nowhere yet. It counts once it is read back. */
  const taken = new Map<string, number>();
  const take = (aggregate: string, { tenantId, siteId, ownerId: holder, ownerEpoch, config, asked }: SiteState): void => {
    const isOnItsWay = (taken.get(aggregate) ?? -1) > ownerEpoch;
    if (holder === ownerId || (config === undefined && asked.length === 0) || isOnItsWay) return;
    taken.set(aggregate, Number.POSITIVE_INFINITY);
    append('SiteTaken', tenantId, siteId, { ownerId })
      .then(([position]) => {
        taken.set(aggregate, position?.offset ?? -1);
        logger.info({ siteId, ownerId }, 'site taken');
      })
      .catch((error: unknown) => {
        taken.delete(aggregate);
        logger.warn({ siteId, err: error }, 'a site is not taken yet: the log did not take the record');
      });
  };

  /** Resolves whatever becomes of it; rejects where the log does not take a refusal. */
  const handOver = async (
    { lease }: HeldPartition<SiteState>,
    state: SiteState,
    input: Envelope<string, CommandRequested>,
  ): Promise<void> => {
    if (!lease.isHeld()) return;
    const { grant, commandId, stationId } = input.data;
    const behindMs = world.clock.now() - Date.parse(input.time);
    if (grant?.raises && behindMs > MOST_BEHIND_MS) {
      const detail = `the owner of the site is ${Math.round(behindMs / 1000)} s behind`;
      await append('CommandRefused', state.tenantId, state.siteId, { commandId, reason: 'PastNotAfter', detail }, stationId);
      return;
    }
    const command = routedCommand(input);
    await deliverCommand(world, '/load-balancing', grant === undefined ? command : { ...command, grant: routedGrant(grant) }).catch(
      (error: unknown) =>
        logger.warn(
          { siteId: state.siteId, err: error },
          'a limit could not be handed to an edge; it counts as possibly in force until its lease ends',
        ),
    );
  };

  /** A former owner's word that came after ours: whoever reads it back owns the site no more, so it is certain that nobody sends it, and nobody waits for an outcome. */
  const refuseForeign = ({ tenantId, siteId }: SiteState, { commandId, stationId }: CommandRequested): Promise<unknown> => {
    const detail = 'the site had another owner before it could leave';
    return append('CommandRefused', tenantId, siteId, { commandId, reason: 'OlderGrant', detail }, stationId).catch((error: unknown) =>
      logger.warn({ siteId, err: error }, 'a limit of a former owner counts as possibly in force until its lease ends'),
    );
  };

  return {
    onLive({ states }) {
      for (const [aggregate, state] of states) take(aggregate, state);
    },
    async onCommitted(partition: HeldPartition<SiteState>, changes: readonly Change<SiteState, SiteEvent>[]) {
      if (!partition.isLive) return;
      // In order to each station, to all of them at once: a limit for a thousand stations is not a thousand round trips one after the other.
      const underWay = new Map<string, Promise<void>>();
      for (const { aggregate, after, input } of changes) {
        if (!partition.lease.isHeld()) break;
        const state = partition.states.get(aggregate) ?? after;
        take(aggregate, state);
        if (input.type !== 'CommandRequested' || state.ownerId !== ownerId) continue;
        const { grant, requestedBy, stationId } = input.data;
        if (grant !== undefined && grant.ownerEpoch < state.ownerEpoch && input.at.offset > state.ownerEpoch)
          await refuseForeign(state, input.data);
        // Other commands are handed over by whoever wrote them; questions of ours are ours.
        if (grant === undefined ? requestedBy !== 'load-balancing' : grant.ownerEpoch !== state.ownerEpoch) continue;
        const station = `${aggregate}/${stationId}`;
        const before = underWay.get(station) ?? Promise.resolve();
        underWay.set(
          station,
          before.then(() => handOver(partition, state, input)),
        );
      }
      await Promise.all(underWay.values());
    },
  };
}

/** What an edge has to know of a grant: its order, and of a plan what it promises. */
const routedGrant = ({
  ownerEpoch,
  grantSeq,
  slot,
  evseId,
  steps,
  voltageV,
  foreign,
  clears,
}: GrantFacts): NonNullable<RoutedCommand['grant']> => ({
  ownerEpoch,
  grantSeq,
  ...(slot === 'plan' && voltageV !== undefined && !foreign && !clears && { plan: { evseId, steps, voltageV } }),
});
