// The rules of the ledger, one by one: what a station might draw under everything it was ever told. That together they hold in a world of
// faults is shown in never-exceed.spec.ts; that each is needed, by scripts/mutate.mjs.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Clearing } from './foreign-ledger.js';
import { capMa } from './foreign-ledger.js';
import { type Grant, type GrantSlot, SETTLE_MS } from './grant.js';
import {
  accepted,
  booted,
  clearing,
  committedMa,
  connected,
  disconnected,
  granted,
  newStationLedger,
  ownerChanged,
  presumedOffline,
  pruned,
  reconfigured,
  refused,
  type StationLedger,
  sent,
  setDisobedient,
  setOutlasting,
  stationBoundMa,
  transactionEnded,
  transactionStarted,
  unanswered,
} from './ledger.js';
import { leaseSkew, observeSkew, skewBound } from './skew.js';

const MINUTE = 60_000;
const LEASE_MS = 15 * MINUTE;
const SAFE = 10_000;
const RATING = 32_000;
const config = {
  stationId: 'A',
  siteId: 's',
  nodeId: 'grid',
  securityProfile: 1,
  maxA: 30,
  evses: [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 10 }],
} as const;

let now = 0;
let seq = 0;
let ledger: StationLedger;
beforeEach(() => {
  now = 100 * MINUTE;
  seq = 0;
  ledger = setUp();
});

const steps = (...values: readonly number[]) =>
  values.map((limitMa, index) => ({ fromMs: index === 0 ? 0 : now + LEASE_MS * index, limitMa }));
const asGrant = (slot: GrantSlot, limits: readonly number[], more: Partial<Grant> = {}): Grant => ({
  ownerEpoch: 1,
  grantSeq: ++seq,
  commandId: `${slot}${seq}`,
  slot,
  evseId: slot === 'plan' ? 1 : 0,
  ...(slot === 'plan' && { transactionId: 'T' }),
  steps: steps(...limits),
  requestedMs: now,
  notAfterMs: now + 20_000,
  state: 'requested',
  ...more,
});
/** Tells it something; answers the command id. */
function tell(slot: GrantSlot, limits: readonly number[], more: Partial<Grant> = {}): string {
  const grant = asGrant(slot, limits, more);
  ledger = granted(ledger, grant);
  return grant.commandId;
}
const send = (commandId: string, connection = ledger.connection): void => {
  ledger = sent(ledger, commandId, connection, now);
};
const accept = (commandId: string, connection = ledger.connection): void => {
  ledger = accepted(ledger, commandId, connection, now);
};
/** No answer will come. */
const silence = (commandId: string): void => {
  ledger = unanswered(ledger, commandId, now);
};
function told(slot: GrantSlot, limits: readonly number[], more: Partial<Grant> = {}): string {
  const commandId = tell(slot, limits, more);
  send(commandId);
  accept(commandId);
  return commandId;
}
const draws = (t = now, floored = false): number => {
  const [evse] = ledger.evses;
  if (evse === undefined) throw new Error('no EVSE');
  return committedMa(ledger, evse, t, floored);
};
const settle = (): void => {
  now += SETTLE_MS;
};
const reconnect = (): void => {
  ledger = connected(disconnected(ledger, ledger.connection), ledger.connection + 1);
};

/** Online, its clock right to a second, its default confirmed, a transaction running. */
function setUp(): StationLedger {
  ledger = connected(newStationLedger(config), 1);
  const run = observeSkew(observeSkew(undefined, now - 11 * MINUTE, now - 11 * MINUTE), now - MINUTE, now - MINUTE);
  ledger = { ...ledger, skew: { ...run, sinceMs: now - 11 * MINUTE } };
  told('default', [SAFE]);
  ledger = transactionStarted(ledger, 1, 'T');
  settle();
  return ledger;
}

