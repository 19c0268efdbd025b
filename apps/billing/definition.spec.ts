// Given session and tariff facts, what billing tells the log and keeps as rows.
// Prices are checked in libs/domain/billing; here it is when which bill is made, and that repeats add nothing.
import { describe, expect, it } from '@jest/globals';
import type { AccountCharged, SessionAmended, SessionEnded } from '#contracts';
import { encode } from '#contracts';
import { type Cdr, cdrIdOf, type Tariff } from '#domain/billing';
import type { LogRecord } from '#ports';
import { foldBatch, type PartitionMemory } from '#service';
import { type BillingState, billingDefinition } from './definition.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 1, 3, 8) + minute * 60_000).toISOString();
const tariff = (price = 0.5): Tariff => ({
  country_code: 'NL',
  party_id: 'JST',
  id: 'idle',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [
    {
      price_components: [
        { type: 'ENERGY', price, vat: 20, step_size: 1 },
        { type: 'PARKING_TIME', price: 3, vat: 20, step_size: 60 },
      ],
    },
  ],
});

/** `input`: where what it was derived from stands in its partition. */
type Fact = readonly [type: string, data: unknown, minute: number, input?: number];
const started: Fact = [
  'SessionStarted',
  {
    sessionId: 's1',
    stationId: 'cs',
    evseId: 1,
    transactionId: '7',
    ocppVersion: 'ocpp1.6',
    tokenHash: 'hash',
    startedAt: at(0),
    meterStartWh: 0,
    tariff: tariff(),
    timeZone: 'Europe/Amsterdam',
    flags: [],
  },
  0,
];
const period = (seq: number, from: number, to: number, energyWh: number, state = 'Charging', pausedBy?: string): Fact => [
  'ChargingPeriodRecorded',
  { sessionId: 's1', seq, from: at(from), to: at(to), energyWh, state, ...(pausedBy && { pausedBy }) },
  to,
];
const end: SessionEnded = { sessionId: 's1', endedAt: at(60), energyWh: 5000, reason: 'Local', provisional: false, flags: [] };
const ended = (change: Partial<SessionEnded> = {}): Fact => ['SessionEnded', { ...end, ...change }, 60];
const amended = (change: Partial<SessionAmended>): Fact => [
  'SessionAmended',
  { ...end, amendment: 1, energyDifferenceWh: 0, ...change },
  90,
];

/** Folds facts as one partition, in the batches given, and answers what the last batch told and wrote. */
function fold(topic: 'session-events' | 'network-events', ...batches: readonly (readonly Fact[])[]) {
  const ref = { topic, partition: 0 };
  let memory: PartitionMemory<BillingState> = { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() };
  let offset = 0;
  const all = batches.map((facts) => {
    const records = facts.map(([type, data, minute, input]): LogRecord => {
      const source = input === undefined ? '/session' : `/session/site-events/0/${input}/0`;
      const envelope = { id: `e${offset}`, type, source, time: at(minute), tenantId: 't', data };
      return {
        ...encode(topic === 'session-events' ? { ...envelope, siteId: 'site', stationId: 'cs' } : envelope),
        ...ref,
        offset: offset++,
      };
    });
    const result = foldBatch(billingDefinition, memory, records);
    memory = { ...memory, next: result.next, seen: result.seen, states: new Map([...memory.states, ...result.changed]) };
    const told = result.outbox.map(({ record, topic: out }) => ({
      out,
      key: record.key,
      type: record.headers.ce_type,
      data: JSON.parse(record.value),
    }));
    return {
      told,
      rows: result.rows.map(({ table, row }) => ({ table: table.name, ...row })),
      parked: result.parked,
      states: memory.states,
    };
  });
  return all.at(-1) as (typeof all)[number];
}
const given = (...facts: Fact[]) => ({ when: (...next: Fact[]) => fold('session-events', facts, next) });
const types = ({ told }: { told: { type: string | undefined }[] }): (string | undefined)[] => told.map(({ type }) => type);

/** As the session service publishes it, decided on the record at `input`. */
const from = ([type, data, minute]: Fact, input: number): Fact => [type, data, minute, input];

const CORRECTED = ['SessionRated', 'CdrCredited', 'CdrIssued', 'AccountCharged', 'AccountCharged'];
const charged = [started, period(0, 0, 30, 2500), period(1, 30, 60, 2500)] as const;

