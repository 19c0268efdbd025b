// 1.6 transactions, sentence by sentence: what a station says, and what it means for its sessions.
// The same decisions for 2.0.1 are in decide-201.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { at, meter16, names, type Said, Station, start16, status16, stop16 } from './station.fixture.js';

const told = (...said: readonly Said[]): Station => {
  const station = new Station('ocpp1.6');
  for (const each of said) station.hears(each);
  return station;
};
const energy = (station: Station): number => station.periods().reduce((sum, { energyWh }) => sum + Math.round(energyWh * 1000), 0) / 1000;

describe('a 1.6 transaction', () => {
  it('is a session with the difference of its registers', () => {
    const station = told(start16(0, 1000), meter16(10, 1500), meter16(20, 2250), stop16(30, 3001, { reason: 'EVDisconnected' }));
    expect(names(station.events)).toEqual([
      'SessionStarted',
      'ChargingPeriodRecorded',
      'ChargingPeriodRecorded',
      'ChargingPeriodRecorded',
      'SessionEnded',
    ]);
    expect(station.events[0]).toMatchObject({
      stationId: 'CP1',
      evseId: 1,
      connectorId: 1,
      transactionId: '7',
      tokenHash: 'ann',
      tokenType: 'Central',
      idToken: 'sealed:v1:ann:x',
      startedAt: at(0),
      meterStartWh: 1000,
      flags: [],
    });
    expect(station.last()).toMatchObject({
      endedAt: at(30),
      energyWh: 2001,
      meterStopWh: 3001,
      reason: 'EVDisconnected',
      provisional: false,
      flags: [],
    });
    expect(station.last()).not.toHaveProperty('learned');
    expect(station.periods().map(({ from, to, energyWh, powerW }) => [from, to, energyWh, powerW])).toEqual([
      [at(0), at(10), 500, 3000],
      [at(10), at(20), 750, 4500],
      [at(20), at(30), 751, 4506],
    ]);
  });

  it('adds nothing when any of its messages is repeated', () => {
    const start = start16(0, 1000);
    const values = meter16(10, 1500);
    const stop = stop16(30, 3000);
    const station = told(start, start, values, values, start, stop);
    const once = told(start, values, stop);
    expect(station.hears({ ...stop, heard: 31 })).toEqual([]);
    expect(station.hears({ ...start, heard: 31 })).toEqual([]);
    expect(station.hears({ ...values, heard: 31 })).toEqual([]);
    expect(names(station.events)).toEqual(names(once.events));
    expect(station.last().energyWh).toBe(2000);
  });

  it('is rebuilt from what was recorded', () => {
    const station = told(
      start16(0, 1000),
      meter16(10, 1500),
      status16(12, 'SuspendedEVSE'),
      meter16(20, 1500),
      status16(21, 'Available'),
      meter16(22, 1600),
      stop16(30, 3000),
    );
    expect(station.rebuilt()).toEqual(station.state);
  });

  it('tells who paused, and gives a pause no energy that flowed before it', () => {
    const station = told(
      start16(0, 0),
      status16(5, 'SuspendedEVSE'),
      status16(8, 'Charging'),
      meter16(10, 700),
      status16(12, 'SuspendedEV'),
      stop16(20, 800),
    );
    expect(station.periods().map(({ from, to, energyWh, state, pausedBy }) => [from, to, energyWh, state, pausedBy])).toEqual([
      [at(0), at(5), 500, 'Charging', undefined],
      [at(5), at(8), 0, 'SuspendedEVSE', 'network'],
      [at(8), at(10), 200, 'Charging', undefined],
      [at(10), at(12), 100, 'Charging', undefined],
      [at(12), at(20), 0, 'SuspendedEV', 'vehicle'],
    ]);
    expect(energy(station)).toBe(station.last().energyWh);
  });

  it('says that its station shows what it costs, where that is so and it costs something', () => {
    const tariff = { id: 'A' } as never;
    const begun = (terms: object) => new Station('ocpp1.6', undefined, terms).hears(start16(0, 0))[0];
    expect(begun({ tariff, showsCosts: true })).toHaveProperty('showsCosts', true);
    for (const terms of [{ tariff }, { tariff, showsCosts: false }, { showsCosts: true }])
      expect(begun(terms)).not.toHaveProperty('showsCosts');
  });
  it('keeps the tariff that held when it began', () => {
    const tariff = { id: 'A' } as never;
    const station = new Station('ocpp1.6', undefined, { tariff, timeZone: 'Europe/Berlin' });
    expect(station.hears(start16(0, 0))[0]).toMatchObject({ tariff, timeZone: 'Europe/Berlin' });
  });
});

