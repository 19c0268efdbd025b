// OCPP 2.0.1, block K: profiles an operator sets, clears and asks for, limits from outside, and what a car says it needs.
// Whether there is room for a profile is the site owner's to say (ADR 0010): these ask for less than there is.
import { describe, expect, it } from '@jest/globals';
import { type Block, type Json, operatorAsks, type Station, TOKEN } from './support/stage.js';

const now = (): string => new Date().toISOString();
const profile = (id: number, chargingProfilePurpose: string, more: Json = {}) => ({
  id,
  stackLevel: 5,
  chargingProfilePurpose,
  chargingProfileKind: 'Absolute',
  chargingSchedule: [
    {
      id: 1,
      startSchedule: '2026-01-01T00:00:00Z',
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 6, numberPhases: 3 }],
    },
  ],
  ...more,
});
const set = (evseId: number, chargingProfile: Json) => ({ evseId, chargingProfile });
const get = (chargingProfile: Json, evseId?: number) => ({ requestId: 1, ...(evseId !== undefined && { evseId }), chargingProfile });
const noProfiles = { status: 'NoProfiles' };

const block: Block = (open) => {
  /** A site of its own: what the other cases draw leaves no room for a profile that lasts. */
  const stationAt = async (stationId: string): Promise<Station> => {
    const root = { nodeId: 'grid', limitA: 200, unmanagedMaxA: 0, phases: 3 };
    await open().network.must('PUT', '/v1/sites/k', { name: 'K', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
    return open().station(stationId, 'ocpp2.0.1', { siteId: 'k' });
  };
  const here = (): Promise<Station> => stationAt('K201');

  describe('an operator', () => {
    operatorAsks(here, [
      ['TC_K_01: sets a default of an EVSE', 'SetChargingProfile', set(1, profile(1, 'TxDefaultProfile'))],
      ['TC_K_03: sets a maximum of the station', 'SetChargingProfile', set(0, profile(2, 'ChargingStationMaxProfile', { stackLevel: 6 }))],
      [
        'TC_K_04, K01.FR.05: replaces a profile',
        'SetChargingProfile',
        set(1, profile(1, 'TxDefaultProfile', { validTo: '2099-01-01T00:00:00Z' })),
      ],
      ['TC_K_05: clears a profile', 'ClearChargingProfile', { chargingProfileId: 1 }],
      [
        'TC_K_06: clears by level and purpose',
        'ClearChargingProfile',
        { chargingProfileCriteria: { evseId: 1, stackLevel: 5, chargingProfilePurpose: 'TxDefaultProfile' } },
      ],
      ['TC_K_08: clears what is not there', 'ClearChargingProfile', { chargingProfileId: 7 }, { status: 'Unknown' }, 'rejected'],
      ['TC_K_10: sets a default of all EVSEs', 'SetChargingProfile', set(0, profile(3, 'TxDefaultProfile'))],
      [
        'TC_K_15: asks a station that has no smart charging',
        'SetChargingProfile',
        set(1, profile(4, 'TxDefaultProfile', { stackLevel: 8 })),
        'NotSupported',
        'failed',
      ],
      [
        'TC_K_19: sets a profile of every day',
        'SetChargingProfile',
        set(2, profile(5, 'TxDefaultProfile', { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', stackLevel: 7 })),
      ],
      ['TC_K_29: asks for profiles of the station', 'GetChargingProfiles', get({ chargingProfilePurpose: 'ChargingStationMaxProfile' }, 0)],
      [
        'TC_K_31: asks for profiles of anywhere',
        'GetChargingProfiles',
        get({ chargingProfilePurpose: 'TxDefaultProfile' }),
        noProfiles,
        'rejected',
      ],
      ['TC_K_32: asks for a profile by its id', 'GetChargingProfiles', get({ chargingProfileId: [1] }), noProfiles, 'rejected'],
      ['TC_K_33: asks for profiles of a level', 'GetChargingProfiles', get({ stackLevel: 5 }, 1)],
      ['TC_K_34: asks for profiles of a source', 'GetChargingProfiles', get({ chargingLimitSource: ['CSO'] }, 1)],
      ['TC_K_30, TC_K_35: asks for profiles of a purpose', 'GetChargingProfiles', get({ chargingProfilePurpose: 'TxDefaultProfile' }, 1)],
      [
        'TC_K_36: asks for profiles of a purpose and a level',
        'GetChargingProfiles',
        get({ chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 5 }, 1),
      ],
      ['TC_K_43: asks for the schedule of an EVSE', 'GetCompositeSchedule', { duration: 300, evseId: 1 }],
      ['TC_K_44: asks for the schedule of the station', 'GetCompositeSchedule', { duration: 300, evseId: 0, chargingRateUnit: 'A' }],
    ]);

    it('TC_K_60, K01.FR.03, K02.FR.03: sets a profile for a transaction, by its name', async () => {
      const station = await here();
      await station.transact('K60', [{ type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 }]);
      const wanted = set(1, profile(60, 'TxProfile', { transactionId: 'K60' }));
      const { state, wire } = await station.asked('SetChargingProfile', wanted);
      expect([state, wire[3]]).toEqual(['accepted', wanted]);
      const info = { stoppedReason: 'Local' };
      await station.transact('K60', [{ type: 'Ended', trigger: 'StopAuthorized', wh: 100, info, more: { seqNo: 1 } }]);
    });
    it('TC_K_70: sets profiles of several levels', async () => {
      const station = await here();
      for (const [id, stackLevel] of [
        [71, 3],
        [72, 4],
      ] as const)
        expect(await station.asked('SetChargingProfile', set(2, profile(id, 'TxDefaultProfile', { stackLevel })))).toMatchObject({
          state: 'accepted',
        });
    });
    it('K01.FR.06: is told which profile is in place where a second one would be valid beside it, and nothing leaves', async () => {
      const station = await here();
      await station.asked('SetChargingProfile', set(2, profile(81, 'TxDefaultProfile', { stackLevel: 2 })));
      const before = station.charger.commands.length;
      const body = { action: 'SetChargingProfile', payload: set(2, profile(82, 'TxDefaultProfile', { stackLevel: 2 })) };
      const reply = await station.network.call<Json>('POST', `/v1/stations/${station.id}/commands`, body);
      expect(reply).toMatchObject({
        status: 409,
        body: { title: expect.any(String), detail: expect.stringContaining('profile 81 is valid') },
      });
      expect(station.charger.commands.slice(before).filter(([, , action]) => action === 'SetChargingProfile')).toEqual([]);
    });
    it('K01.FR.20: names the phase to use only where the EVSE switches phases', async () => {
      const station = await here();
      const chargingSchedulePeriod = [{ startPeriod: 0, limit: 6, numberPhases: 1, phaseToUse: 2 }];
      const chargingSchedule = [{ id: 1, startSchedule: '2026-01-01T00:00:00Z', chargingRateUnit: 'A', chargingSchedulePeriod }];
      const wanted = set(2, profile(91, 'TxDefaultProfile', { stackLevel: 1, chargingSchedule }));
      const [fault] = await station.refused('SetChargingProfile', wanted);
      expect(fault?.message).toContain('K01.FR.20');
      const switching = {
        component: { name: 'SmartChargingCtrlr', evse: { id: 2 } },
        variable: { name: 'ACPhaseSwitchingSupported' },
        variableAttribute: [{ value: 'true' }],
      };
      await station.call('NotifyReport', { requestId: 20, seqNo: 0, generatedAt: now(), reportData: [switching] });
      await station.network.until('it is known', async () => {
        const { items } = await station.network.must<{ items: readonly Json[] }>('GET', `/v1/stations/${station.id}/variables`);
        return items.length > 0;
      });
      const { state, wire } = await station.asked('SetChargingProfile', wanted);
      expect([state, wire[3]]).toEqual(['accepted', wanted]);
    });
    it('TC_K_37: starts a transaction with its profile, which names none yet', async () => {
      const station = await here();
      const start = {
        evseId: 1,
        remoteStartId: 37,
        idToken: { idToken: TOKEN, type: 'ISO14443' },
        chargingProfile: profile(37, 'TxProfile'),
      };
      const { state, wire } = await station.asked('RequestStartTransaction', start);
      expect([state, wire[3]]).toEqual(['accepted', start]);
    });
    it.each([
      ['TC_K_02, K01.FR.03: a profile of a transaction without its name', 'SetChargingProfile', set(1, profile(9, 'TxProfile'))],
      ['K01.FR.22, K02.FR.07: a constraint from outside', 'SetChargingProfile', set(1, profile(9, 'ChargingStationExternalConstraints'))],
      [
        'K01.FR.38: a relative maximum',
        'SetChargingProfile',
        set(0, profile(9, 'ChargingStationMaxProfile', { chargingProfileKind: 'Relative' })),
      ],
      ['K09.FR.03: all profiles there are', 'GetChargingProfiles', get({})],
      ['K10.FR.02: everything cleared', 'ClearChargingProfile', {}],
      [
        'K10.FR.06: constraints from outside cleared',
        'ClearChargingProfile',
        { chargingProfileCriteria: { chargingProfilePurpose: 'ChargingStationExternalConstraints' } },
      ],
    ])('is refused %s', async (id, action, payload) => {
      const [fault] = await (await here()).refused(action, payload);
      expect(fault?.message).toContain(/K\d\d\.FR\.\d\d/.exec(id)?.[0]);
    });
  });

  const chargingLimit = { chargingLimitSource: 'EMS', isGridCritical: false };
  it('TC_K_48, TC_K_50: a limit from outside that names no schedule, and its end, are answered with nothing, and in the log', async () => {
    const station = await here();
    expect(await station.call('NotifyChargingLimit', { evseId: 1, chargingLimit })).toEqual({});
    expect(await station.call('ClearedChargingLimit', { evseId: 1, chargingLimitSource: 'EMS' })).toEqual({});
    expect((await station.calls()).slice(-2).map(({ data }) => data.violations)).toEqual([[], []]);
  });
  it('TC_K_51, TC_K_52: a limit from outside with its schedule caps a transaction while it lasts', async () => {
    const station = await stationAt('K51');
    await station.transact('K51', [{ type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 }]);
    const cap = async () =>
      (await station.network.must<{ split: { cap: Json | null } | null }>('GET', '/v1/sites/k/explain?stationId=K51&evseId=1')).split?.cap;
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] }];
    expect(await station.call('NotifyChargingLimit', { evseId: 1, chargingLimit, chargingSchedule })).toEqual({});
    expect(await station.network.until('the cap', async () => (await cap()) ?? false)).toMatchObject({
      limitA: 10,
      by: 'chargingLimit',
      source: 'EMS',
    });
    expect(await station.call('ClearedChargingLimit', { evseId: 1, chargingLimitSource: 'EMS' })).toEqual({});
    await station.network.until('no cap', async () => (await cap()) === null);
    const info = { stoppedReason: 'Local' };
    await station.transact('K51', [{ type: 'Ended', trigger: 'StopAuthorized', wh: 100, info, more: { seqNo: 1 } }]);
    expect(await station.session('K51')).toMatchObject({ energyWh: 100 });
  });

  it('TC_K_52, K09.FR.01: profiles are reported in parts, and shown with whose each is', async () => {
    const station = await here();
    await station.asked('SetChargingProfile', set(1, profile(51, 'TxDefaultProfile', { stackLevel: 6 })));
    const { network, charger } = station;
    const path = `/v1/stations/${station.id}/charging-profiles`;
    const { requestId } = await network.must<{ requestId: number }>('POST', `${path}/reports`, {});
    await network.until('the station is asked', () =>
      charger.commands.some(([, , , payload]) => (payload as Json).requestId === requestId),
    );
    const part = (chargingLimitSource: string, reported: Json, tbc: boolean) =>
      station.call('ReportChargingProfiles', { requestId, chargingLimitSource, evseId: 1, chargingProfile: [reported], tbc });
    expect(await part('CSO', profile(51, 'TxDefaultProfile', { stackLevel: 6 }), true)).toEqual({});
    expect(await part('CSO', profile(499, 'TxDefaultProfile', { stackLevel: 9 }), true)).toEqual({});
    expect(await part('EMS', profile(500, 'ChargingStationExternalConstraints'), false)).toEqual({});
    interface Held {
      readonly reports: readonly Json[];
      readonly items: readonly Json[];
    }
    const held = await network.until('the report is whole', async () => {
      const now = await network.must<Held>('GET', `${path}?requestId=${requestId}`);
      return now.reports[0]?.state === 'complete' && now;
    });
    const byId = Object.fromEntries(held.items.map(({ profileId, origin, isAsSent }) => [profileId, [origin, isAsSent]]));
    expect(byId).toEqual({ 51: ['operator', true], 499: ['unknown', null], 500: ['atStation', null] });
  });

  it('TC_K_53, TC_K_55, K15.FR.02, K15.FR.07, K17.FR.02: the needs of a car are answered, a schedule follows, and a car that means more is rejected', async () => {
    const station = await stationAt('K53');
    await station.transact('K53', [{ type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 }]);
    const acChargingParameters = { energyAmount: 10_000, evMinCurrent: 6, evMaxCurrent: 32, evMaxVoltage: 400 };
    const needs = { evseId: 1, maxScheduleTuples: 2, chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase', acChargingParameters } };
    const before = station.charger.commands.length;
    expect(await station.call('NotifyEVChargingNeeds', needs)).toMatchObject({ status: expect.stringMatching(/^(Accepted|Processing)$/) });
    const sent = await station.network.until('the schedule', () =>
      station.charger.commands
        .slice(before)
        .find(([, , action, payload]) => action === 'SetChargingProfile' && purposeOf(payload) === 'TxProfile'),
    );
    const { chargingProfile } = sent[3] as {
      chargingProfile: { transactionId: string; chargingSchedule: readonly { chargingSchedulePeriod: readonly unknown[] }[] };
    };
    expect(chargingProfile.transactionId).toBe('K53');
    expect(chargingProfile.chargingSchedule.length).toBeLessThanOrEqual(3);
    for (const { chargingSchedulePeriod } of chargingProfile.chargingSchedule) expect(chargingSchedulePeriod.length).toBeLessThanOrEqual(2);
    const chargingSchedule = (limit: number) => ({ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] });
    const means = (limit: number) =>
      station.call('NotifyEVChargingSchedule', { evseId: 1, timeBase: now(), chargingSchedule: chargingSchedule(limit) });
    expect(await means(6)).toEqual({ status: 'Accepted' });
    expect(await means(400)).toEqual({ status: 'Rejected' });
  });
};

const purposeOf = (payload: unknown): unknown =>
  (payload as { chargingProfile?: { chargingProfilePurpose?: unknown } }).chargingProfile?.chargingProfilePurpose;

export default block;