describe('running cost', () => {
  it('is told with the first period and then at most once a minute', () => {
    const { told } = given().when(started, period(0, 0, 0.5, 10), period(1, 0.5, 1, 10), period(2, 1, 1.5, 10));
    expect(told.map(({ type, data }) => [type, data.ratingSeq, data.final, data.rating.totals.energyKwh])).toEqual([
      ['SessionRated', 1, false, '0.01'],
      ['SessionRated', 2, false, '0.03'],
    ]);
  });

  it('counts a repeated period once', () => expect(types(given(started, period(0, 0, 30, 2500)).when(period(0, 0, 30, 2500)))).toEqual([]));

  it('keeps no more periods than there are prices', () => {
    const minutes = Array.from({ length: 120 }, (_, minute) => period(minute, minute, minute + 1, 100));
    const state = given(started, ...minutes)
      .when()
      .states.get('session/t/s1');
    expect(state?.kind === 'session' && state.periods.length).toBeLessThan(4);
  });
});

describe('what a session costs', () => {
  const begun = (more: object): Fact => ['SessionStarted', { ...(started[1] as object), meterStartWh: 1000, ...more }, 0];
  const costs = (...facts: Fact[]) =>
    given()
      .when(...facts)
      .told.flatMap(({ type, out, data }) => (type === 'SessionCostKnown' ? [{ out, ...data }] : []));
  const known = { out: 'site-events', stationId: 'cs', sessionId: 's1', transactionId: '7', currency: 'EUR' };
  const running = { at: at(30), registerWh: 3500, isCharging: true };

  it('is told to the site of a station of 2.x', () => {
    expect(costs(begun({ ocppVersion: 'ocpp2.0.1' }), period(0, 0, 30, 2500), period(1, 30, 60, 2500), ended())).toEqual([
      { ...known, totalCost: 1.5, isFinal: false },
      { ...known, totalCost: 3, isFinal: false },
      { ...known, totalCost: 3, isFinal: true },
    ]);
  });
  it('is told of 1.6 where the station shows it, with what its words for it name; and never where there is no tariff', () => {
    expect(costs(begun({ showsCosts: true }), period(0, 0, 30, 2500), period(1, 30, 60, 2500, 'SuspendedEV'), ended())).toMatchObject([
      { ...known, totalCost: 1.5, isFinal: false, running },
      { ...known, isFinal: false, running: { at: at(60), registerWh: 6000, isCharging: false } },
      { ...known, isFinal: true },
    ]);
    const renamed: Fact = ['TransactionRenamed', { sessionId: 's1', transactionId: '9' }, 1];
    expect(costs(begun({ showsCosts: true }), renamed, ended())).toMatchObject([{ transactionId: '9' }]);
    expect(costs(begun({}), period(0, 0, 30, 2500), ended())).toEqual([]);
    expect(costs(begun({ showsCosts: true, tariff: undefined }), period(0, 0, 30, 2500), ended())).toEqual([]);
  });
});

describe('a hold', () => {
  const begun = (more: object): Fact => [
    'SessionStarted',
    { ...(started[1] as object), tariff: { ...tariff(), preauthorize_amount: 30 }, ...more },
    0,
  ];
  const learned: Fact = ['SessionTokenLearned', { sessionId: 's1', tokenHash: 'ann' }, 1];
  const holds = ({ told }: ReturnType<typeof fold>) => told.filter(({ type }) => type === 'SessionHoldWanted').map(({ data }) => data);

  it('is wanted where a token is known: at the start, or once it is learned', () => {
    const wanted = { sessionId: 's1', siteId: 'site', currency: 'EUR', amount: '30.00' };
    expect(holds(given().when(begun({})))).toMatchObject([{ ...wanted, accountId: 'hash' }]);
    expect(holds(given().when(begun({ tokenHash: undefined })))).toEqual([]);
    expect(holds(given(begun({ tokenHash: undefined })).when(learned))).toMatchObject([{ ...wanted, accountId: 'ann' }]);
  });

  it('is read by the name it had before OCPI gave it one', () => {
    const named = (amounts: object) => holds(given().when(begun({ tariff: { ...tariff(), ...amounts } })));
    expect(named({ hold_amount: 20 })).toMatchObject([{ amount: '20.00' }]);
    expect(named({ hold_amount: 20, preauthorize_amount: 25 })).toMatchObject([{ amount: '25.00' }]);
  });

  it('is wanted once, and not of a session that is over', () => {
    expect(holds(given(begun({})).when(learned))).toEqual([]);
    expect(holds(given(begun({ tokenHash: undefined }), ended()).when(learned))).toEqual([]);
  });
});

