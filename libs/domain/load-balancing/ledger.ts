// The ledger of one station (T0): the highest current it could draw under anything we ever sent, as a function of time.
// It assumes the worst of what is not known. Sums over a site are in headroom; what to send is decided in plan.
import { type Clearing, cleared, counts, isClearing, replacedByOwn, supersededForeign, validForeign } from './foreign-ledger.js';
import { cannotArriveAfter, type Grant, isLater, leaseEndMs, permittedMa, SETTLE_MS } from './grant.js';
import type { EvseConfig, StationConfig } from './site-model.js';
import { leaseSkew, type SkewRun } from './skew.js';
import { limitToMa, loadToMa, safeLevelMa } from './units.js';

/**
 * never → online ⇄ lost → offline; online again from either. `never` has no car to harm: it is not commissioned.
 * `lost` is a link that has just dropped: the station keeps what it has. `offline` may have lost its power too.
 */
export type Contact = 'never' | 'online' | 'lost' | 'offline';

export interface EvseLedger {
  readonly evseId: number;
  readonly ratingMa: number;
  readonly safeMa: number;
  /** The most it can feed back; absent = it cannot. */
  readonly dischargeMa?: number;
  /** The transaction known to run. */
  readonly transactionId?: string;
  /** Draws more than it was allowed: counts at its rating. */
  readonly disobedient: boolean;
  readonly defaults: readonly Grant[];
  readonly plans: readonly Grant[];
  /** Profiles that others asked for, beside ours. */
  readonly foreign: readonly Grant[];
  /** When it was last confirmed that profiles are removed here. */
  readonly clearedMs?: number;
  /** When a car that has left was last told a plan. */
  readonly toldMs?: number;
}

export interface StationLedger {
  readonly stationId: string;
  readonly contact: Contact;
  /** Number of the newest connection, rising. */
  readonly connection: number;
  /** The default profile is proven to outlast a power cycle, and so is the maximum. */
  readonly survivesPowerCycle: boolean;
  /** It booted after the default was last confirmed, or was away for so long that it may have. */
  readonly bootedSinceDefault: boolean;
  /** A car may still be coming down from its rating until then: its default has only just been confirmed. */
  readonly provenFromMs: number;
  /** It refuses profiles altogether. */
  readonly profilesUnsupported: boolean;
  readonly skew?: SkewRun;
  /** EVSEs that said they go on with a plan behind the end of its lease: here no lease ends by itself (ADR 0054). */
  readonly outlasting?: readonly number[];
  /** Limit per phase of the whole station, where it has one [mA]. */
  readonly maxMa?: number;
  readonly stationMax: readonly Grant[];
  readonly evses: readonly EvseLedger[];
  /** Asked to remove profiles, without an outcome yet. */
  readonly clearings: readonly Clearing[];
}

export function newStationLedger(config: StationConfig): StationLedger {
  return reconfigured(
    {
      stationId: config.stationId,
      contact: 'never',
      connection: -1,
      survivesPowerCycle: false,
      bootedSinceDefault: false,
      provenFromMs: 0,
      profilesUnsupported: false,
      stationMax: [],
      evses: [],
      clearings: [],
    },
    config,
  );
}

/** Ratings, safe levels and maximum as configured now; what was granted stays. */
export function reconfigured(ledger: StationLedger, { evses, maxA, keepsDefault = false }: StationConfig): StationLedger {
  const { maxMa: _previous, outlasting = [], ...rest } = ledger;
  const stillOutlasting = outlasting.filter((evseId) => evses.some((evse) => evse.evseId === evseId));
  return {
    ...rest,
    ...(stillOutlasting.length > 0 && { outlasting: stillOutlasting }),
    survivesPowerCycle: keepsDefault,
    ...(maxA !== undefined && { maxMa: limitToMa(maxA) }),
    evses: evses.map((evse) => {
      const { dischargeMa: _before, ...known } = ledger.evses.find(({ evseId }) => evseId === evse.evseId) ?? newEvse(evse.evseId);
      return {
        ...known,
        ratingMa: ratingMa(evse),
        safeMa: safeLevelMa(evse),
        ...(evse.maxDischargeA && { dischargeMa: limitToMa(evse.maxDischargeA) }),
      };
    }),
  };
}

