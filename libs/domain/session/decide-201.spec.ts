// 2.0.1 transactions, sentence by sentence: order by seqNo, facts told once, late and offline events.
// The same decisions for 1.6 are in decide-16.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import { at, event201, names, type Said, Station } from './station.fixture.js';

const told = (...said: readonly Said[]): Station => {
  const station = new Station('ocpp2.0.1');
  for (const each of said) station.hears(each);
  return station;
};
const started = event201('Started', { minute: 0, seqNo: 0, wh: 1000, evseId: 1, token: 'ann', state: 'Charging' });
const updated = event201('Updated', { minute: 10, seqNo: 1, wh: 1500 });
const ended = event201('Ended', { minute: 30, seqNo: 2, wh: 3000, reason: 'EVDisconnected' });

describe('a 2.0.1 transaction', () => {
  it('is a session with the difference of its registers', () => {
    const station = told(started, updated, ended);
    expect(names(station.events)).toEqual(['SessionStarted', 'ChargingPeriodRecorded', 'ChargingPeriodRecorded', 'SessionEnded']);
    expect(station.events[0]).toMatchObject({
      evseId: 1,
      connectorId: 1,
      transactionId: 'T1',
      tokenHash: 'ann',
      meterStartWh: 1000,
      flags: [],
    });
    expect(station.last()).toMatchObject({
      endedAt: at(30),
      energyWh: 2000,
      meterStopWh: 3000,
      reason: 'EVDisconnected',
      provisional: false,
      flags: [],
    });
    expect(station.last()).not.toHaveProperty('learned');
  });
  it('adds nothing when an event is repeated, also out of the offline queue', () => {
    const station = told(started, updated, started, ended);
    const before = station.state;
    for (const each of [started, updated, ended])
      expect(station.hears({ ...each, heard: 31, payload: { ...each.payload, offline: true } })).toEqual([]);
    expect(station.state).toBe(before);
  });
  it('recognises a repeat although the token is sealed anew each time', () => {
    const again = event201('Started', { minute: 0, seqNo: 0, wh: 1000, evseId: 1, token: 'ann', state: 'Charging', heard: 1 });
    expect(told(started).hears(again)).toEqual([]);
  });
  describe('of a car that feeds back', () => {
    const feedingBack = (event: Said, backWh: number): Said => {
      const [values] = (event.payload as { meterValue: { sampledValue: object[] }[] }).meterValue;
      const measured = [
        { value: backWh, measurand: 'Energy.Active.Export.Register' },
        { value: 4_000, measurand: 'Power.Active.Export' },
      ];
      const meterValue = [{ ...values, sampledValue: [...measured, ...(values?.sampledValue ?? [])] }];
      return { ...event, payload: { ...event.payload, meterValue } };
    };
    const back = [feedingBack(started, 7_000), feedingBack(updated, 7_000), feedingBack(ended, 8_500)] as const;

    it('tells that beside what was delivered, which it takes nothing off', () => {
      const [plain, fed] = [told(started, updated, ended), told(...back)];
      expect(fed.last()).toMatchObject({ energyWh: 2000, meterStopWh: 3000, exportedWh: 1500, flags: [] });
      expect(plain.last()).not.toHaveProperty('exportedWh');
      expect(fed.periods().map(({ energyWh }) => energyWh)).toEqual(plain.periods().map(({ energyWh }) => energyWh));
    });
    it('counts the same in whatever order it is told, and amends what it told of the end', () => {
      expect(told(back[1], back[0], back[2]).last()).toMatchObject({ energyWh: 2000, exportedWh: 1500 });
      const late = told(feedingBack(started, 7_000), ended).hears(
        feedingBack(event201('Updated', { minute: 20, seqNo: 5, wh: 3000 }), 7_400),
      );
      expect(late).toMatchObject([{ type: 'SessionAmended', energyWh: 2000, exportedWh: 400, energyDifferenceWh: 0 }]);
    });
  });
  it('keeps the same seqNo with other content, and flags it', () => {
    const station = told(started, updated, event201('Updated', { minute: 12, seqNo: 1, wh: 1600 }), ended);
    expect(station.last()).toMatchObject({ energyWh: 2000, flags: ['repeatedSeqNo'] });
  });
  it('adds nothing when an event whose seqNo was used before is repeated', () => {
    const dip = event201('Updated', { minute: 12, seqNo: 1, wh: 700 });
    const station = told(started, updated, dip);
    const before = station.state;
    for (const _ of [1, 2, 3]) expect(station.hears(dip)).toEqual([]);
    expect(station.state).toBe(before);
  });
  it('is rebuilt from what was recorded', () => {
    const station = told(
      updated,
      started,
      event201('Updated', { minute: 20, seqNo: 5, state: 'SuspendedEV' }),
      ended,
      event201('Updated', { minute: 15, seqNo: 2, wh: 1700 }),
    );
    expect(station.rebuilt()).toEqual(station.state);
  });
});

