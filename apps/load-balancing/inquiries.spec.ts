// What the owner asks of stations, in which order, and what follows from the answers.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, StationDisobeyed } from '#contracts';
import { skewBound } from '#domain/load-balancing';
import { validate } from '#ocpp';
import { CONFIGURATION_KEYS } from './inquiries.js';
import { committedMa } from './ledger.fixture.js';
import { Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const questions = (it: Site): readonly CommandRequested[] =>
  it.told
    .filter(({ type }) => type === 'CommandRequested')
    .map(({ data }) => data as CommandRequested)
    .filter(({ grant }) => grant === undefined);
/** Without the one for how many keys at once a 1.6 station takes, which comes before those for what it can. */
const actions = (it: Site): readonly string[] =>
  questions(it)
    .filter(({ payload }) => !JSON.stringify(payload).includes('GetConfigurationMaxKeys'))
    .map(({ action }) => action);

/** A station that answers what it is asked, with these facts. */
function knowing(facts: {
  readonly keys?: Readonly<Record<string, string>>;
  readonly compositeA?: number;
}): (command: CommandRequested) => unknown {
  const { keys = {}, compositeA } = facts;
  return ({ action, payload }) => {
    if (action === 'GetConfiguration') {
      const { key: asked = Object.keys(keys) } = payload as { readonly key?: readonly string[] };
      const told = Object.entries(keys).filter(([key]) => asked.some((each) => each.toLowerCase() === key.toLowerCase()));
      return { configurationKey: told.map(([key, value]) => ({ key, value, readonly: false })), unknownKey: [] };
    }
    if (action !== 'GetCompositeSchedule') return { status: 'Accepted' };
    if (compositeA === undefined) return { status: 'Rejected' };
    const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: compositeA }] };
    return { status: 'Accepted', connectorId: 1, chargingSchedule };
  };
}

/** Answers two triggers ten minutes apart. */
function proveClock(it: Site): void {
  const { reply } = it;
  it.reply = (command) => {
    const timestamp = new Date(it.nowMs).toISOString();
    if (command.action === 'TriggerMessage')
      it.call('A', 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp });
    return reply(command);
  };
  it.pass(20 * MINUTE);
}

const ready = (limitA: number, reply: (command: CommandRequested) => unknown): Site => site(['A'], limitA, 'ocpp1.6', reply);

describe('a sample that waited at the station', () => {
  it('leaves what is known of its clock, which is asked again', () => {
    const it = ready(20, knowing({}));
    proveClock(it);
    it.start('A', 7);
    it.pass(MINUTE);
    const before = actions(it).filter((action) => action === 'TriggerMessage').length;
    const timestamp = new Date(it.nowMs - 10 * MINUTE).toISOString();
    const sampledValue = [{ value: '0', measurand: 'Current.Import', unit: 'A', phase: 'L1' }];
    it.call('A', 'MeterValues', { connectorId: 1, transactionId: 7, meterValue: [{ timestamp, sampledValue }] });
    expect(skewBound(stationIn(it.state, 'A')?.ledger.skew)).toBeDefined();
    it.pass(MINUTE);
    expect(actions(it).filter((action) => action === 'TriggerMessage').length).toBe(before + 1);
  });

  it('says that the clock jumped, once its answer says so too', () => {
    const it = ready(20, knowing({}));
    proveClock(it);
    const timestamp = new Date(it.nowMs - 10 * MINUTE).toISOString();
    it.call('A', 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp });
    expect(skewBound(stationIn(it.state, 'A')?.ledger.skew)).toBeUndefined();
  });
});