describe('starts', () => {
  it('on an occupied connector end the session before provisionally', () => {
    const station = told(start16(0, 1000), meter16(10, 1500));
    const events = station.hears(start16(40, 1600, { id: '8', token: 'bob' }));
    expect(names(events)).toEqual(['SessionEnded', 'SessionStarted']);
    expect(events[0]).toMatchObject({
      sessionId: station.sessionIds[0],
      endedAt: at(10),
      energyWh: 500,
      provisional: true,
      reason: 'NewStart',
    });
    expect(station.state.open.map(({ transactionId }) => transactionId)).toEqual(['8']);
  });
  it('on the other connector leave it alone', () => {
    const station = told(start16(0, 1000), start16(5, 70, { id: '8', connectorId: 2 }));
    expect(names(station.events)).toEqual(['SessionStarted', 'SessionStarted']);
  });
  it('from before the running session displace nothing', () => {
    const station = new Station('ocpp1.6', undefined, {}, [-100, -10]);
    station.hears(start16(0, 1000));
    expect(names(station.hears(start16(-60, 400, { id: '8', heard: 1 })))).toEqual(['SessionStarted']);
  });
  it('equal to one that ended are repeats, unless the clock proves nothing', () => {
    const stopped = told(start16(0, 1000), stop16(30, 3000));
    expect(stopped.hears({ ...start16(0, 1000), heard: 4 })).toEqual([]);
    const unset = { ...start16(0, 1000), payload: { connectorId: 1, idTag: 'x', meterStart: 1000, timestamp: '1970-01-01T00:00:00Z' } };
    const clockless = told(unset, stop16(30, 3000));
    expect(names(clockless.hears({ ...unset, heard: 60 }))).toEqual(['SessionStarted']);
    expect(new Set(clockless.sessionIds).size).toBe(2);
  });
});