const newEvse = (evseId: number): EvseLedger => ({
  evseId,
  ratingMa: 0,
  safeMa: 0,
  disobedient: false,
  defaults: [],
  plans: [],
  foreign: [],
});
const ratingMa = ({ maxA }: EvseConfig): number => loadToMa(maxA);

// What it might draw

/**
 * Highest current per wired phase at `t` [mA]. `floored` also assumes that a running transaction may end and another begin under the
 * default at any moment; it never rises with time while nothing new is heard.
 */
export function committedMa(station: StationLedger, evse: EvseLedger, t: number, floored: boolean): number {
  if (station.contact === 'never') return 0;
  if (evse.disobedient) return evse.ratingMa;
  const skew = leaseSkew(station);
  // Ours never was above the rating of its time: where that has been lowered since, it counts with what it permits all the same.
  let planned = 0;
  let inForce = false;
  for (const grant of evse.plans) {
    if (!counts(grant, t)) continue;
    planned = Math.max(planned, permittedMa(grant, t, skew));
    inForce ||= !floored && isInForce(station, evse, grant, t);
  }
  for (const grant of evse.foreign) {
    if (grant.slot !== 'plan' || !counts(grant, t)) continue;
    planned = Math.max(planned, Math.min(evse.ratingMa, permittedMa(grant, t, skew)));
    // It may stand in the place of ours, and end.
    inForce = false;
  }
  return inForce ? planned : Math.max(planned, baseMa(station, evse, t));
}

/** What it falls back to where no plan is in force. */
export function baseMa(station: StationLedger, evse: EvseLedger, t: number): number {
  const isProven =
    t >= station.provenFromMs &&
    evse.defaults.some((grant) => grant.state === 'accepted' && !isClearing(station.clearings, evse, grant)) &&
    (station.survivesPowerCycle || !mayHaveForgotten(station));
  if (!isProven) return evse.ratingMa;
  let base = 0;
  for (const grant of evse.defaults) if (counts(grant, t)) base = Math.max(base, permittedMa(grant, t, 0));
  for (const grant of evse.foreign)
    if (grant.slot === 'default' && counts(grant, t))
      base = Math.max(base, Math.min(evse.ratingMa, permittedMa(grant, t, leaseSkew(station))));
  return base;
}

const mayHaveForgotten = ({ contact, bootedSinceDefault }: StationLedger): boolean => bootedSinceDefault || contact === 'offline';

/** Confirmed on the connection that still stands, for the transaction that runs: certain, not only possible. */
const isInForce = ({ contact, connection, clearings }: StationLedger, evse: EvseLedger, grant: Grant, t: number): boolean =>
  contact === 'online' &&
  grant.state === 'accepted' &&
  t >= (grant.acceptedMs ?? 0) + SETTLE_MS &&
  grant.endsMs === undefined &&
  grant.sentOn === connection &&
  evse.transactionId !== undefined &&
  grant.transactionId === evse.transactionId &&
  !isClearing(clearings, evse, grant);

/**
 * Bound of the whole station per phase at `t` [mA], Infinity while its maximum profile is not confirmed and settled, or may have gone with its power, and
 * where it follows another of its limits no more.
 */
export function stationBoundMa({ maxMa, stationMax, clearings, contact, survivesPowerCycle, evses }: StationLedger, t: number): number {
  if (evses.some(({ disobedient }) => disobedient)) return Number.POSITIVE_INFINITY;
  const isConfirmed = stationMax.some(
    (grant) => grant.state === 'accepted' && t >= (grant.acceptedMs ?? 0) + SETTLE_MS && !isClearing(clearings, undefined, grant),
  );
  if (maxMa === undefined || !isConfirmed || (contact === 'offline' && !survivesPowerCycle)) return Number.POSITIVE_INFINITY;
  return Math.max(...stationMax.filter((grant) => counts(grant, t)).map((grant) => permittedMa(grant, 0, 0)));
}

// What happened

/**
 * Contact is made on a connection with a higher number than any before; an older one changes nothing. One that was offline may have lost its power,
 * and would say so a moment later: until its profiles are confirmed again it counts as if it had.
 */
export function connected(ledger: StationLedger, connection: number): StationLedger {
  if (connection <= ledger.connection) return ledger;
  const here = { ...ledger, contact: 'online', connection } as const;
  return ledger.contact === 'offline' && !ledger.survivesPowerCycle ? doubted(here) : here;
}