describe('the end of a session', () => {
  it('gives the final cost and the CDR, with its lines as rows', () => {
    const { told, rows } = given(...charged).when(ended());
    expect(told.map(({ out, key, type }) => [out, key, type])).toEqual([
      ['billing-events', 't/site', 'SessionRated'],
      ['billing-events', 't/site', 'CdrIssued'],
      ['billing-events', 't/:account:hash', 'AccountCharged'],
    ]);
    const { ratingSeq, cdr }: { ratingSeq: number; cdr: Cdr } = told.find(({ type }) => type === 'CdrIssued')?.data ?? {};
    expect(cdr).toMatchObject({
      id: cdrIdOf('s1', ratingSeq),
      total_energy: 5,
      total_cost: { excl_vat: 2.5, incl_vat: 3 },
      start_date_time: at(0),
      end_date_time: at(60),
    });
    expect(rows).toMatchObject([
      {
        table: 'session_costs',
        session_id: 's1',
        is_final: true,
        amount_net: '2.5000',
        amount_gross: '3.0000',
        payable_gross: '3.00',
        currency: 'EUR',
      },
      { table: 'cdrs', cdr_id: cdr.id, amount_net: '2.5000', energy_wh: 5000, credit_of: null },
      {
        table: 'cdr_lines',
        cdr_id: cdr.id,
        line: 1,
        dimension: 'ENERGY',
        quantity: '5',
        unit: 'kWh',
        unit_price: '0.5',
        amount_gross: '3.0000',
      },
    ]);
  });

  it('adds nothing when it is repeated', () => {
    const { told, rows } = given(...charged, ended()).when(ended(), amended({}));
    expect([told, rows]).toEqual([[], []]);
  });

  it('bills the energy of the end, also what no period had', () =>
    expect(given(started).when(ended()).told[1]?.data.cdr).toMatchObject({
      total_energy: 5,
      total_time: 1,
      total_cost: { excl_vat: 2.5 },
    }));

  it('never bills a pause of ours as idle time, whatever the station calls it', () => {
    const pause = [started, period(0, 0, 20, 5000), period(1, 20, 40, 0, 'SuspendedEV', 'network'), period(2, 40, 60, 0, 'SuspendedEV')];
    expect(given(...pause).when(ended()).told[1]?.data.cdr).toMatchObject({
      total_parking_time: 0.3333,
      total_parking_cost: { excl_vat: 1 },
    });
  });

  it('is free of charge where no tariff was set', () => {
    const [type, data, minute] = started;
    const free: Fact = [type, { ...(data as object), tariff: undefined }, minute];
    expect(given(free).when(ended()).told[1]?.data.cdr).toMatchObject({ currency: 'XXX', total_cost: { excl_vat: 0 }, tariffs: [] });
  });

  it('is nothing for who was sent away without energy, whatever was said to cost something meanwhile', () => {
    const { told } = given(started, period(0, 0, 60, 0, 'SuspendedEV', 'vehicle')).when(ended({ energyWh: 0, reason: 'DeAuthorized' }));
    const costs = told.map(({ type, data }) => [type, data.cdr?.total_cost.excl_vat ?? data.payable?.exclVat]);
    expect(costs).toEqual([
      ['SessionRated', undefined],
      ['CdrIssued', 0],
      ['AccountCharged', '0.00'],
    ]);
  });

  it('is parked when its start is nowhere', () => {
    const change = given().when(ended());
    expect([types(change), change.parked[0]?.reason]).toEqual([['RecordParked'], 'the start of the session is not known']);
  });

  it.each([{ evseId: '1' }, { stationId: 7 }, { tokenHash: ['hash'] }])(
    'is parked, and charges nobody, where its start says %j',
    (wrong) => {
      const [type, data, minute] = started;
      const change = given([type, { ...(data as object), ...wrong }, minute], ...charged.slice(1)).when(ended());
      expect([types(change), change.parked[0]?.reason]).toEqual([['RecordParked'], expect.stringContaining('has no name')]);
    },
  );

  it.each([2, '2', '12:00', '30 February'])('is parked, and charges nobody, when it began at %j', (startedAt) => {
    const [type, data, minute] = started;
    const change = given([type, { ...(data as object), startedAt }, minute]).when(ended());
    // What it is instead is not repeated in the log.
    expect([types(change), change.parked[0]?.reason]).toEqual([['RecordParked'], expect.stringMatching(/^RangeError in \w+ at segments/)]);
  });
  // Read as OCPI writes it, and by no row.
  it('is parked, and charges nobody, when it began in a leap second', () => {
    const [type, data, minute] = started;
    const change = given([type, { ...(data as object), startedAt: '2016-12-31T23:59:60Z' }, minute]).when(ended());
    expect([types(change), change.parked[0]?.reason]).toEqual([['RecordParked'], expect.stringContaining('has no time')]);
  });
});