describe('a start told again as of another time, with the id of another answer', () => {
  const again = start16(3, 1000, { id: '8' });
  const boot: Said = { action: 'BootNotification', payload: {}, heard: 2 };

  it('is the session that began, under the id the station goes by', () => {
    const station = told(start16(0, 1000));
    expect(station.hears(again)).toMatchObject([
      { type: 'TransactionRenamed', sessionId: station.sessionIds[0], transactionId: '8' },
      { type: 'ChargingPeriodRecorded', from: at(0), to: at(3), energyWh: 0 },
    ]);
    station.hears(meter16(10, 1500, { id: 8 }));
    station.hears(stop16(30, 3000, { id: 8 }));
    expect(names(station.events).filter((name) => name !== 'ChargingPeriodRecorded')).toEqual([
      'SessionStarted',
      'TransactionRenamed',
      'SessionEnded',
    ]);
    expect(station.last()).toMatchObject({ energyWh: 2000, provisional: false, flags: ['startAgain'] });
    expect(station.rebuilt()).toEqual(station.state);
  });
  it('adds nothing when it is repeated, and neither does the first one, whenever they come', () => {
    const station = told(start16(0, 1000), again, start16(5, 1000, { id: '9' }));
    const repeats = [start16(0, 1000, { heard: 6 }), { ...again, heard: 6 }, start16(5, 1000, { id: '9', heard: 6 })];
    for (const repeat of repeats) expect(station.hears(repeat)).toEqual([]);
    station.hears(meter16(10, 1500, { id: 9 }));
    for (const repeat of repeats) expect(station.hears(repeat)).toEqual([]);
    station.hears(stop16(30, 3000, { id: 9 }));
    for (const repeat of repeats) expect(station.hears(repeat)).toEqual([]);
    expect(station.last().energyWh).toBe(2000);
  });
  it('goes on also where the station uses the id of the first answer', () => {
    const station = told(start16(0, 1000), again, meter16(10, 1500, { id: 7 }), stop16(30, 3000, { id: 7 }));
    expect(station.sessionIds).toHaveLength(1);
    expect(station.last()).toMatchObject({ energyWh: 2000, provisional: false });
  });
  it('takes up the session that a boot of the same connection concluded', () => {
    const station = told(start16(0, 1000), boot, again);
    expect(station.state.ended[0]).toMatchObject({ transactionId: '8', isResumed: true });
    station.hears(meter16(10, 1500, { id: 8 }));
    expect(station.hears(stop16(30, 3000, { id: 8 }))).toContainEqual(
      expect.objectContaining({ type: 'SessionAmended', energyWh: 2000, provisional: false }),
    );
    expect(station.sessionIds).toHaveLength(1);
    expect(station.rebuilt()).toEqual(station.state);
  });
  it.each<[string, readonly Said[], Said]>([
    ['of another driver', [], start16(3, 1000, { id: '8', token: 'bob' })],
    ['at another outlet', [], start16(3, 1000, { id: '8', connectorId: 2 })],
    ['at another register', [], start16(3, 1001, { id: '8' })],
    ['after energy flowed', [meter16(1, 1200, { id: undefined as never })], again],
    ['after the station used the id', [meter16(1, 1000)], again],
    ['after it used one of its own', [meter16(1, 1000, { id: 4711 })], again],
    ['after the stop', [stop16(2, 1000)], again],
    ['after its outlet was free', [status16(2, 'Available')], again],
    ['after a boot long ago', [boot], start16(60, 1000, { id: '8' })],
    ['long after it was heard', [], start16(60, 1000, { id: '8' })],
    ['as of before it', [], start16(-1, 1000, { id: '8', heard: 3 })],
  ])('is another one %s', (_, between, start) => {
    const station = told(start16(0, 1000), ...between, start);
    expect(new Set(station.sessionIds).size).toBe(2);
    expect(station.rebuilt()).toEqual(station.state);
  });
});