export function disconnected(ledger: StationLedger, connection: number): StationLedger {
  return connection === ledger.connection && ledger.contact === 'online' ? { ...ledger, contact: 'lost' } : ledger;
}

export const presumedOffline = (ledger: StationLedger): StationLedger =>
  ledger.contact === 'lost' || ledger.contact === 'online' ? { ...ledger, contact: 'offline' } : ledger;

/** It speaks on the connection it was thought to have lost: whoever restarts loses that. */
export const heardAgain = (ledger: StationLedger): StationLedger => ({ ...ledger, contact: 'online' });

/** As if its defaults stood and it obeyed: what may be promised for longer than it takes until that is so again. */
export const asProven = (ledger: StationLedger): StationLedger => ({
  ...ledger,
  contact: 'online',
  bootedSinceDefault: false,
  provenFromMs: 0,
  clearings: [],
  evses: ledger.evses.map((evse) => {
    const steps = [{ fromMs: 0, limitMa: evse.safeMa }];
    const order = { ownerEpoch: -1, grantSeq: -1, commandId: '', requestedMs: 0, notAfterMs: 0 };
    return { ...evse, disobedient: false, defaults: [{ ...order, slot: 'default', evseId: evse.evseId, steps, state: 'accepted' }] };
  }),
});

/** It restarted. */
export const booted = (ledger: StationLedger): StationLedger => ({ ...doubted(ledger), profilesUnsupported: false });

/** Defaults and maximum may be gone, and a plan confirmed before is possible, no longer certain. */
const doubted = (ledger: StationLedger): StationLedger => ({
  ...ledger,
  bootedSinceDefault: true,
  stationMax: ledger.stationMax.map(ledger.survivesPowerCycle ? unconfirmed(ledger) : possible),
  evses: ledger.evses.map((evse) => ({
    ...evse,
    defaults: evse.defaults.map(unconfirmed(ledger)),
    plans: evse.plans.map(unconfirmed(ledger)),
  })),
});

const possible = (grant: Grant): Grant => (grant.state === 'accepted' ? { ...grant, state: 'unanswered' } : grant);

/** As if confirmed on the connection before: to be confirmed again. */
const unconfirmed =
  ({ connection }: StationLedger) =>
  (grant: Grant): Grant =>
    grant.state === 'accepted' ? { ...grant, sentOn: connection - 1 } : grant;

export const granted = (ledger: StationLedger, grant: Grant): StationLedger => inSlot(ledger, grant, (grants) => [...grants, grant]);

export function sent(ledger: StationLedger, commandId: string, connection: number, at: number): StationLedger {
  return update(ledger, commandId, (grant) =>
    grant.state === 'requested' ? { ...grant, state: 'sent', sentOn: connection, sentMs: at } : grant,
  );
}

/** May be in force: it left, or may have left, and no answer will come. */
export const unanswered = (ledger: StationLedger, commandId: string, at: number): StationLedger =>
  update(cleared(ledger, commandId, at, false), commandId, (grant) =>
    grant.state === 'accepted' ? grant : { ...grant, state: 'unanswered' },
  );

/** Another owner holds the site: what the one before had not seen leave may have left all the same, and nobody waits for it. */
export const ownerChanged = (ledger: StationLedger): StationLedger =>
  updateAll(ledger, (grant) => (grant.state === 'requested' ? { ...grant, state: 'unanswered' } : grant));

/** Never was in force: the station said no, or it never left. */
export const refused = (ledger: StationLedger, commandId: string): StationLedger =>
  update({ ...ledger, clearings: ledger.clearings.filter((clearing) => clearing.commandId !== commandId) }, commandId, () => undefined);

/** Profiles are to be removed: what they held down counts as free from now on. */
export const clearing = (ledger: StationLedger, asked: Clearing): StationLedger => ({ ...ledger, clearings: [...ledger.clearings, asked] });