describe('facts told once', () => {
  it('stay: a second card in the end does not change whose session it was', () => {
    const station = told(started, updated, event201('Ended', { minute: 30, seqNo: 2, wh: 3000, token: 'bob' }));
    expect(station.last()).not.toHaveProperty('learned');
  });
  it('that come after the start are told with the end', () => {
    const station = told(
      event201('Started', { minute: 0, seqNo: 0 }),
      event201('Updated', { minute: 1, seqNo: 1, evseId: 2, token: 'ann', state: 'Charging' }),
      ended,
    );
    expect(station.events[0]).toMatchObject({ evseId: 0 });
    expect(station.last().learned).toMatchObject({ evseId: 2, connectorId: 1, tokenHash: 'ann' });
  });
  it('do not make a driver of who stops what another began, whichever is heard first', () => {
    const stopping = event201('Updated', { minute: 20, seqNo: 2, evseId: 1, token: 'bob' });
    const station = told({ ...stopping, payload: { ...stopping.payload, triggerReason: 'StopAuthorized' } });
    station.hears({ ...started, heard: 21, payload: { ...started.payload, offline: true } });
    expect(station.state.open).toMatchObject([{ tokenHash: 'ann' }]);
    expect(station.events[0]).not.toHaveProperty('tokenHash');
  });
  it('tell of the token at once, and only of the first', () => {
    const begun = event201('Started', { minute: 0, seqNo: 0 });
    const authorized = event201('Updated', { minute: 1, seqNo: 1, evseId: 2, token: 'ann', state: 'Charging' });
    const another = event201('Updated', { minute: 2, seqNo: 2, evseId: 2, token: 'bob' });
    const tokens = told(begun, authorized, authorized, another).events.filter(({ type }) => type === 'SessionTokenLearned');
    expect(tokens).toMatchObject([{ tokenHash: 'ann' }]);
    expect(told(event201('Started', { minute: 0, seqNo: 0, token: 'ann' }), another).events.map(({ type }) => type)).not.toContain(
      'SessionTokenLearned',
    );
  });
});