describe('stops that fit badly', () => {
  it.each([0, -1, -77, 4711])('find their session by driver and register with transactionId %i', (id) => {
    const station = told(start16(0, 1000), start16(1, 50_000, { id: '8', connectorId: 2, token: 'bob' }));
    const events = station.hears(stop16(30, 3000, { id, token: 'ann' }));
    expect(station.last()).toMatchObject({ energyWh: 2000, provisional: false });
    expect(names(events)).toEqual(['ChargingPeriodRecorded', 'SessionEnded']);
    expect(station.state.open.map(({ transactionId }) => transactionId)).toEqual(['8']);
  });
  it('with -1 never merge two sessions into one', () => {
    const station = told(start16(0, 1000), start16(1, 50_000, { id: '8', connectorId: 2, token: 'ann' }), stop16(30, 51_000, { id: -1 }));
    expect(station.last(station.sessionIds[1]).energyWh).toBe(1000);
    station.hears(stop16(31, 3000, { id: -1 }));
    expect(station.last(station.sessionIds[0]).energyWh).toBe(2000);
  });
  it('with an unknown id do not end a session that the station knows by its own', () => {
    const station = told(start16(0, 1000), meter16(5, 1100));
    expect(station.hears(stop16(30, 3000, { id: 99 }))).toMatchObject([
      { type: 'FactUnmatched', transactionId: '99', reason: 'noSession' },
    ]);
    expect(station.state.open).toHaveLength(1);
  });
  it('without a start become a session that says so where the outlet is certain', () => {
    const station = new Station('ocpp1.6', [{ evseId: 1 }]);
    const transactionData = [{ timestamp: at(0), sampledValue: [{ value: '500', context: 'Transaction.Begin' }] }];
    station.hears(stop16(30, 3000, { id: 99, transactionData }));
    expect(station.events[0]).toMatchObject({
      type: 'SessionStarted',
      evseId: 1,
      startedAt: at(0),
      meterStartWh: 500,
      flags: ['startUnknown'],
    });
    expect(station.last()).toMatchObject({ energyWh: 2500, provisional: false });
    expect(energy(station)).toBe(2500);
  });
  it('with -1 continue the register of their outlet, also where both sessions were concluded before', () => {
    const station = told(start16(0, 1000), start16(1, 50_000, { id: '8', connectorId: 2, token: 'bob' }));
    for (const said of [status16(20, 'Available', 2), status16(21, 'Available', 1)]) station.hears(said);
    station.hears(stop16(19, 51_000, { id: -1, heard: 22 }));
    station.hears(stop16(20, 3000, { id: -1, heard: 22 }));
    expect(station.sessionIds.map((id) => station.last(id).energyWh)).toEqual([2000, 1000]);
  });
  it('with -1 are also those of a colleague, and of nobody else', () => {
    const begun = (): Station => told({ ...start16(0, 1000), group: 'family' });
    const stop = stop16(30, 3000, { id: -1, token: 'bob' });
    expect(begun().hears(stop)).toMatchObject([{ type: 'FactUnmatched', reason: 'noSession' }]);
    expect(begun().hears({ ...stop, group: 'others' })).toMatchObject([{ type: 'FactUnmatched' }]);
    const station = begun();
    station.hears({ ...stop, group: 'family' });
    expect(station.last()).toMatchObject({ energyWh: 2000, provisional: false });
    expect(station.events[0]).not.toHaveProperty('groupHash');
  });
  it('from before the end that is told change nothing of it', () => {
    const station = told(start16(0, 1000), stop16(30, 3000));
    expect(station.hears(stop16(28, 2800, { reason: 'PowerLoss', heard: 31 }))).toEqual([]);
    expect(station.state.ended[0]).toMatchObject({ meterStopWh: 3000, end: { energyMwh: 2_000_000 } });
    expect(station.rebuilt()).toEqual(station.state);
  });
  it('below the start are clamped and flagged', () => {
    const station = told(start16(0, 1000), stop16(30, 999));
    expect(station.last()).toMatchObject({ energyWh: 0, flags: ['negativeClamped'] });
  });
});