describe('a grant', () => {
  it('counts from the request on, and no more once it is refused', () => {
    const commandId = tell('plan', [20_000, SAFE]);
    expect(draws()).toBe(20_000);
    send(commandId);
    expect(draws()).toBe(20_000);
    ledger = refused(ledger, commandId);
    expect(draws()).toBe(SAFE);
  });

  it('counts without an answer until its lease is over by any clock and the car has followed', () => {
    const commandId = tell('plan', [20_000, SAFE]);
    send(commandId);
    silence(commandId);
    const end = now + LEASE_MS;
    expect(draws(end + SETTLE_MS)).toBe(20_000);
    expect(draws(end + SETTLE_MS + 1_001)).toBe(SAFE);
  });

  it('counts for ever where nobody knows the clock', () => {
    const { skew: _known, ...unknown } = ledger;
    ledger = unknown;
    silence(tell('plan', [20_000, SAFE]));
    expect(draws(now + 100 * LEASE_MS)).toBe(20_000);
    ledger = pruned(ledger, now + 100 * LEASE_MS);
    expect(draws(now + 100 * LEASE_MS)).toBe(20_000);
  });

  it('is forgotten only when it can neither arrive nor hold any more', () => {
    const commandId = tell('plan', [20_000, 20_000], { notAfterMs: now + 10 * LEASE_MS });
    const late = now + 2 * LEASE_MS;
    expect(pruned(ledger, now + 11 * LEASE_MS).evses[0]?.plans).toHaveLength(1);
    expect(pruned(ledger, late).evses[0]?.plans).toHaveLength(1);
    silence(commandId);
    expect(pruned(ledger, late).evses[0]?.plans).toHaveLength(1);
    expect(pruned(ledger, now + LEASE_MS).evses[0]?.plans).toHaveLength(1);
    expect(pruned(ledger, now + 11 * LEASE_MS).evses[0]?.plans).toHaveLength(0);
  });

  it('is silent to the next owner where the one before had not seen it leave', () => {
    const commandId = tell('plan', [20_000, SAFE]);
    ledger = ownerChanged(ledger);
    expect(ledger.evses[0]?.plans[0]?.state).toBe('unanswered');
    expect(draws()).toBe(20_000);
    expect(ledger.evses[0]?.plans[0]?.commandId).toBe(commandId);
  });
});

describe('a lower grant that is confirmed', () => {
  const lower = (): void => void told('plan', [12_000, SAFE]);
  const afterwards = (): number => draws(now + SETTLE_MS);

  it('frees room when the car has had time to follow', () => {
    told('plan', [20_000, SAFE]);
    lower();
    expect(draws(now + SETTLE_MS - 1)).toBe(20_000);
    expect(afterwards()).toBe(12_000);
  });

  it('frees nothing before it is confirmed, whatever else the station confirms meanwhile', () => {
    told('plan', [24_000]);
    send(tell('plan', [6_000]));
    told('stationMax', [30_000]);
    settle();
    expect(draws()).toBe(24_000);
  });

  it('frees nothing before it is confirmed', () => {
    told('plan', [20_000, SAFE]);
    send(tell('plan', [12_000, SAFE]));
    expect(afterwards()).toBe(20_000);
  });

  it('ends one without an answer that went out on the same connection', () => {
    const first = tell('plan', [20_000, SAFE]);
    send(first);
    silence(first);
    lower();
    expect(afterwards()).toBe(12_000);
  });

  it('does not end one without an answer of an earlier connection while that may still arrive', () => {
    const first = tell('plan', [20_000, SAFE]);
    send(first);
    silence(first);
    reconnect();
    lower();
    expect(afterwards()).toBe(20_000);
    now += 20_000;
    lower();
    expect(afterwards()).toBe(12_000);
  });

  it('does not end one that nobody saw leave while that may still arrive', () => {
    tell('plan', [20_000, SAFE]);
    lower();
    expect(afterwards()).toBe(20_000);
    now += 20_000;
    lower();
    expect(afterwards()).toBe(12_000);
  });

  it('does not end one that went out on a newer connection', () => {
    const older = tell('plan', [20_000, SAFE], { grantSeq: seq });
    const newer = tell('plan', [12_000, SAFE]);
    send(newer);
    reconnect();
    send(older);
    accept(older);
    accept(newer, ledger.connection - 1);
    expect(afterwards()).toBe(20_000);
  });

  it('does not end a later one', () => {
    const first = tell('plan', [12_000, SAFE]);
    send(first);
    send(tell('plan', [20_000, SAFE]));
    accept(first);
    expect(afterwards()).toBe(20_000);
  });
});