describe('questions to a station', () => {
  it('come after its default stands, one at a time, in messages its schema accepts', () => {
    const it = ready(20, knowing({ keys: { MeterValueSampleInterval: '60' } }));
    it.pass(MINUTE);
    expect(actions(it)).toEqual(['GetConfiguration', 'ChangeConfiguration', 'TriggerMessage']);
    for (const { action, payload } of questions(it))
      expect(validate('ocpp1.6', action as 'TriggerMessage', 'request', payload)).toEqual([]);
  });

  it('are none to a station that does not bear them, as its model is known for or its configuration says', () => {
    const slow = knowing({ keys: { MeterValueSampleInterval: '60', MeterValuesSampledData: 'SoC' } });
    const asked = (inquiries: 'usual' | 'none' | undefined, told: object): readonly string[] => {
      const it = ready(20, slow);
      it.place('B', {}, { ...(inquiries && { inquiries }) });
      it.join('B', told);
      it.start('B', 8);
      it.charge('B', 8, 20 * MINUTE, (allowedA) => allowedA);
      expect(it.plan('B')?.limitA).toBeGreaterThan(0);
      return it.told.flatMap(({ type, data, stationId }) =>
        type === 'CommandRequested' && stationId === 'B' && (data as CommandRequested).grant === undefined
          ? [(data as CommandRequested).action]
          : [],
      );
    };
    const abb = { chargePointVendor: 'ABB', chargePointModel: 'Terra AC W22', firmwareVersion: '1.6.6' };
    expect(asked(undefined, abb)).toEqual([]);
    expect(asked('none', {})).toEqual([]);
    expect(asked('usual', abb)).toContain('GetConfiguration');
    expect(asked(undefined, {})).toContain('TriggerMessage');
  });

  it('are answered by what somebody else asked for: its whole configuration serves both, and one that says nothing of it is asked by name', () => {
    const asks = (keys: Readonly<Record<string, string>>): readonly string[] => {
      const it = new Site();
      it.reply = knowing({ keys });
      it.put('ConfigurationRequested', {
        requestId: 'r',
        requestedBy: 'x',
        change: {
          kind: 'site',
          config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0 } },
        },
      });
      it.place('A');
      it.put('SiteTaken', { ownerId: 'me' });
      it.answer = () => 'silence';
      it.join('A');
      it.answer = () => 'Accepted';
      const [notAfter, timeoutMs] = [new Date(it.nowMs + MINUTE).toISOString(), 60_000];
      it.put(
        'CommandRequested',
        { commandId: 'c', stationId: 'A', action: 'GetConfiguration', payload: {}, notAfter, timeoutMs, requestedBy: 'stations' },
        'A',
      );
      it.pass(5 * MINUTE);
      return actions(it);
    };
    expect(asks({ MeterValueSampleInterval: '60' }).slice(0, 2)).toEqual(['ChangeConfiguration', 'TriggerMessage']);
    expect(asks({ HeartbeatInterval: '60' })[0]).toBe('GetConfiguration');
  });

  it('are for no more keys at once than a 1.6 station takes', () => {
    const keys = { ChargeProfileMaxStackLevel: '3', ChargingScheduleMaxPeriods: '4', MeterValueSampleInterval: '20' };
    const asks = (it: Site): readonly unknown[] =>
      questions(it).flatMap(({ action, payload }) => (action === 'GetConfiguration' ? [(payload as { readonly key: unknown }).key] : []));
    const it = ready(20, knowing({ keys: { ...keys, GetConfigurationMaxKeys: '2' } }));
    it.pass(MINUTE);
    const [first, second, third, fourth, last] = CONFIGURATION_KEYS;
    expect(asks(it)).toEqual([['GetConfigurationMaxKeys'], [first, second], [third, fourth], [last]]);
    expect(stationIn(it.state, 'A')?.facts).toMatchObject({ maxStackLevel: 3, maxPeriods: 4, sampleIntervalS: 20 });
    it.join('A');
    it.pass(MINUTE);
    expect(asks(it)).toHaveLength(4);
    for (const said of ['5', '50', 'many', undefined]) {
      const other = ready(20, knowing({ keys: { ...keys, ...(said !== undefined && { GetConfigurationMaxKeys: said }) } }));
      other.pass(MINUTE);
      expect([said, asks(other)]).toEqual([said, [['GetConfigurationMaxKeys'], CONFIGURATION_KEYS]]);
    }
  });

  it('are those of its own version', () => {
    const it = site(['A'], 20, 'ocpp2.0.1', ({ action }) =>
      action === 'GetVariables'
        ? {
            getVariableResult: [
              {
                attributeStatus: 'Accepted',
                attributeValue: '60',
                component: { name: 'SampledDataCtrlr' },
                variable: { name: 'TxUpdatedInterval' },
              },
              {
                attributeStatus: 'Accepted',
                attributeValue: 'Energy.Active.Import.Register',
                component: { name: 'SampledDataCtrlr' },
                variable: { name: 'TxUpdatedMeasurands' },
              },
            ],
          }
        : { status: 'Accepted' },
    );
    it.pass(MINUTE);
    expect(actions(it)).toEqual(['GetVariables', 'SetVariables', 'SetVariables', 'TriggerMessage']);
    expect(questions(it)[2]?.payload).toMatchObject({
      setVariableData: [{ attributeValue: 'Energy.Active.Import.Register,Current.Import,Power.Active.Import' }],
    });
    for (const { action, payload } of questions(it))
      expect(validate('ocpp2.0.1', action as 'TriggerMessage', 'request', payload)).toEqual([]);
  });

  it('leave an interval alone that is short enough', () => {
    const it = ready(20, knowing({ keys: { MeterValueSampleInterval: '10' } }));
    it.pass(MINUTE);
    expect(actions(it)).not.toContain('ChangeConfiguration');
  });

  it('ask for an interval as long as the site bears', () => {
    const asks = (MeterValueSampleInterval: string): readonly unknown[] => {
      const it = site([], 20, 'ocpp1.6', knowing({ keys: { MeterValueSampleInterval } }));
      const root = { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0 };
      const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, sampleSeconds: 60, root };
      it.put('ConfigurationRequested', { requestId: 'r2', requestedBy: 'x', change: { kind: 'site', config } });
      it.place('A');
      it.join('A');
      it.pass(MINUTE);
      return questions(it).flatMap(({ action, payload }) => (action === 'ChangeConfiguration' ? [payload] : []));
    };
    expect(asks('60')).toEqual([]);
    expect(asks('120')).toEqual([{ key: 'MeterValueSampleInterval', value: '60' }]);
  });

  it('add current and power to what it samples, once for a firmware, where it tells neither and that can be set', () => {
    const asks = (it: Site): readonly unknown[] =>
      questions(it).flatMap(({ payload }) => {
        const { key, value } = payload as { readonly key?: unknown; readonly value?: string };
        return key === 'MeterValuesSampledData' ? [value] : [];
      });
    const list = 'Energy.Active.Import.Register,SoC';
    const it = ready(20, knowing({ keys: { MeterValuesSampledData: list } }));
    it.answer = () => 'Accepted';
    it.pass(MINUTE);
    it.join('A');
    it.pass(MINUTE);
    expect(asks(it)).toEqual([`${list},Current.Import,Power.Active.Import`]);
    it.join('A', { firmwareVersion: '2.0' });
    it.pass(MINUTE);
    expect(asks(it)).toHaveLength(2);
    // The next of that firmware has a list of its own.
    it.place('B');
    it.reply = knowing({ keys: { MeterValuesSampledData: '' } });
    it.join('B', { firmwareVersion: '2.0' });
    it.pass(MINUTE);
    expect(asks(it).at(-1)).toBe('Energy.Active.Import.Register,Current.Import,Power.Active.Import');

    const silent = ready(20, knowing({ keys: { MeterValuesSampledData: list } }));
    silent.answer = ({ action }) => (action === 'ChangeConfiguration' ? 'silence' : 'Accepted');
    silent.pass(MINUTE);
    silent.join('A');
    silent.pass(MINUTE);
    expect(asks(silent)).toHaveLength(1);

    for (const told of ['Current.Import.L1,SoC', 'Power.Active.Import']) {
      const telling = ready(20, knowing({ keys: { MeterValuesSampledData: told } }));
      telling.pass(MINUTE);
      expect(asks(telling)).toEqual([]);
    }
    const fixed = ready(20, ({ action }) =>
      action === 'GetConfiguration'
        ? { configurationKey: [{ key: 'MeterValuesSampledData', value: list, readonly: true }], unknownKey: [] }
        : { status: 'Accepted' },
    );
    fixed.pass(MINUTE);
    expect(asks(fixed)).toEqual([]);
  });

  it('are answered for the next one of the same model and firmware, until that one contradicts; any other is asked itself', () => {
    const it = site([], 60, 'ocpp1.6', knowing({ keys: { ChargingScheduleMaxPeriods: '3', MeterValueSampleInterval: '20' } }));
    const isAsked = (stationId: string): boolean =>
      questions(it).some((question) => question.stationId === stationId && question.action === 'GetConfiguration');
    const join = (stationId: string, firmwareVersion?: string): void => {
      it.place(stationId);
      it.join(stationId, firmwareVersion === undefined ? {} : { firmwareVersion });
      it.pass(MINUTE);
    };
    join('A', '1.0');
    join('B', '1.0');
    join('C', '1.1');
    join('D');
    join('E');
    expect(['A', 'B', 'C', 'D', 'E'].map(isAsked)).toEqual([true, false, true, true, true]);
    expect(stationIn(it.state, 'B')?.facts).toMatchObject({ maxPeriods: 3, isInherited: true });
    // An interval is each station's own.
    expect(questions(it).find(({ stationId, action }) => stationId === 'B' && action === 'ChangeConfiguration')).toBeDefined();
    const { answer, reply } = it;
    it.answer = ({ stationId, grant }) => (stationId === 'B' && grant?.slot === 'plan' ? 'Rejected' : answer({} as CommandRequested));
    it.reply = (command) => (command.stationId === 'B' ? knowing({ keys: { ChargingScheduleMaxPeriods: '2' } })(command) : reply(command));
    it.start('B', 1);
    it.pass(3 * MINUTE);
    expect(isAsked('B')).toBe(true);
    expect(stationIn(it.state, 'B')?.facts).toMatchObject({ maxPeriods: 2 });
    expect(stationIn(it.state, 'B')?.facts.isInherited).toBeUndefined();
    expect(stationIn(it.state, 'A')?.facts.maxPeriods).toBe(3);
    join('F', '1.0');
    expect(stationIn(it.state, 'F')?.facts).toMatchObject({ maxPeriods: 3, isInherited: true });
  });

  it('are not repeated at the next boot of the same firmware', () => {
    const it = ready(20, knowing({}));
    it.pass(MINUTE);
    it.call(
      'A',
      'BootNotification',
      { chargePointVendor: 'v', chargePointModel: 'm' },
      { status: 'Accepted', currentTime: '', interval: 300 },
    );
    it.pass(MINUTE);
    expect(actions(it).filter((action) => action === 'GetConfiguration')).toHaveLength(1);
  });

  it('leave what a model is known for until it says otherwise', () => {
    const it = ready(20, knowing({}));
    it.join('A', { chargePointVendor: 'Huawei', firmwareVersion: '3' });
    it.pass(MINUTE);
    const units = () => it.told.map(({ data }) => /"chargingRateUnit":"([AW])"/.exec(JSON.stringify(data))?.[1]).filter(Boolean);
    expect(units().at(-1)).toBe('W');
    it.reply = knowing({ keys: { ChargingScheduleAllowedChargingRateUnit: 'Current' } });
    it.join('A', { chargePointVendor: 'Huawei', firmwareVersion: '4' });
    it.pass(MINUTE);
    it.start('A', 7);
    it.pass(MINUTE);
    expect(units().at(-1)).toBe('A');
  });

  it('come at once where a default is refused, which is then told in the unit the station takes', () => {
    const it = site([], 40, 'ocpp1.6', knowing({ keys: { ChargingScheduleAllowedChargingRateUnit: 'Power' } }));
    it.answer = ({ payload }) => (/"chargingRateUnit":"A"/.test(JSON.stringify(payload)) ? 'Rejected' : 'Accepted');
    it.place('A');
    it.join('A');
    it.pass(1_000);
    expect(
      stationIn(it.state, 'A')
        ?.ledger.evses.flatMap(({ defaults }) => defaults)
        .map(({ state }) => state),
    ).toEqual(['accepted']);
    expect(actions(it).filter((action) => action === 'GetConfiguration')).toHaveLength(1);
    it.start('A', 7);
    it.pass(MINUTE);
    expect(committedMa(it, 'A')).toBeGreaterThan(6_000);
  });

  it('come once where a default is refused for another reason', () => {
    const it = site([], 40, 'ocpp1.6', knowing({}));
    it.answer = () => 'Rejected';
    it.place('A');
    it.join('A');
    it.pass(10 * MINUTE);
    expect(actions(it)).toEqual(['GetConfiguration']);
  });

  it('come again for another firmware, and what the one before declared is forgotten', () => {
    const it = ready(20, knowing({ keys: { ChargingScheduleMaxPeriods: '2', ChargingScheduleAllowedChargingRateUnit: 'Power' } }));
    it.pass(MINUTE);
    expect(stationIn(it.state, 'A')?.facts).toMatchObject({ maxPeriods: 2, onlyUnit: 'W' });
    it.reply = knowing({ keys: { chargingschedulemaxperiods: '6' } });
    it.join('A', { firmwareVersion: '2.0' });
    it.pass(MINUTE);
    expect(actions(it).filter((action) => action === 'GetConfiguration')).toHaveLength(2);
    const { maxPeriods, onlyUnit } = stationIn(it.state, 'A')?.facts ?? {};
    expect([maxPeriods, onlyUnit]).toEqual([6, undefined]);
  });

  it('come again on the next connection where no answer came, and do not hold up the others', () => {
    const it = ready(20, knowing({ keys: { MeterValueSampleInterval: '60' } }));
    it.answer = ({ action }) => (action === 'GetConfiguration' ? 'silence' : 'Accepted');
    it.pass(10 * MINUTE);
    expect(actions(it).filter((action) => action === 'GetConfiguration')).toHaveLength(1);
    expect(actions(it)).toContain('TriggerMessage');
    it.answer = () => 'Accepted';
    it.join('A');
    it.pass(MINUTE);
    expect(actions(it)).toContain('ChangeConfiguration');
  });
});