/** Confirmed by the station on `connection`; earlier grants of the slot end after the settling time where they can no longer arrive. */
export function accepted(before: StationLedger, commandId: string, connection: number, at: number): StationLedger {
  const ledger = cleared(before, commandId, at, true);
  // An answer may reach the log late: what the station took before it restarted may be gone all the same.
  const isOfNow = connection >= before.connection || !before.bootedSinceDefault;
  const confirmed = update(ledger, commandId, (grant) => ({
    ...grant,
    state: isOfNow || grant.slot !== 'stationMax' || before.survivesPowerCycle ? 'accepted' : 'unanswered',
    sentOn: connection,
    sentMs: grant.sentMs ?? grant.requestedMs,
    acceptedMs: at,
  }));
  const { stationMax, evses } = confirmed;
  const settled = {
    ...confirmed,
    stationMax: superseded(stationMax, at),
    evses: evses.map((evse) => ({
      ...evse,
      defaults: superseded(evse.defaults, at),
      plans: superseded(evse.plans, at),
      foreign: replacedByOwn(supersededForeign(evse.foreign, at), evse.plans, at),
    })),
  };
  const isDefault = ledger.evses.some(({ defaults }) => defaults.some((grant) => grant.commandId === commandId));
  const allDefaults = settled.evses.every(({ defaults }) =>
    defaults.some(({ sentOn, state }) => state === 'accepted' && sentOn === connection),
  );
  if (!isDefault) return settled;
  const wasUnproven =
    (!before.survivesPowerCycle && mayHaveForgotten(before)) ||
    before.evses.some(({ defaults }) => !defaults.some(({ state }) => state === 'accepted'));
  return {
    ...settled,
    ...(allDefaults && isOfNow && { bootedSinceDefault: false }),
    ...(wasUnproven && { provenFromMs: at + SETTLE_MS }),
  };
}

/** A foreign profile is no more. */
export const withoutForeign = (ledger: StationLedger, profileId: number): StationLedger =>
  updateAll(ledger, (grant) => (grant.foreign?.profileId === profileId ? undefined : grant));

/** A transaction runs on this EVSE now; plans of an earlier one are gone with it. */
export function transactionStarted(ledger: StationLedger, evseId: number, transactionId: string): StationLedger {
  const adopt = (grant: Grant): readonly Grant[] =>
    grant.slot !== 'plan' ? [grant] : (grant.transactionId ?? transactionId) === transactionId ? [{ ...grant, transactionId }] : [];
  return withEvse(ledger, evseId, (evse) => ({
    ...evse,
    transactionId,
    plans: evse.plans.flatMap(adopt),
    foreign: evse.foreign.flatMap(adopt),
  }));
}

/** A station drops the profile of a transaction with the transaction (OCPP 1.6 3.13.2, 2.0.1 K01). */
export function transactionEnded(ledger: StationLedger, transactionId: string): StationLedger {
  return {
    ...ledger,
    evses: ledger.evses.map((evse) => {
      const isOf = (grant: Grant): boolean => grant.transactionId === transactionId;
      if (evse.transactionId !== transactionId && !evse.plans.some(isOf) && !evse.foreign.some(isOf)) return evse;
      const { transactionId: running, ...rest } = evse;
      const plans = evse.plans.filter((grant) => !isOf(grant));
      const foreign = evse.foreign.filter((grant) => !isOf(grant));
      const toldMs = Math.max(evse.toldMs ?? 0, ...evse.plans.filter(isOf).map(({ requestedMs }) => requestedMs));
      const runs = running !== undefined && running !== transactionId && { transactionId: running };
      return { ...rest, ...runs, plans, foreign, toldMs };
    }),
  };
}

/** Forgets what no longer counts at `at`: superseded grants after settling, and lapsed plans that cannot arrive any more. */
export function pruned(ledger: StationLedger, at: number): StationLedger {
  const skew = leaseSkew(ledger);
  const counted = (grant: Grant): boolean => counts(grant, at);
  const lapsed = (grant: Grant): boolean =>
    skew !== undefined &&
    at > leaseEndMs(grant) + skew + SETTLE_MS &&
    grant.state !== 'requested' &&
    at > grant.notAfterMs &&
    grant.state !== 'accepted';
  const unchanged =
    ledger.stationMax.every(counted) &&
    ledger.evses.every(
      ({ defaults, plans, foreign }) =>
        defaults.every(counted) &&
        plans.every((grant) => counted(grant) && !lapsed(grant)) &&
        foreign.every((grant) => validForeign(grant, at, skew)),
    );
  if (unchanged) return ledger;
  return {
    ...ledger,
    stationMax: ledger.stationMax.filter(counted),
    evses: ledger.evses.map((evse) => ({
      ...evse,
      defaults: evse.defaults.filter(counted),
      plans: evse.plans.filter((grant) => counted(grant) && !lapsed(grant)),
      foreign: evse.foreign.filter((grant) => validForeign(grant, at, skew)),
    })),
  };
}