describe('what becomes known later', () => {
  const change = given(...charged, ended({ provisional: true, reason: 'Available' })).when(
    amended({ energyWh: 6000, energyDifferenceWh: 1000 }),
  );

  it('credits the CDR and issues another', () => {
    expect(types(change)).toEqual(CORRECTED);
    const [, credit, issued] = change.told.map(({ data }) => data);
    expect(credit).toMatchObject({
      creditedCdrId: credit.cdr.credit_reference_id,
      cdr: { id: `${credit.creditedCdrId}-C`, credit: true, total_cost: { excl_vat: -2.5, incl_vat: -3 } },
    });
    expect(issued.cdr).toMatchObject({ total_energy: 6, total_cost: { excl_vat: 3, incl_vat: 3.6 } });
    expect(issued.cdr.id).not.toBe(credit.creditedCdrId);
  });

  it('leaves rows that add up to what is paid', () => {
    const lines = change.rows.filter(({ table }) => table === 'cdr_lines') as unknown as { amount_gross: string; quantity: string }[];
    expect(lines.map(({ quantity, amount_gross }) => [quantity, amount_gross])).toEqual([
      ['-5', '-3.0000'],
      ['6', '3.6000'],
    ]);
  });

  it('takes late periods into account with the amendment', () => {
    const late = given(...charged, ended()).when(period(2, 60, 80, 1000, 'SuspendedEV'), amended({ endedAt: at(80), energyWh: 6000 }));
    expect(types(late)).toEqual(CORRECTED);
    expect(late.told[2]?.data.cdr).toMatchObject({ total_time: 1.3333, total_parking_time: 0.3333, total_energy: 6 });
  });
});

describe('what is charged', () => {
  const charges = ({ told }: ReturnType<typeof fold>): readonly AccountCharged[] =>
    told.flatMap(({ type, data }) => (type === 'AccountCharged' ? [data as AccountCharged] : []));

  it('is what is paid, to the account of the token, without the token', () => {
    const [owed] = charges(given(...charged).when(ended({ learned: { idToken: 'sealed:x' } })));
    expect(owed).toMatchObject({
      accountId: 'hash',
      siteId: 'site',
      currency: 'EUR',
      payable: { exclVat: '2.50', inclVat: '3.00' },
      taxes: [{ vatPercent: '20', exclVat: '2.50', inclVat: '3.00' }],
    });
    expect(JSON.stringify(owed)).not.toContain('sealed');
  });

  it('is given back exactly, and charged anew', () => {
    const change = amended({ energyWh: 6000, energyDifferenceWh: 1000 });
    const [first] = charges(given(...charged).when(ended()));
    const [back, anew] = charges(given(...charged, ended()).when(change));
    expect(back).toMatchObject({ cdrId: `${first?.cdrId}-C`, creditOf: first?.cdrId, payable: { exclVat: '-2.50', inclVat: '-3.00' } });
    expect(anew).toMatchObject({ payable: { exclVat: '3.00', inclVat: '3.60' } });
  });

  it('goes back to the account that was charged, where the token becomes known after the end', () => {
    const [, data] = started;
    const nameless: Fact = ['SessionStarted', { ...(data as object), tokenHash: undefined }, 0];
    const [first] = charges(given(nameless).when(ended()));
    expect(first?.accountId).toBe('site:site');
    const learned = { tokenHash: 'late', idToken: 'sealed' };
    expect(
      charges(given(nameless, ended()).when(amended({ learned }))).map(({ accountId, payable }) => [accountId, payable.inclVat]),
    ).toEqual([
      ['site:site', '-3.00'],
      ['late', '3.00'],
    ]);
  });

  it('is nothing where no tariff was set', () => {
    const [, data] = started;
    const free: Fact = ['SessionStarted', { ...(data as object), tariff: undefined }, 0];
    expect(charges(given(free).when(ended()))).toEqual([]);
  });
});