describe('what a station declares', () => {
  it('is read in the words of 2.0.1 too', () => {
    const it = site(['A'], 20, 'ocpp2.0.1', ({ action }) => {
      const told = (component: string, variable: string, attributeValue: string) => ({
        attributeStatus: 'Accepted',
        attributeValue,
        component: { name: component },
        variable: { name: variable },
      });
      return action === 'GetVariables'
        ? {
            getVariableResult: [
              told('SmartChargingCtrlr', 'PeriodsPerSchedule', '3'),
              told('SmartChargingCtrlr', 'RateUnit', 'A'),
              told('SampledDataCtrlr', 'TxUpdatedInterval', '15'),
            ],
          }
        : { status: 'Accepted' };
    });
    it.pass(MINUTE);
    expect(stationIn(it.state, 'A')?.facts).toMatchObject({ maxPeriods: 3, onlyUnit: 'A', sampleIntervalS: 15 });
  });

  it('keeps schedules within its periods, lower rather than longer', () => {
    const it = ready(20, knowing({ keys: { ChargingScheduleMaxPeriods: '2' } }));
    it.pass(MINUTE);
    proveClock(it);
    const at = (minutes: number): string => new Date(it.nowMs + minutes * MINUTE).toISOString();
    it.put('GridLimitReceived', {
      limitId: 'g',
      source: 'dso',
      schedule: [
        { startsAt: at(0), limitA: 20 },
        { startsAt: at(5), limitA: 12 },
        { startsAt: at(8), limitA: 8 },
      ],
      expiresAt: at(60),
    });
    it.start('A', 1);
    const grant = it.told.map(({ data }) => (data as CommandRequested).grant).findLast((each) => each?.slot === 'plan');
    expect(grant?.steps.map(({ limitMa }) => limitMa)).toEqual([20_000, 0]);
  });

  it('turns limits into watts where it takes nothing else, as if the car used one line', () => {
    const it = ready(24, knowing({ keys: { ChargingScheduleAllowedChargingRateUnit: 'Power' } }));
    it.pass(MINUTE);
    it.start('A', 1);
    const last = it.told.map(({ data }) => data as CommandRequested).findLast(({ grant }) => grant?.slot === 'plan');
    expect(last?.payload).toMatchObject({
      csChargingProfiles: {
        chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ limit: 24 * 230 * 0.9 }, { limit: 0 }] },
      },
    });
  });
});