describe('missing and late events', () => {
  describe('of a charging state', () => {
    const suspended = event201('Updated', { minute: 12, seqNo: 2, state: 'SuspendedEV', heard: 15 });
    const later = (seqNo: number, minute: number, wh: number, state?: 'Charging' | 'SuspendedEV'): Said =>
      event201('Updated', { minute, seqNo, wh, heard: minute, ...(state !== undefined && { state }) });
    const statesOf = (station: Station) => station.periods().map(({ to, state, pausedBy = null }) => [to, state, pausedBy]);

    it('count from what is recorded on, where no later event told another, and the session says so', () => {
      const station = told(started, updated, later(3, 14, 1600), suspended, later(4, 40, 1600));
      expect(statesOf(station)).toEqual([
        [at(10), 'Charging', null],
        [at(14), 'Charging', null],
        [at(40), 'SuspendedEV', 'vehicle'],
      ]);
      station.hears(event201('Ended', { minute: 50, seqNo: 5, wh: 1600 }));
      expect(station.last().flags).toEqual(['lateState']);
      expect(station.rebuilt()).toEqual(station.state);
    });

    it('are from when they were where nothing of then is recorded', () => {
      const station = told(started, updated, event201('Updated', { minute: 14, seqNo: 3, heard: 14 }), suspended, later(4, 40, 1600));
      expect(statesOf(station)).toEqual([
        [at(10), 'Charging', null],
        [at(12), 'Charging', null],
        [at(40), 'SuspendedEV', 'vehicle'],
      ]);
    });

    it('are past where a later event told another', () => {
      const station = told(started, updated, later(3, 14, 1600, 'Charging'), suspended, later(4, 40, 2600));
      expect(statesOf(station).map(([, state]) => state)).toEqual(['Charging', 'Charging', 'Charging']);
    });
  });

  it('begin a session with an unknown start when the first that comes is no start', () => {
    const station = told(updated, ended);
    expect(station.events[0]).toMatchObject({ type: 'SessionStarted', startedAt: at(10), flags: ['startUnknown'] });
    expect(station.last()).toMatchObject({ energyWh: 1500, provisional: false });
  });
  it('amend an ended session with the start that comes at last', () => {
    const station = told(ended, { ...started, heard: 40, payload: { ...started.payload, offline: true } });
    expect(station.sessionIds).toHaveLength(1);
    expect(station.last()).toMatchObject({
      type: 'SessionAmended',
      amendment: 1,
      energyWh: 2000,
      energyDifferenceWh: 2000,
      endedAt: at(30),
      learned: { startedAt: at(0), meterStartWh: 1000, tokenHash: 'ann', evseId: 1, connectorId: 1 },
    });
  });
  it('never change the live state when they are old', () => {
    const station = told(
      started,
      event201('Updated', { minute: 20, seqNo: 5, state: 'SuspendedEV' }),
      event201('Updated', { minute: 10, seqNo: 3, state: 'Charging', offline: true, heard: 21 }),
    );
    expect(station.state.open[0]?.state).toBe('SuspendedEV');
  });
  it('of an ended transaction bill it all the same', () => {
    const offline = [-60, -20] as [number, number];
    const station = new Station('ocpp2.0.1', undefined, {}, offline);
    for (const [eventType, minute, seqNo, wh] of [
      ['Started', -55, 0, 100],
      ['Updated', -50, 1, 400],
      ['Ended', -45, 2, 900],
    ] as const)
      station.hears(event201(eventType, { minute, seqNo, wh, evseId: 1, offline: true, heard: 1 }));
    expect(station.last()).toMatchObject({ energyWh: 800, endedAt: at(-45), flags: [] });
  });
  it('are no session of the same name once another began: numbering restarts with a boot', () => {
    const station = told(started, ended, event201('Started', { minute: 60, seqNo: 0, wh: 3000, evseId: 1 }));
    expect(new Set(station.sessionIds).size).toBe(2);
    station.hears(event201('Ended', { minute: 70, seqNo: 1, wh: 3300 }));
    expect(station.last(station.sessionIds[1]).energyWh).toBe(300);
    expect(station.last(station.sessionIds[0]).energyWh).toBe(2000);
  });
});

describe('a transaction under an id that was used before', () => {
  it('is another one also where it began offline, after a power cut', () => {
    const boot: Said = { action: 'BootNotification', payload: { reason: 'PowerUp' }, heard: 80 };
    const station = told(started, updated, boot);
    for (const [eventType, minute, seqNo, wh] of [
      ['Started', 60, 0, 3000],
      ['Ended', 70, 1, 3300],
    ] as const)
      station.hears(event201(eventType, { minute, seqNo, wh, evseId: 1, token: 'bob', offline: true, heard: 81 }));
    expect(new Set(station.sessionIds).size).toBe(2);
    expect(station.last(station.sessionIds[0])).toMatchObject({ energyWh: 500, endedAt: at(10), provisional: true });
    expect(station.last(station.sessionIds[1])).toMatchObject({ energyWh: 300, endedAt: at(70), provisional: false });
  });
});