describe('a plan below the safe level', () => {
  beforeEach(() => {
    told('plan', [6_000, 6_000]);
  });
  const held = (): number => draws(now + SETTLE_MS);

  it('holds the station down from when the car has followed', () => {
    expect(draws()).toBe(SAFE);
    expect(held()).toBe(6_000);
  });

  it('goes on doing so though nobody heard of its answer a second time', () => {
    silence(ledger.evses[0]?.plans[0]?.commandId ?? '');
    expect(held()).toBe(6_000);
  });

  it('that another one has replaced does no more: the car may be following that', () => {
    settle();
    told('plan', [8_000, 8_000]);
    expect(draws(now + 1_000)).toBe(SAFE);
    expect(held()).toBe(8_000);
  });

  it('of another transaction holds nobody down', () => {
    now += LEASE_MS;
    ledger = { ...ledger, evses: ledger.evses.map((evse) => ({ ...evse, plans: [] })) };
    told('plan', [6_000, 6_000], { transactionId: 'U' });
    expect(held()).toBe(SAFE);
  });

  it('is no promise for later: the transaction may end and another begin', () => expect(draws(now + SETTLE_MS, true)).toBe(SAFE));

  it.each<[string, () => void]>([
    ['the link is lost', () => (ledger = disconnected(ledger, ledger.connection))],
    ['it stands on another connection', reconnect],
    ['it has booted', () => (ledger = { ...booted(ledger), bootedSinceDefault: false })],
    ['another transaction runs', () => (ledger = transactionStarted(ledger, 1, 'U'))],
    ['no transaction runs', () => (ledger = transactionEnded(ledger, 'T'))],
    ['it is being removed', () => (ledger = clearing(ledger, removal({})))],
    ['somebody else’s plan may stand in its place', () => void tell('plan', [0], { foreign: { profileId: 7, stackLevel: 0, caps: [] } })],
  ])('is not certain when %s', (_name, happens) => {
    happens();
    expect(held()).toBeGreaterThanOrEqual(SAFE);
  });
});

describe('the end of a transaction', () => {
  it.each([{}, { foreign: { profileId: 7, stackLevel: 1, caps: [] } }])(
    'ends what was told for it, and nothing of the next one: %j',
    (more) => {
      told('plan', [16_000], more);
      told('plan', [24_000], {
        ...more,
        transactionId: 'U',
        ...('foreign' in more && { foreign: { profileId: 8, stackLevel: 2, caps: [] } }),
      });
      ledger = transactionEnded(ledger, 'T');
      expect(draws()).toBe(24_000);
      ledger = transactionEnded(ledger, 'U');
      expect(draws()).toBe(SAFE);
    },
  );
});

describe('a station that goes on behind its leases', () => {
  it('has leases without an end as long as one of its EVSEs does', () => {
    const evses = [config.evses[0], { ...config.evses[0], evseId: 2 }] as const;
    const two = setOutlasting(setOutlasting(reconfigured(ledger, { ...config, evses }), 1, true), 2, true);
    expect([two, setOutlasting(two, 2, false), setOutlasting(setOutlasting(two, 2, false), 1, false)].map(leaseSkew)).toEqual([
      undefined,
      undefined,
      skewBound(ledger.skew),
    ]);
    expect(leaseSkew(reconfigured(setOutlasting(two, 1, false), config))).toBe(skewBound(ledger.skew));
  });
});