describe('the clock of a 1.6 station', () => {
  const status = (it: Site, aheadMs = 0): void =>
    it.call('A', 'StatusNotification', {
      connectorId: 1,
      errorCode: 'NoError',
      status: 'Charging',
      timestamp: new Date(it.nowMs + aheadMs).toISOString(),
    });
  const skewOf = (it: Site) => stationIn(it.state, 'A')?.ledger.skew;

  it('is learned only from what follows a trigger it answered on this connection', () => {
    const deaf = ready(20, () => ({ status: 'Rejected' }));
    deaf.pass(MINUTE);
    status(deaf);
    expect(skewOf(deaf)).toBeUndefined();
    const it = ready(20, knowing({}));
    it.pass(MINUTE);
    status(it);
    expect(skewOf(it)?.sinceMs).toBe(it.nowMs);
  });

  it('is asked for again until ten minutes of answers agree, and not after', () => {
    const it = ready(20, knowing({}));
    it.reply = (command) => {
      if (command.action === 'TriggerMessage') status(it, 2_000);
      return knowing({})(command);
    };
    for (let minute = 0; minute < 30; minute++) {
      it.pass(MINUTE);
    }
    const asked = actions(it).filter((action) => action === 'TriggerMessage').length;
    expect(asked).toBeGreaterThanOrEqual(3);
    it.pass(60 * MINUTE);
    expect(actions(it).filter((action) => action === 'TriggerMessage')).toHaveLength(asked);
  });
});