describe('sessions without a stop', () => {
  it('end provisionally without what a register told too high and fell back from', () => {
    const [climb, fall] = [
      [1200, 1700],
      [1300, 1400, 1500],
    ];
    const station = told(start16(0, 1000), ...[...climb, ...fall].map((wh, index) => meter16(10 * (index + 1), wh)));
    station.hears(status16(61, 'Available'));
    expect(station.last()).toMatchObject({ energyWh: 500, provisional: true, flags: ['registerDip', 'registerSpike'] });
  });

  it.each([1, 2])('end so where only %i readings tell of it, and what comes later is told once', (readings) => {
    const station = told(
      start16(0, 1000),
      ...[1200, 1700, 1300, 1400].slice(0, 2 + readings).map((wh, index) => meter16(10 * (index + 1), wh)),
    );
    station.hears(status16(51, 'Available'));
    const energyWh = 200 + 100 * readings;
    expect(station.last()).toMatchObject({ energyWh, provisional: true, flags: ['registerDip', 'registerSpike'] });
    expect(station.rebuilt()).toEqual(station.state);
    expect(station.settles(station.sessionIds[0] ?? '')).toEqual([]);
    station.hears(stop16(50, 1600, { heard: 52 }));
    expect(station.last()).toMatchObject({ energyWh: 600, provisional: false });
  });
  it('keep what was told last where it stands higher, and where a register starts from zero', () => {
    for (const [values, energyWh] of [
      [[1200, 1700], 700],
      [[1200, 1700, 10], 700],
      [[1200, 1700, 1300, 1800], 800],
    ] as const) {
      const station = told(start16(0, 1000), ...values.map((wh, index) => meter16(10 * (index + 1), wh)));
      station.hears(status16(51, 'Available'));
      expect(station.last()).toMatchObject({ energyWh, provisional: true });
    }
  });
  it('are told anew without a spike that was only seen after the end', () => {
    const station = told(start16(0, 1000), meter16(10, 1200), meter16(20, 1700));
    station.hears(status16(21, 'Available'));
    station.hears(meter16(25, 1300));
    expect(station.rebuilt()).toEqual(station.state);
    const sessionId = station.sessionIds[0] ?? '';
    const amended = { type: 'SessionAmended', endedAt: at(25), energyWh: 300, energyDifferenceWh: -400, provisional: true };
    expect(station.settles(sessionId).at(-1)).toMatchObject(amended);
    expect(station.settles(sessionId)).toEqual([]);
  });
  it('end provisionally when the connector is available again; the stop amends', () => {
    const station = told(start16(0, 1000), meter16(10, 1500));
    expect(station.hears(status16(21, 'Available'))).toMatchObject([
      { type: 'ChargingPeriodRecorded', energyWh: 0 },
      { type: 'SessionEnded', energyWh: 500, provisional: true, reason: 'Available', endedAt: at(21) },
    ]);
    expect(station.hears(stop16(20, 2000, { heard: 22 }))).toMatchObject([
      {
        type: 'SessionAmended',
        amendment: 1,
        energyWh: 1000,
        energyDifferenceWh: 500,
        provisional: false,
        reason: 'Local',
        endedAt: at(20),
      },
    ]);
    expect(station.hears(status16(23, 'Available'))).toEqual([]);
  });
  it('are not ended by an Available from before they began', () => {
    expect(told(start16(10, 1000)).hears(status16(9, 'Available'))).toEqual([]);
  });
  it('end provisionally with a boot, go on, and tell what became of them once it is quiet', () => {
    const station = told(start16(0, 1000), meter16(10, 1500));
    const boot = { action: 'BootNotification', payload: { chargePointVendor: 'v', chargePointModel: 'm' }, heard: 12 };
    expect(station.hears(boot)).toMatchObject([
      { type: 'SessionEnded', reason: 'Boot', provisional: true, endedAt: at(10), energyWh: 500 },
    ]);
    expect(station.hears(meter16(15, 1700))).toMatchObject([{ type: 'ChargingPeriodRecorded', from: at(10), to: at(15), energyWh: 200 }]);
    expect(names(station.hears(meter16(20, 1900)))).toEqual(['ChargingPeriodRecorded']);
    expect(station.state.ended[0]?.isResumed).toBe(true);
    expect(station.settles(station.sessionIds[0] ?? '')).toMatchObject([
      { type: 'SessionAmended', amendment: 1, energyWh: 900, energyDifferenceWh: 0, provisional: true, endedAt: at(20) },
    ]);
    expect(station.settles(station.sessionIds[0] ?? '')).toEqual([]);
    expect(station.hears(stop16(30, 2500))).toMatchObject([
      { type: 'ChargingPeriodRecorded', from: at(20), to: at(30), energyWh: 600 },
      { type: 'SessionAmended', amendment: 2, energyWh: 1500, energyDifferenceWh: 0, provisional: false },
    ]);
  });
  it('that were charging offline are billed by when it was, up to the stop', () => {
    const station = new Station('ocpp1.6', undefined, {}, [11, 90]);
    const boot = { action: 'BootNotification', payload: {}, heard: 100 };
    for (const said of [start16(0, 1000), meter16(10, 1500), boot, stop16(70, 13_500, { heard: 101 })]) station.hears(said);
    expect(station.periods()).toMatchObject([
      { to: at(10), energyWh: 500 },
      { from: at(10), to: at(70), energyWh: 12_000, state: 'Charging', powerW: 12_000 },
    ]);
    expect(station.last()).toMatchObject({ type: 'SessionAmended', endedAt: at(70), energyWh: 12_500, energyDifferenceWh: 0 });
  });
});

