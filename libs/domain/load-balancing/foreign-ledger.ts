// The ledger's account of profiles that others asked for, and of requests to remove profiles: both may lift what ours hold down.
// What such a request could permit is read in foreign; everything of our own is the ledger's.
import {
  type ClearScope,
  cannotArriveAfter,
  type ForeignProfile,
  type Grant,
  type GrantOrder,
  isLater,
  leaseEndMs,
  limitAt,
  SETTLE_MS,
} from './grant.js';
import type { EvseLedger, StationLedger } from './ledger.js';
import { profileIdOf, STACK_LEVEL } from './profiles.js';

/** A ClearChargingProfile on its way. */
export interface Clearing extends ClearScope, GrantOrder {
  readonly commandId: string;
}

export const counts = ({ endsMs }: Grant, t: number): boolean => endsMs === undefined || t < endsMs;

/** A profile may be gone, or about to go, because of a request made after it. */
export const isClearing = (clearings: readonly Clearing[], evse: EvseLedger | undefined, grant: Grant): boolean =>
  clearings.some((clearing) => !isLater(grant, clearing) && removesOwn(clearing, evse, grant));

function removesOwn({ evseIds, profileId, slot, stackLevel }: ClearScope, evse: EvseLedger | undefined, own: Grant): boolean {
  if (evse !== undefined && !evseIds.includes(evse.evseId)) return false;
  if (profileId === undefined) return (slot ?? own.slot) === own.slot && (stackLevel ?? STACK_LEVEL) === STACK_LEVEL;
  // One of ours was replaced by a later foreign one at its level: where that goes, nothing is left.
  const replaced = evse?.foreign.some(
    (grant) =>
      grant.slot === own.slot && grant.foreign?.profileId === profileId && grant.foreign.stackLevel === STACK_LEVEL && isLater(grant, own),
  );
  return profileIdOf(own.slot, own.evseId) === profileId || replaced === true;
}

const removesForeign = ({ profileId, slot, stackLevel }: ClearScope, { slot: its, foreign }: Grant): boolean =>
  profileId === undefined
    ? (slot ?? its) === its && (stackLevel ?? foreign?.stackLevel) === foreign?.stackLevel
    : foreign?.profileId === profileId;

/** A removal is on its way that may hit this profile of somebody else. */
export const clearedBy = ({ clearings }: Pick<StationLedger, 'clearings'>, grant: Grant): boolean =>
  clearings.some((clearing) => !isLater(grant, clearing) && removesForeign(clearing, grant));

/** The station removed what matched; without an answer (`isCertain` false) it may have. */
export function cleared(ledger: StationLedger, commandId: string, at: number, isCertain: boolean): StationLedger {
  const clearing = ledger.clearings.find((each) => each.commandId === commandId);
  if (clearing === undefined) return ledger;
  const end = (grant: Grant): Grant => ({ ...grant, endsMs: grant.endsMs ?? at + SETTLE_MS });
  const left = (grant: Grant): readonly Grant[] => (isCertain ? [] : [{ ...grant, state: 'unanswered' }]);
  const isHit = (grant: Grant, evse?: EvseLedger): boolean => !isLater(grant, clearing) && removesOwn(clearing, evse, grant);
  return {
    ...ledger,
    clearings: ledger.clearings.filter((each) => each !== clearing),
    stationMax: ledger.stationMax.flatMap((grant) => (isHit(grant) ? left(grant) : [grant])),
    evses: ledger.evses.map((evse) => {
      if (!clearing.evseIds.includes(evse.evseId)) return evse;
      return {
        ...evse,
        ...(isCertain && { clearedMs: at }),
        defaults: evse.defaults.flatMap((grant) => (isHit(grant, evse) ? left(grant) : [grant])),
        plans: evse.plans.map((grant) =>
          isHit(grant, evse) ? (isCertain ? end(grant) : { ...grant, state: 'unanswered' as const }) : grant,
        ),
        foreign: evse.foreign.map((grant) =>
          isCertain && !isLater(grant, clearing) && removesForeign(clearing, grant)
            ? { ...end(grant), ...(clearing.keepsCaps && { isWithdrawn: true as const }) }
            : grant,
        ),
      };
    }),
  };
}

/** Of two with the same id, or the same place in the same stack, the later one counts once it is confirmed. */
export const supersededForeign = (grants: readonly Grant[], at: number): readonly Grant[] =>
  grants.length === 0
    ? grants
    : grants.map((grant) => {
        const isReplaced = grants.some(
          (newer) =>
            newer !== grant &&
            newer.state === 'accepted' &&
            isLater(newer, grant) &&
            isSamePlace(newer, grant) &&
            cannotArriveAfter(grant, newer),
        );
        if (!isReplaced || (grant.endsMs !== undefined && !grant.isWithdrawn)) return grant;
        const { isWithdrawn: _over, ...rest } = grant;
        return { ...rest, endsMs: grant.endsMs ?? at + SETTLE_MS };
      });

/** In 1.6 our own plan at the same level takes the place of theirs (3.13.2); its cap goes on. */
export const replacedByOwn = (foreign: readonly Grant[], plans: readonly Grant[], at: number): readonly Grant[] =>
  foreign.length === 0
    ? foreign
    : foreign.map((grant) =>
        grant.foreign?.isReplaceable &&
        grant.endsMs === undefined &&
        plans.some((own) => own.state === 'accepted' && isLater(own, grant) && cannotArriveAfter(grant, own))
          ? { ...grant, endsMs: at + SETTLE_MS, isWithdrawn: true as const }
          : grant,
      );

type Wanted = Pick<Grant, 'slot' | 'evseId' | 'transactionId' | 'foreign'>;