describe('a connection that became known late', () => {
  it('has no answers of its own: the clock is asked now and then, not at every answer', () => {
    const it = ready(20, knowing({}));
    it.pass(MINUTE);
    it.answersOn = stationIn(it.state, 'A')?.ledger.connection ?? 0;
    const known = { connectionId: 'late', edgeId: 'e', assignmentSeq: 1, ocppVersion: it.ocppVersion, securityProfile: 1 } as const;
    it.put('StationConnected', known, 'A');
    const before = actions(it).length;
    it.pass(5 * MINUTE);
    const asked = actions(it).slice(before);
    expect(new Set(asked)).toEqual(new Set(['TriggerMessage']));
    expect(asked.length).toBeLessThanOrEqual(10);
  });
});

describe('what a station believes', () => {
  it('is compared after a change: more than we allow is the worst case and an alarm', () => {
    const it = ready(40, knowing({ compositeA: 32 }));
    it.pass(MINUTE);
    it.put('GridLimitReceived', {
      limitId: 'g',
      source: 'dso',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 10 }],
      expiresAt: new Date(it.nowMs + 60 * MINUTE).toISOString(),
    });
    it.start('A', 1);
    it.pass(MINUTE);
    const alarm = it.told.find(({ type }) => type === 'StationDisobeyed')?.data as StationDisobeyed;
    expect(alarm).toEqual({ stationId: 'A', evseId: 1, reason: 'schedule', allowedMa: 10_000, measuredMa: 32_000 });
    expect(committedMa(it, 'A')).toBe(32_000);
  });

  it('is fine when it is what we allow, or less', () => {
    const it = ready(20, knowing({ compositeA: 16 }));
    it.start('A', 1);
    it.pass(MINUTE);
    expect(actions(it)).toContain('GetCompositeSchedule');
    expect(it.told.some(({ type }) => type === 'StationDisobeyed')).toBe(false);
  });

  it('is asked for in the only unit it takes', () => {
    const it = ready(24, knowing({ keys: { ChargingScheduleAllowedChargingRateUnit: 'Power' } }));
    it.start('A', 1);
    it.pass(MINUTE);
    expect(questions(it).find(({ action }) => action === 'GetCompositeSchedule')?.payload).toMatchObject({ chargingRateUnit: 'W' });
  });

  it('is asked again after a change where only the answer was lost', () => {
    const it = ready(20, knowing({ compositeA: 20 }));
    it.answer = ({ action }) => (action === 'GetCompositeSchedule' ? 'silence' : 'Accepted');
    it.start('A', 1);
    it.pass(60 * MINUTE);
    expect(actions(it).filter((action) => action === 'GetCompositeSchedule').length).toBeGreaterThan(1);
  });

  it('is not asked again where it refuses that', () => {
    const it = ready(20, knowing({}));
    it.start('A', 1);
    it.pass(60 * MINUTE);
    expect(actions(it).filter((action) => action === 'GetCompositeSchedule')).toHaveLength(1);
  });
});