describe('the default', () => {
  it('counts only once it is confirmed, and a moment later', () => {
    ledger = connected(newStationLedger(config), 1);
    send(tell('default', [SAFE]));
    expect(draws()).toBe(RATING);
    accept('default2');
    expect(draws()).toBe(RATING);
    expect(draws(now + SETTLE_MS)).toBe(SAFE);
  });

  it('may be gone with the power: while nobody can be reached, and after that or a boot until it is confirmed again', () => {
    reconnect();
    expect(draws()).toBe(SAFE);
    ledger = presumedOffline(ledger);
    expect(draws()).toBe(RATING);
    expect(draws(now + LEASE_MS)).toBe(RATING);
    // That it booted it may say a moment later.
    reconnect();
    expect(draws()).toBe(RATING);
    told('default', [SAFE]);
    expect(draws(now + SETTLE_MS)).toBe(SAFE);
    settle();
    ledger = booted(ledger);
    expect(draws()).toBe(RATING);
    told('default', [SAFE]);
    expect(draws(now + SETTLE_MS)).toBe(SAFE);
  });

  it('that was taken before a boot proves nothing, however late its answer is heard', () => {
    const ids = [tell('default', [SAFE]), tell('stationMax', [30_000])];
    for (const id of ids) send(id);
    const { connection } = ledger;
    reconnect();
    ledger = booted(ledger);
    for (const id of ids) accept(id, connection);
    expect([draws(now + SETTLE_MS), bound(now + SETTLE_MS)]).toEqual([RATING, ANY]);
    told('default', [SAFE]);
    told('stationMax', [30_000]);
    expect([draws(now + SETTLE_MS), bound(now + SETTLE_MS)]).toEqual([SAFE, 30_000]);
  });

  it('stays where it is proven to outlast a power cycle', () => {
    ledger = { ...ledger, survivesPowerCycle: true };
    expect([booted(ledger), presumedOffline(ledger)].map((each) => committedMa(each, each.evses[0] as never, now, false))).toEqual([
      SAFE,
      SAFE,
    ]);
  });

  it('that is proven to do so counts as before also while a station has booted and confirms it again', () => {
    ledger = booted({ ...ledger, survivesPowerCycle: true });
    told('default', [SAFE]);
    expect(draws()).toBe(SAFE);
  });

  it('does not count while it is being removed, nor after', () => {
    ledger = clearing(ledger, removal({ slot: 'default' }));
    expect(draws()).toBe(RATING);
    accept('clear');
    expect(draws()).toBe(RATING);
  });

  it('counts with the highest that may be there', () => {
    tell('default', [6_000]);
    expect(draws()).toBe(SAFE);
    send('default2');
    silence('default2');
    expect(draws()).toBe(SAFE);
  });

  it('of a station with several EVSEs is proven when all of them are', () => {
    const evses = [config.evses[0], { ...config.evses[0], evseId: 2, safeA: 8 }] as const;
    ledger = { ...connected(newStationLedger({ ...config, evses }), 1), skew: ledger.skew as never };
    const both = (): readonly number[] => ledger.evses.map((evse) => committedMa(ledger, evse, now + SETTLE_MS, false));
    told('default', [SAFE], { evseId: 1 });
    told('default', [8_000], { evseId: 2 });
    expect(both()).toEqual([SAFE, 8_000]);
    settle();
    ledger = booted(ledger);
    told('default', [SAFE], { evseId: 1 });
    expect(both()).toEqual([RATING, RATING]);
    told('default', [8_000], { evseId: 2 });
    expect(both()).toEqual([SAFE, 8_000]);
  });

  it('of somebody else counts beside ours', () => {
    tell('default', [24_000], { foreign: { profileId: 7, stackLevel: 3, caps: [] } });
    expect(draws()).toBe(24_000);
  });
});

const removal = (scope: Partial<Clearing>): Clearing => ({ evseIds: [1], ownerEpoch: 1, grantSeq: ++seq, commandId: 'clear', ...scope });

describe('a station', () => {
  it('that never connected has no car', () =>
    expect(committedMa(newStationLedger(config), newStationLedger(config).evses[0] as never, 0, true)).toBe(0));

  it('that does not obey counts with its rating, whatever it was told', () => {
    told('plan', [12_000, SAFE]);
    ledger = setDisobedient(ledger, 1, true);
    expect(draws(now + SETTLE_MS)).toBe(RATING);
  });

  it('stands on its newest connection, whatever is heard of older ones', () => {
    reconnect();
    const { connection } = ledger;
    expect(connected(ledger, connection - 1).connection).toBe(connection);
    expect(disconnected(ledger, connection - 1).contact).toBe('online');
    expect(disconnected(ledger, connection).contact).toBe('lost');
  });

  it('is held by its maximum once that is confirmed, and no longer while it may be removed', () => {
    const commandId = tell('stationMax', [30_000]);
    send(commandId);
    expect(bound()).toBe(ANY);
    accept(commandId);
    settle();
    expect(bound()).toBe(30_000);
    tell('stationMax', [31_000]);
    expect(bound()).toBe(31_000);
    expect(bound(now, clearing(ledger, removal({ slot: 'stationMax' })))).toBe(ANY);
  });

  it('is held by its maximum once its cars have had time to follow it, and by a lower one no sooner', () => {
    told('stationMax', [30_000]);
    expect([bound(), bound(now + SETTLE_MS - 1), bound(now + SETTLE_MS)]).toEqual([ANY, ANY, 30_000]);
    settle();
    told('stationMax', [20_000]);
    expect([bound(), bound(now + SETTLE_MS - 1)]).toEqual([30_000, 30_000]);
    settle();
    expect(bound()).toBe(20_000);
  });

  it('is held by its maximum no more while one of its outlets does not obey', () => {
    told('stationMax', [30_000]);
    settle();
    expect([bound(), bound(now, setDisobedient(ledger, 1, true)), bound(now, setDisobedient(ledger, 1, false))]).toEqual([
      30_000,
      ANY,
      30_000,
    ]);
  });

  it('may have lost its maximum with its power: while it is offline, and after that or a boot until it is confirmed again', () => {
    told('stationMax', [30_000]);
    const bounds = (it: StationLedger): readonly number[] =>
      [booted(it), presumedOffline(it), connected(presumedOffline(it), it.connection + 1)].map((each) => bound(now, each));
    settle();
    expect(bounds(ledger)).toEqual([ANY, ANY, ANY]);
    expect(bounds({ ...ledger, survivesPowerCycle: true })).toEqual([30_000, 30_000, 30_000]);
    reconnect();
    expect(bound()).toBe(30_000);
    ledger = booted(ledger);
    told('stationMax', [30_000]);
    expect([bound(), bound(now + SETTLE_MS)]).toEqual([ANY, 30_000]);
  });
});
const ANY = Number.POSITIVE_INFINITY;
const bound = (t = now, it = ledger): number => stationBoundMa(it, t);