describe('what the start did not tell yet', () => {
  const learned = { startedAt: at(-10), evseId: 2, connectorId: 3, tokenHash: 'other', tokenType: 'ISO14443', idToken: 'sealed' };

  it('is in the CDR: a plug before the token, a token before the outlet, an event before the start', () =>
    expect(given(...charged).when(ended({ learned })).told[1]?.data.cdr).toMatchObject({
      start_date_time: at(-10),
      cdr_token: { uid: 'sealed', type: 'RFID' },
      cdr_location: { evse_uid: 'cs-2', connector_id: '3' },
    }));

  it('gives a credit and another CDR where it comes after the end', () =>
    expect(types(given(...charged, ended()).when(amended({ learned })))).toEqual(CORRECTED));
});

describe('a stop that comes twice', () => {
  const later = (ms: number): string => new Date(Date.parse(end.endedAt) + ms).toISOString();
  const again = (change: Partial<SessionAmended>) => types(given(...charged, ended()).when(amended({ flags: ['secondStop'], ...change })));
  const [credited, nothing] = [CORRECTED, []];

  it('bills nothing when it is published again together with the end before it, which each would have the other credited', () => {
    const facts = [ended(), amended({ energyWh: 5001 })] as const;
    const published = facts.map((fact, index) => from(fact, index));
    expect(types(given(...charged, ...published).when(...published))).toEqual([]);
    expect(types(given(...charged, ...facts).when(...facts))).toEqual([...credited, ...credited]);
  });
  it('changes no bill when it is a moment later', () => expect(again({ endedAt: later(16) })).toEqual(nothing));
  it('changes it when it is later by more', () => expect(again({ endedAt: later(2000) })).toEqual(credited));
  it('changes it when it tells more energy', () => expect(again({ endedAt: later(16), energyWh: 5001 })).toEqual(credited));
});

describe('tariffs and the sites they serve', () => {
  const changed = (price: number): Fact => ['TariffChanged', { tariff: tariff(price) }, 0];
  const assigned = (siteId: string, tariffId = 'idle'): Fact => ['SiteTariffAssigned', { siteId, tariffId }, 1];
  const network = (...facts: Fact[]) => ({ when: (...next: Fact[]) => fold('network-events', facts, next) });
  const sites = ({ told }: ReturnType<typeof fold>) =>
    told.map(({ out, key, type, data }) => [out, key, type, data.tariff.elements[0].price_components[0].price]);

  it('tells a site its tariff in full when it is assigned, and again when it is assigned again', () => {
    const told = [['site-events', 't/a', 'SiteTariffChanged', 0.5]];
    expect(sites(network(changed(0.5)).when(assigned('a')))).toEqual(told);
    expect(sites(network(changed(0.5), assigned('a')).when(assigned('a')))).toEqual(told);
  });

  it('tells a site that it comes to serve what holds until its latest version does, and no longer', () => {
    const published = (price: number, more: object = {}): Fact => ['TariffChanged', { tariff: { ...tariff(price), ...more } }, 0];
    const [past, coming] = ['2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z'].map((start) => ({ start_date_time: start }));
    const prices = (...facts: Fact[]) => sites(network(...facts).when(assigned('a'))).map(([, , , price]) => price);
    expect(prices(published(0.4), published(0.5), published(0.6, coming))).toEqual([0.5, 0.6]);
    expect(prices(published(0.4), published(0.5, past))).toEqual([0.5]);
  });

  it('tells every site it serves, and no other, when it changes', () =>
    expect(sites(network(changed(0.5), assigned('b'), assigned('a'), assigned('c', 'other')).when(changed(0.6)))).toEqual([
      ['site-events', 't/a', 'SiteTariffChanged', 0.6],
      ['site-events', 't/b', 'SiteTariffChanged', 0.6],
    ]));

  it('tells nobody when it is written again unchanged', () =>
    expect(sites(network(changed(0.5), assigned('a')).when(changed(0.5)))).toEqual([]));

  it('reaches a site that was assigned before the tariff existed', () =>
    expect(sites(network(assigned('a')).when(changed(0.5)))).toEqual([['site-events', 't/a', 'SiteTariffChanged', 0.5]]));

  it('keeps the tariff, its versions and the assignment as rows', () =>
    expect(
      network()
        .when(changed(0.5), assigned('a'))
        .rows.map(({ table }) => table),
    ).toEqual(['tariffs', 'tariff_versions', 'site_tariffs']));
});