describe('a station that does not obey', () => {
  it('is found although its limit changes all the time', () => {
    const it = site(['A', 'B'], 40);
    it.start('A', 1);
    it.start('B', 2);
    it.pass(2 * MINUTE);
    for (const limitA of [30, 40, 30]) {
      it.put('GridLimitReceived', {
        limitId: 'g',
        source: 'dso',
        schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA }],
        expiresAt: new Date(it.nowMs + 60 * MINUTE).toISOString(),
      });
      it.charge('A', 1, 40_000, () => 32);
      it.charge('B', 2, 1_000, (allowedA) => allowedA, 1_000);
    }
    const found = it.told.filter(({ type }) => type === 'StationDisobeyed').map(({ stationId }) => stationId);
    expect(found).toEqual(['A']);
  });

  it('is found within three samples, counts with its rating, and is believed again after a fresh grant and three samples', () => {
    const it = site(['A', 'B'], 40);
    it.start('A', 1);
    it.start('B', 2);
    it.pass(2 * MINUTE);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([20, 20]);
    it.charge('A', 1, MINUTE, () => 30);
    expect(it.told.filter(({ type }) => type === 'StationDisobeyed')).toHaveLength(1);
    expect(committedMa(it, 'A')).toBe(32_000);
    it.pass(MINUTE);
    expect(it.plan('B')?.limitA).toBe(8);
    it.charge('A', 1, 3 * MINUTE, (allowedA) => allowedA);
    expect(committedMa(it, 'A')).toBeLessThan(32_000);
  });

  it('is not believed after one sample that obeys, nor after two', () => {
    const it = disobeying();
    it.pass(2 * MINUTE);
    const counted = [1, 2, 3].map(() => {
      it.charge('A', 1, 20_000, () => 6);
      return committedMa(it, 'A');
    });
    expect(counted.slice(0, 2)).toEqual([32_000, 32_000]);
    expect(counted[2]).toBeLessThan(32_000);
  });

  it('is not believed before it confirmed a fresh grant, however long it obeys what it had', () => {
    const it = disobeying('silence');
    it.charge('A', 1, 2 * MINUTE, () => 6);
    expect(committedMa(it, 'A')).toBe(32_000);
    it.answer = () => 'Accepted';
    it.charge('A', 1, 20 * MINUTE, () => 6);
    expect(committedMa(it, 'A')).toBeLessThan(32_000);
  });
});

/** Of two cars that share 40 A, A has drawn 30 A of its 20 for a minute; what limits it is told since then it answers so. */
function disobeying(answers: 'Accepted' | 'silence' = 'Accepted'): Site {
  const it = site(['A', 'B'], 40);
  it.start('A', 1);
  it.start('B', 2);
  it.pass(2 * MINUTE);
  it.answer = ({ grant }) => (grant === undefined ? 'Accepted' : answers);
  it.charge('A', 1, MINUTE, () => 30);
  expect(committedMa(it, 'A')).toBe(32_000);
  return it;
}