describe('sessions without an end', () => {
  const boot = (reason: string): Said => ({
    action: 'BootNotification',
    payload: { reason, chargingStation: { model: 'm', vendorName: 'v' } },
    heard: 12,
  });
  const availableAt = (evseId: number, connectorId: number): Said => ({
    action: 'StatusNotification',
    payload: { evseId, connectorId, connectorStatus: 'Available', timestamp: at(12) },
    heard: 12,
  });
  const available = availableAt(1, 1);
  it('end provisionally with a boot that is one', () => {
    expect(told(started, updated).hears(boot('Triggered'))).toEqual([]);
    expect(told(started, updated).hears(boot('PowerUp'))).toMatchObject([
      { type: 'SessionEnded', reason: 'Boot', provisional: true, energyWh: 500 },
    ]);
  });
  it('end provisionally when the outlet is available, but not before a car was there', () => {
    expect(names(told(started, updated).hears(available))).toEqual(['ChargingPeriodRecorded', 'SessionEnded']);
    expect(told(event201('Started', { minute: 0, seqNo: 0, evseId: 1 })).hears(available)).toEqual([]);
  });
  it('end provisionally when that is told as an event of the connector (G01), of several at once', () => {
    const outlet = (id: number, connectorId: number | undefined, actualValue: string, name = 'AvailabilityState') => ({
      component: { name: 'Connector', evse: { id, ...(connectorId !== undefined && { connectorId }) } },
      variable: { name },
      timestamp: at(12),
      actualValue,
    });
    const says = (...eventData: readonly object[]): Said => ({ action: 'NotifyEvent', payload: { eventData }, heard: 12 });
    const station = told(started, updated);
    expect(station.hears(says(outlet(1, 1, 'Occupied'), outlet(1, undefined, 'Available'), outlet(2, 1, 'Available')))).toEqual([]);
    expect(station.hears(says(outlet(2, 1, 'Available'), outlet(1, 1, 'Available', 'availabilityState')))).toContainEqual(
      expect.objectContaining({ type: 'SessionEnded', reason: 'Available', provisional: true, energyWh: 500, endedAt: at(12) }),
    );
  });
  it('go on when another connector of their EVSE, or another EVSE, is available', () => {
    const station = told(started, updated, availableAt(1, 2), availableAt(2, 1));
    expect(station.state.open).toHaveLength(1);
    expect(station.hears(ended)).toMatchObject([
      { type: 'ChargingPeriodRecorded' },
      { type: 'SessionEnded', provisional: false, energyWh: 2000 },
    ]);
  });
  it('end at whichever connector is available where theirs was never told', () => {
    const { connectorId: _unsaid, ...evse } = (started.payload as { evse: { id: number; connectorId: number } }).evse;
    expect(names(told({ ...started, payload: { ...started.payload, evse } }, updated).hears(availableAt(1, 2)))).toContain('SessionEnded');
  });
  it('take in readings that come outside of their events', () => {
    const meterValue = [{ timestamp: at(10), sampledValue: [{ value: 1500 }] }];
    const station = told(started, { action: 'MeterValues', payload: { evseId: 1, meterValue }, heard: 10 });
    expect(station.periods()).toMatchObject([{ energyWh: 500, to: at(10) }]);
    expect(station.hears({ action: 'MeterValues', payload: { evseId: 0, meterValue }, heard: 10 })).toEqual([]);
  });
});

describe('a 2.1 transaction', () => {
  const what21Adds = {
    costDetails: {
      totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { exclTax: 0.2 } },
      totalUsage: { energy: 0.5, chargingTime: 600, idleTime: 0 },
    },
    preconditioningStatus: 'Ready',
    evseSleep: false,
  };
  const limited = { operationMode: 'ChargingOnly', tariffId: 'flat', transactionLimit: { maxCost: 20 } };
  const updated21: Said = {
    ...updated,
    payload: { ...updated.payload, ...what21Adds, transactionInfo: { transactionId: 'T1', ...limited } },
  };
  const run = (...said: readonly Said[]): Station => {
    const station = new Station('ocpp2.1');
    for (const each of said) {
      expect(each.action === 'TransactionEvent' ? validate('ocpp2.1', each.action, 'request', each.payload) : []).toEqual([]);
      station.hears(each);
    }
    return station;
  };

  it('is the session it is in 2.0.1, with whatever it tells beside', () => {
    const station = run(started, updated21, updated21, ended);
    expect(station.events[0]).toMatchObject({ type: 'SessionStarted', ocppVersion: 'ocpp2.1' });
    expect(station.last()).toMatchObject({ energyWh: 2000, endedAt: at(30), provisional: false, flags: [] });
    expect(station.rebuilt()).toEqual(station.state);
  });
  it('that goes on after a restart stays one session', () => {
    const boot: Said = { action: 'BootNotification', payload: { reason: 'PowerUp' }, heard: 12 };
    const resumed = { ...event201('Updated', { minute: 14, seqNo: 2, wh: 1500, state: 'Charging' }) };
    const again: Said = { ...resumed, payload: { ...resumed.payload, triggerReason: 'TxResumed' } };
    const station = run(started, updated, boot, again, event201('Ended', { minute: 30, seqNo: 3, wh: 3000 }));
    expect(new Set(station.sessionIds).size).toBe(1);
    expect(station.last()).toMatchObject({ energyWh: 2000, endedAt: at(30), provisional: false });
  });
});