describe('a station that boots with every connection', () => {
  it('ends its session provisionally once, not with every message', () => {
    const boot = { action: 'BootNotification', payload: {}, heard: 0 };
    const station = told(start16(0, 1000));
    for (const minute of [5, 10, 15]) {
      station.hears({ ...boot, heard: minute });
      station.hears(meter16(minute, 1000 + minute * 10));
    }
    expect(names(station.events).filter((name) => name !== 'ChargingPeriodRecorded')).toEqual(['SessionStarted', 'SessionEnded']);
    station.hears(stop16(20, 1200));
    expect(station.last()).toMatchObject({ type: 'SessionAmended', amendment: 1, energyWh: 200, provisional: false });
  });
});

describe('memory', () => {
  it('of ended sessions is bounded per outlet, and long enough for what stations repeat', () => {
    const station = told(
      ...Array.from({ length: 20 }, (_, n) => [
        start16(n * 2, n * 100, { id: String(n + 1) }),
        stop16(n * 2 + 1, n * 100 + 50, { id: n + 1 }),
      ]).flat(),
    );
    expect(station.state.ended.map(({ transactionId }) => transactionId)).toEqual(['20', '19', '18', '17', '16', '15']);
    station.hears(start16(8 * 24 * 60, 9000, { id: '99' }));
    station.hears(stop16(8 * 24 * 60 + 1, 9100, { id: 99 }));
    expect(station.state.ended).toHaveLength(1);
  });
});

describe('a session that goes on after a provisional end', () => {
  const boot = (heard: number): Said => ({ action: 'BootNotification', payload: {}, heard });
  it('is kept for as long as it does, whatever ends beside it', () => {
    const week = 8 * 24 * 60;
    const station = told(start16(0, 1000), meter16(10, 1500), boot(12), meter16(15, 1600), meter16(week, 5000));
    station.hears(start16(week + 1, 100, { id: '8', connectorId: 2 }));
    station.hears(stop16(week + 2, 200, { id: 8 }));
    station.hears(stop16(week + 30, 6000));
    expect(station.last()).toMatchObject({ type: 'SessionAmended', energyWh: 5000, provisional: false });
  });
  it.each<[string, Said]>([
    ['its outlet is available', status16(20, 'Available')],
    ['another begins there', start16(20, 1500, { id: '8' })],
  ])('is over when %s, also where nothing flowed since', (_, said) => {
    const station = told(start16(0, 1000), meter16(10, 1500), boot(12), meter16(15, 1500));
    expect(station.state.ended[0]?.isResumed).toBe(true);
    expect(station.hears(said)).toContainEqual(expect.objectContaining({ type: 'SessionAmended', energyWh: 500, endedAt: at(15) }));
    expect(station.state.ended[0]?.isResumed).toBeUndefined();
  });
});