it('decides the same for the same facts, however they are batched', () => {
  const facts: Fact[] = [...charged, ended(), amended({ energyWh: 6000 })];
  const ids = (...batches: Fact[][]) => fold('session-events', ...batches).states;
  expect(ids(...facts.map((fact) => [fact]))).toEqual(ids(facts));
});

describe('a reservation', () => {
  const elements: Tariff['elements'] = [
    { price_components: [{ type: 'TIME', price: 6, vat: 20, step_size: 60 }], restrictions: { reservation: 'RESERVATION' } },
    { price_components: [{ type: 'FLAT', price: 4, vat: 20, step_size: 1 }], restrictions: { reservation: 'RESERVATION_EXPIRES' } },
    ...tariff().elements,
  ];
  const priced = { ...tariff(), elements, min_price: { excl_vat: 3 } };
  const begun: Fact = ['SessionStarted', { ...(started[1] as object), tariff: priced }, 0];
  const kept: Fact = ['OutletReserved', { sessionId: 's1', reservationId: 3, from: at(-30), to: at(0) }, 0];
  const unused = (isExpired: boolean): Fact => [
    'OutletReserved',
    {
      sessionId: 'r1',
      reservationId: 3,
      from: at(-30),
      to: at(-20),
      unused: { stationId: 'cs', evseId: 1, tokenHash: 'hash', tariff: priced, timeZone: 'UTC', isExpired },
    },
    0,
  ];
  const issued = ({ told }: ReturnType<typeof fold>) =>
    told
      .filter(({ type }) => type === 'CdrIssued')
      .map(({ data: { cdr } }) => [cdr.start_date_time, cdr.total_cost.excl_vat, cdr.total_reservation_cost.excl_vat, cdr.total_energy]);

  it('is billed with the session that used it, from when the outlet was kept', () => {
    expect(issued(given(begun, kept, period(0, 0, 60, 5000)).when(ended()))).toEqual([[at(-30), 5.5, 3, 5]]);
    expect(
      given(begun, kept)
        .when(period(0, 0, 30, 2500))
        .told.at(-1)?.data.rating.totals.cost.exclVat,
    ).toBe('4.2500');
  });
  it('that the tariff of its session asks nothing for changes no record, also told after the end', () => {
    const late = [period(0, 0, 60, 5000), ended()];
    expect(types(given(started, ...late).when(kept))).toEqual([]);
    const onlyExpiry = { ...priced, elements: elements.slice(1) };
    expect(types(given(['SessionStarted', { ...(started[1] as object), tariff: onlyExpiry }, 0], ...late).when(kept))).toEqual([]);
  });
  it('of a station whose clock is slow begins with its session', () =>
    expect(
      issued(given(begun, ['OutletReserved', { ...(kept[1] as object), from: at(1), to: at(1) }, 0], period(0, 0, 60, 5000)).when(ended())),
    ).toEqual([[at(0), 3, 0, 5]]));
  it('told after the end of its session corrects its record, once', () => {
    const late = given(begun, period(0, 0, 60, 5000), ended()).when(kept);
    expect(types(late)).toEqual(CORRECTED);
    expect(issued(late)).toEqual([[at(-30), 5.5, 3, 5]]);
    expect(types(given(begun, period(0, 0, 60, 5000), ended(), kept).when(kept))).toEqual([]);
  });
  it.each([
    [true, 5],
    [false, 1],
  ])('that nobody used has a record of its own (expired: %s), which no least price of sessions raises', (isExpired, net) => {
    const bill = given().when(unused(isExpired));
    expect(types(bill)).toEqual(['SessionRated', 'CdrIssued', 'AccountCharged']);
    expect(issued(bill)).toEqual([[at(-30), net, net, 0]]);
    expect(types(given(unused(isExpired)).when(unused(isExpired)))).toEqual([]);
  });
});