/**
 * The id of another profile that would be valid beside this one at the same level of the same purpose and place (2.x K01.FR.06, K01.FR.39); undefined = none.
 * One with the same id is replaced by it. Of a plan the place is its transaction, and there is one of ours too.
 */
export function profileInPlace(
  { evses }: Pick<StationLedger, 'evses'>,
  { slot, evseId, transactionId, foreign }: Wanted,
): number | undefined {
  if (foreign === undefined || (slot === 'plan' && transactionId === undefined)) return undefined;
  const isBeside = (grant: Grant): boolean =>
    grant.slot === slot &&
    grant.endsMs === undefined &&
    grant.foreign?.limitSource === undefined &&
    grant.foreign?.profileId !== foreign.profileId &&
    (grant.foreign?.stackLevel ?? STACK_LEVEL) === foreign.stackLevel &&
    (slot === 'plan' ? grant.transactionId === transactionId : grant.evseId === evseId && overlap(grant.foreign, foreign));
  const places = evses.filter((evse) => evseId === 0 || evse.evseId === evseId);
  const [found] = places.flatMap(({ foreign: others, plans }) => [...others, ...(slot === 'plan' ? plans : [])]).filter(isBeside);
  return found && (found.foreign?.profileId ?? profileIdOf(found.slot, found.evseId));
}

function overlap(a: ForeignProfile | undefined, b: ForeignProfile): boolean {
  const [aFrom, aTo] = [a?.validFromMs ?? Number.NEGATIVE_INFINITY, a?.validToMs ?? Number.POSITIVE_INFINITY];
  const [bFrom, bTo] = [b.validFromMs ?? Number.NEGATIVE_INFINITY, b.validToMs ?? Number.POSITIVE_INFINITY];
  return aFrom < bTo && bFrom < aTo;
}

const isSamePlace = (a: Grant, b: Grant): boolean =>
  a.foreign?.profileId === b.foreign?.profileId ||
  (a.slot === b.slot && a.evseId === b.evseId && a.foreign?.stackLevel === b.foreign?.stackLevel);

/** False when nothing is left of it: neither a current it permits nor a cap. */
export function validForeign(grant: Grant, at: number, skewMs: number | undefined): boolean {
  if (!counts(grant, at) && !grant.isWithdrawn) return false;
  return isEndless(grant) || skewMs === undefined || at <= leaseEndMs(grant) + skewMs + SETTLE_MS;
}

/**
 * One with this id may stand where our default stood, and would leave that place empty: the same id replaces it wherever it is put (1.6 3.13.2,
 * 2.0.1 K01.FR.05).
 */
export const leavesNoDefault = ({ evses }: StationLedger, { slot, evseId, foreign }: Pick<Grant, 'slot' | 'evseId' | 'foreign'>): boolean =>
  evses.some(({ foreign: held }) =>
    held.some(
      (grant) =>
        grant.slot === 'default' &&
        grant.foreign?.stackLevel === STACK_LEVEL &&
        grant.foreign.profileId === foreign?.profileId &&
        !(slot === grant.slot && evseId === grant.evseId && foreign.stackLevel === STACK_LEVEL),
    ),
  );

/** A foreign plan stands where ours stood; ours is to be told again. */
export const isDisplaced = (foreign: readonly Grant[], own: Grant): boolean =>
  foreign.some((grant) => grant.foreign?.isReplaceable && grant.state === 'accepted' && grant.endsMs === undefined && isLater(grant, own));

/** What to take from a station whose node is over its limit: the profiles that permit more than the safe level. */
export const withdrawable = ({ foreign, safeMa }: EvseLedger, clearings: readonly Clearing[]): readonly Grant[] =>
  foreign.filter(
    (grant) =>
      grant.slot !== 'stationMax' &&
      (grant.slot === 'plan' || grant.foreign?.stackLevel !== STACK_LEVEL) &&
      grant.endsMs === undefined &&
      (grant.state === 'accepted' || grant.state === 'unanswered') &&
      grant.steps.some(({ limitMa }) => limitMa > safeMa) &&
      !clearings.some(({ profileId }) => profileId === grant.foreign?.profileId),
  );

/** It permits something for as long as anybody can tell. */
export const isEndless = ({ steps }: Pick<Grant, 'steps'>): boolean => (steps.at(-1)?.limitMa ?? 0) > 0;

/** The lowest that others ask of an EVSE at `t` [mA]; Infinity without a wish. */
export const capMa = (evse: EvseLedger, t: number): number => capAt(evse, t).limitMa;

/** The same, and whose that is. */
export function capAt({ foreign, transactionId }: EvseLedger, t: number): { readonly limitMa: number; readonly by?: ForeignProfile } {
  let cap: ReturnType<typeof capAt> = { limitMa: Number.POSITIVE_INFINITY };
  for (const grant of foreign) {
    const isHeld = grant.isWithdrawn || (grant.endsMs === undefined && (grant.state === 'accepted' || grant.state === 'unanswered'));
    if (!isHeld || (grant.slot === 'plan' && grant.transactionId !== transactionId)) continue;
    const limitMa = limitAt({ steps: grant.foreign?.caps ?? [] }, t);
    if (limitMa < cap.limitMa) cap = { limitMa, ...(grant.foreign && { by: grant.foreign }) };
  }
  return cap;
}

/** When caps change within (from, to]. */
export const capChanges = (foreign: readonly Grant[], from: number, to: number): readonly number[] =>
  foreign.flatMap((grant) => (grant.foreign?.caps ?? []).map(({ fromMs }) => fromMs).filter((t) => t > from && t <= to));