describe('a profile of somebody else', () => {
  const foreign = (profileId: number, stackLevel: number, capA?: number) => ({
    foreign: { profileId, stackLevel, caps: capA === undefined ? [] : [{ fromMs: 0, limitMa: capA * 1000 }] },
  });

  it('counts with what it permits, and no more when it is removed for certain', () => {
    told('plan', [24_000], foreign(7, 1));
    expect(draws(now + MINUTE)).toBe(24_000);
    ledger = clearing(ledger, removal({ profileId: 7 }));
    const uncertain = unanswered(ledger, 'clear', now);
    expect(committedMa(uncertain, uncertain.evses[0] as never, now + MINUTE, false)).toBe(24_000);
    accept('clear');
    expect(draws(now + MINUTE)).toBe(SAFE);
  });

  it('takes nothing of ours along that was told after it: that stands in its place', () => {
    told('plan', [24_000], foreign(7, 0));
    told('plan', [12_000]);
    ledger = clearing(ledger, removal({ profileId: 7 }));
    accept('clear');
    expect(draws(now + MINUTE)).toBe(12_000);
    told('plan', [24_000], foreign(7, 0));
    ledger = clearing(ledger, removal({ profileId: 7 }));
    accept('clear');
    expect(draws(now + MINUTE)).toBe(SAFE);
  });

  it('is replaced by the next one in its place, not by one elsewhere', () => {
    told('plan', [24_000], foreign(7, 1));
    told('plan', [12_000], foreign(8, 2));
    expect(draws(now + MINUTE)).toBe(24_000);
    told('plan', [14_000], foreign(9, 1));
    expect(draws(now + MINUTE)).toBe(14_000);
  });

  it('caps our plan for as long as it may be there', () => {
    const commandId = tell('plan', [24_000], foreign(7, 1, 8));
    const cap = () => capMa(ledger.evses[0] as never, now);
    expect(cap()).toBe(Number.POSITIVE_INFINITY);
    accept(commandId);
    expect(cap()).toBe(8_000);
    ledger = transactionStarted(ledger, 1, 'U');
    expect(cap()).toBe(Number.POSITIVE_INFINITY);
    told('plan', [24_000], { transactionId: 'T', ...foreign(7, 1, 8) });
    expect(cap()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a clock', () => {
  const boundOf = (...offsets: readonly (readonly [minute: number, offsetMs: number])[]): number | undefined =>
    skewBound(
      offsets.reduce<ReturnType<typeof observeSkew> | undefined>(
        (run, [minute, offset]) => observeSkew(run, minute * MINUTE + offset, minute * MINUTE),
        undefined,
      ),
    );

  it('is known after ten minutes of steady samples, by its worst', () => {
    expect(boundOf([0, 0], [9.9, 0])).toBeUndefined();
    expect(boundOf([0, 0], [5, -3_000], [10, 1_000])).toBe(4_000);
  });

  it('is unknown again when it jumps', () => {
    expect(boundOf([0, 0], [10, 0], [11, 5_001])).toBeUndefined();
    expect(boundOf([0, 0], [10, 0], [11, 5_001], [21, 5_001])).toBe(6_001);
  });

  it('is not to be trusted when it is a minute off', () => {
    expect(boundOf([0, 61_000], [10, 61_000])).toBeUndefined();
    expect(boundOf([0, 60_000], [10, 60_000])).toBe(61_000);
  });
});