describe('without registers', () => {
  it('power is integrated, and that is said', () => {
    const power = (minute: number, seqNo: number, w: number, eventType: 'Started' | 'Updated' | 'Ended'): Said => {
      const event = event201(eventType, { minute, seqNo, evseId: 1 });
      return {
        ...event,
        payload: {
          ...event.payload,
          meterValue: [{ timestamp: at(minute), sampledValue: [{ value: w, measurand: 'Power.Active.Import' }] }],
        },
      };
    };
    const station = told(power(0, 0, 6000, 'Started'), power(10, 1, 6000, 'Updated'), power(20, 2, 0, 'Ended'));
    expect(station.last()).toMatchObject({ energyWh: 1500, flags: ['powerIntegrated'] });
    expect(station.periods().reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(1500);
  });
});

describe('with intervals in place of registers', () => {
  const told201 = (
    minute: number,
    seqNo: number,
    eventType: 'Started' | 'Updated' | 'Ended',
    values: readonly object[],
    heard = minute,
  ): Said => {
    const event = event201(eventType, { minute, seqNo, evseId: 1, heard });
    const [meterValue] = [[{ timestamp: at(minute), sampledValue: values }]];
    return { ...event, payload: { ...event.payload, ...(values.length > 0 && { meterValue }) } };
  };
  const interval = (value: number, more: object = {}) => ({
    value,
    measurand: 'Energy.Active.Import.Interval',
    unitOfMeasure: { unit: 'Wh' },
    ...more,
  });
  const power = (value: number) => ({ value, measurand: 'Power.Active.Import' });

  it('they are added up, by line where told so, before any power is integrated, and that is said', () => {
    const station = told(
      told201(0, 0, 'Started', [interval(70, { context: 'Transaction.Begin' }), power(9000)]),
      told201(10, 1, 'Updated', [interval(1000), power(9000)]),
      told201(20, 2, 'Updated', [interval(300, { phase: 'L1' }), interval(350, { phase: 'L2' }), interval(350, { phase: 'L3' })]),
      told201(25, 3, 'Ended', [interval(500)]),
    );
    expect(station.last()).toMatchObject({ energyWh: 2500, flags: ['intervalsIntegrated'] });
    expect(station.periods().map(({ to, energyWh }) => [to, energyWh])).toEqual([
      [at(10), 1000],
      [at(20), 1000],
      [at(25), 500],
    ]);
  });

  it('one that comes late or again is counted once, also after the end', () => {
    const late = told201(10, 1, 'Updated', [interval(1000)], 40);
    const station = told(
      told201(0, 0, 'Started', []),
      told201(20, 2, 'Updated', [interval(800)]),
      told201(25, 3, 'Ended', [interval(500)]),
      late,
      late,
    );
    expect(station.last()).toMatchObject({ type: 'SessionAmended', energyWh: 2300, energyDifferenceWh: 1000 });
  });

  it('those of the clock are the same energy once more', () => {
    const clock = { context: 'Sample.Clock' };
    const station = told(
      told201(0, 0, 'Started', []),
      told201(15, 1, 'Updated', [interval(900, clock), interval(900)]),
      told201(30, 2, 'Updated', [interval(900, clock), interval(900)]),
      told201(33, 3, 'Ended', [interval(100)]),
    );
    expect(station.last().energyWh).toBe(1900);
  });

  it('a register goes before them, unless it stands still', () => {
    const register = (value: number) => ({ value, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } });
    const session = (last: number) =>
      told(
        told201(0, 0, 'Started', [register(0)]),
        told201(10, 1, 'Updated', [interval(1010)]),
        told201(20, 2, 'Ended', [register(last), interval(1010)]),
      ).last();
    expect(session(2000)).toMatchObject({ energyWh: 2000, flags: [] });
    expect(session(0)).toMatchObject({ energyWh: 2020, flags: ['intervalsIntegrated'] });
  });
});

describe('what cannot be read', () => {
  it('is kept as unmatched', () => {
    const nameless = { ...started, payload: { ...started.payload, transactionInfo: {} } };
    expect(told().hears(nameless)).toMatchObject([{ type: 'FactUnmatched', reason: 'unreadable' }]);
  });
});