export const setDisobedient = (ledger: StationLedger, evseId: number, disobedient: boolean): StationLedger =>
  withEvse(ledger, evseId, (evse) => (evse.disobedient === disobedient ? evse : { ...evse, disobedient }));

/** What it said of the end of a lease at this EVSE. */
export function setOutlasting({ outlasting = [], ...ledger }: StationLedger, evseId: number, isOutlasting: boolean): StationLedger {
  const others = outlasting.filter((each) => each !== evseId);
  const all = isOutlasting ? [...others, evseId] : others;
  return all.length === 0 ? ledger : { ...ledger, outlasting: all };
}

// How grants replace each other

/**
 * The newest confirmed grant ends an earlier one if that went out no later (same or older connection) and can no longer arrive: it was
 * answered, or it went out on the very same connection, or it could not be sent any more when the newer one left.
 */
function superseded(grants: readonly Grant[], at: number): readonly Grant[] {
  const newest = grants.reduce<Grant | undefined>(
    (best, grant) => (grant.state === 'accepted' && (!best || isLater(grant, best)) ? grant : best),
    undefined,
  );
  if (newest === undefined) return grants;
  return grants.map((grant) => {
    if (grant === newest || isLater(grant, newest) || grant.endsMs !== undefined) return grant;
    // One for all takes nothing from what an outlet has of its own (1.6, 3.13.3).
    if (newest.evseId === 0 && grant.evseId !== 0) return grant;
    return cannotArriveAfter(grant, newest) ? { ...grant, endsMs: at + SETTLE_MS } : grant;
  });
}

// Places in the structure

function inSlot(
  ledger: StationLedger,
  { slot, evseId, foreign }: Pick<Grant, 'slot' | 'evseId' | 'foreign'>,
  change: (grants: readonly Grant[]) => readonly Grant[],
): StationLedger {
  const join = (evse: EvseLedger): EvseLedger => ({ ...evse, foreign: change(evse.foreign) });
  if (foreign) return evseId === 0 ? { ...ledger, evses: ledger.evses.map(join) } : withEvse(ledger, evseId, join);
  if (slot === 'stationMax') return { ...ledger, stationMax: change(ledger.stationMax) };
  const apply = (evse: EvseLedger): EvseLedger =>
    slot === 'plan' ? { ...evse, plans: change(evse.plans) } : { ...evse, defaults: change(evse.defaults) };
  // A default on EVSE 0 is the default of every EVSE.
  return evseId === 0 ? { ...ledger, evses: ledger.evses.map(apply) } : withEvse(ledger, evseId, apply);
}

/** The same object where nothing changes, as with most samples. */
function withEvse(ledger: StationLedger, evseId: number, change: (evse: EvseLedger) => EvseLedger): StationLedger {
  const index = ledger.evses.findIndex((evse) => evse.evseId === evseId);
  const before = ledger.evses[index];
  const after = before && change(before);
  return after === undefined || after === before ? ledger : { ...ledger, evses: ledger.evses.with(index, after) };
}

const update = (ledger: StationLedger, commandId: string, change: (grant: Grant) => Grant | undefined): StationLedger =>
  holdsGrant(ledger, commandId) ? updateAll(ledger, (grant) => (grant.commandId === commandId ? change(grant) : grant)) : ledger;

function updateAll(ledger: StationLedger, change: (grant: Grant) => Grant | undefined): StationLedger {
  const apply = (grants: readonly Grant[]): readonly Grant[] => grants.flatMap((grant) => change(grant) ?? []);
  return {
    ...ledger,
    stationMax: apply(ledger.stationMax),
    evses: ledger.evses.map((evse) => ({
      ...evse,
      defaults: apply(evse.defaults),
      plans: apply(evse.plans),
      foreign: evse.foreign.length === 0 ? evse.foreign : apply(evse.foreign),
    })),
  };
}

export const holdsGrant = ({ stationMax, evses, clearings }: StationLedger, commandId: string): boolean =>
  clearings.some((each) => each.commandId === commandId) ||
  [stationMax, ...evses.flatMap(({ defaults, plans, foreign }) => [defaults, plans, foreign])].some((grants) =>
    grants.some((grant) => grant.commandId === commandId),
  );