describe('late and odd readings', () => {
  it('after the stop amend it when they are closing values above it', () => {
    const station = told(start16(0, 1000), stop16(30, 3000));
    expect(station.hears(meter16(30, 2990))).toEqual([]);
    expect(station.hears(meter16(31, 3005, { context: 'Transaction.End' }))).toMatchObject([
      { type: 'SessionAmended', energyWh: 2005, energyDifferenceWh: 5, provisional: false },
    ]);
  });
  it('of the watt-hour that the stop told are no news, as when they come once more after it', () => {
    const closing = meter16(30, 3000.253, { context: 'Transaction.End' });
    const station = told(start16(0, 1000), closing, stop16(30, 3000), closing);
    expect(station.last()).toMatchObject({ type: 'SessionEnded', energyWh: 2000 });
    expect(station.hears(meter16(31, 3001, { context: 'Transaction.End' }))).toMatchObject([{ type: 'SessionAmended', energyWh: 2001 }]);
  });
  it('leave it told that there was a second stop', () => {
    const station = told(start16(0, 1000), stop16(30, 3000), stop16(32, 3100));
    expect(station.last()).toMatchObject({ type: 'SessionAmended', flags: ['secondStop'] });
    station.hears(meter16(33, 3150, { context: 'Transaction.End' }));
    expect(station.last()).toMatchObject({ type: 'SessionAmended', energyWh: 2150, flags: ['secondStop'] });
  });
  it('without a transaction belong to whoever charges there; on an idle connector to nobody', () => {
    const station = told(start16(0, 1000));
    expect(station.hears(meter16(5, 1200, { id: undefined as never }))).toHaveLength(1);
    expect(station.hears(meter16(5, 9, { id: 0, connectorId: 2 }))).toEqual([]);
    expect(station.hears(meter16(5, 9, { id: 5, connectorId: 2 }))).toMatchObject([{ type: 'FactUnmatched' }]);
  });
  it('that dip to 0 and return count nothing twice', () => {
    const station = told(start16(0, 1000), meter16(10, 1500), meter16(11, 0), meter16(12, 0), meter16(13, 1600), stop16(30, 2000));
    expect(station.last().energyWh).toBe(1000);
    expect(energy(station)).toBe(1000);
    expect(station.periods().every(({ energyWh }) => energyWh >= 0)).toBe(true);
  });
  it('that dip and come again, and again, are one reading and no other meter', () => {
    const dip = meter16(11, 700);
    const station = told(start16(0, 1000), meter16(10, 1500), dip, dip, dip, meter16(12, 1600), stop16(30, 2000));
    expect(station.last()).toMatchObject({ energyWh: 1000, flags: ['registerDip'] });
  });
  it('that count from the start of the session do not disturb registers of a lifetime', () => {
    const station = told(start16(0, 1_000_000), meter16(10, 500), meter16(20, 1100), stop16(30, 1_001_500));
    expect(station.periods().map(({ energyWh }) => energyWh)).toEqual([500, 600, 400]);
    expect(station.last()).toMatchObject({ energyWh: 1500, flags: ['registerSessionRelative'] });
  });
});

describe('station clocks', () => {
  const hour = (minute: number): Said => ({ ...start16(minute - 60, 1000), heard: minute });
  it('that are an hour behind are not believed, and the session says so', () => {
    const station = told(hour(0));
    expect(station.events[0]).toMatchObject({ startedAt: at(0), flags: ['clockBehind'] });
  });
  it('are believed for the time the station was offline', () => {
    const station = new Station('ocpp1.6', undefined, {}, [-90, -10]);
    expect(station.hears(hour(0))[0]).toMatchObject({ startedAt: at(-60), flags: [] });
  });
});

describe('connectors', () => {
  it('that share a power unit are one EVSE', () => {
    const station = new Station('ocpp1.6', [{ evseId: 1, connectors: 2 }, { evseId: 2 }]);
    expect(station.hears(start16(0, 0, { connectorId: 2 }))[0]).toMatchObject({ evseId: 1, connectorId: 2 });
    expect(station.hears(start16(0, 0, { connectorId: 3, id: '8' }))[0]).toMatchObject({ evseId: 2, connectorId: 3 });
  });
});
