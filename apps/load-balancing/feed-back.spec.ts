// From a driver's consent to what a station is told to feed back, and to its end: the owner of a site, record by record.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, LimitExceeded, LimitsDecided, PlanComputed } from '#contracts';
import type { EvseConfig, NodeConfig } from '#domain/load-balancing';
import { type OcppVersion, validate } from '#ocpp';
import { exceedanceRows } from './exceedance-rows.js';
import { Site } from './site.fixture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (ms: number): string => new Date(ms).toISOString();
const evse = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0, maxDischargeA: 16, roundTripEfficiency: 0.8 } as const;

/** Cars at stations A, B, … under one node, metered in both directions, with clocks that were heard for long enough. */
class Street extends Site {
  readonly registers = new Map<string, { chargedWh: number; backWh: number }>();
  stationIds: readonly string[] = [];

  configure(root: Partial<NodeConfig>, changed: Partial<EvseConfig> = {}): void {
    const site = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, energy: { prices: [] } };
    const tree: NodeConfig = { nodeId: 'grid', limitA: 64, unmanagedMaxA: 0, exportLimitA: 20, ...root };
    this.put('ConfigurationRequested', { requestId: 'r', requestedBy: 'x', change: { kind: 'site', config: { ...site, root: tree } } });
    for (const stationId of this.stationIds) {
      const config = { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, ...changed }] } as const;
      const change = { kind: 'station', assignmentSeq: 1, config } as const;
      this.put('ConfigurationRequested', { requestId: stationId, requestedBy: 'x', change }, stationId);
    }
  }

  /** Lets time pass with a sample of every car each minute. */
  live(ms: number): void {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.pass(MINUTE);
      for (const stationId of this.stationIds) this.sample(stationId);
    }
  }

  sample(stationId: string, more: readonly object[] = []): void {
    const { chargedWh, backWh } = this.registers.get(stationId) ?? { chargedWh: 0, backWh: 0 };
    const back = { value: backWh, measurand: 'Energy.Active.Export.Register' };
    const sampledValue = [{ value: chargedWh, measurand: 'Energy.Active.Import.Register' }, ...(backWh < 0 ? [] : [back]), ...more];
    this.event(stationId, 'Updated', { meterValue: [{ timestamp: iso(this.nowMs), sampledValue }] });
  }

  event(stationId: string, eventType: string, more: object = {}): void {
    const transactionInfo = { transactionId: `tx-${stationId}`, chargingState: 'Charging' };
    const common = { timestamp: iso(this.nowMs), triggerReason: 'MeterValuePeriodic', seqNo: 0, evse: { id: 1 } };
    this.call(stationId, 'TransactionEvent', { eventType, transactionInfo, ...common, ...more });
  }

  /** Car and station agreed on energy in both directions. */
  agree(stationId: string, more: object = {}): void {
    const watts = { maxDischargePower: 20_000, maxDischargePower_L2: 20_000, maxDischargePower_L3: 20_000 };
    const chargingNeeds = { requestedEnergyTransfer: 'AC_BPT', v2xChargingParameters: watts, ...more };
    this.call(stationId, 'NotifyEVChargingNeeds', { evseId: 1, chargingNeeds });
  }

  consent(stationId: string, reserveWh?: number): void {
    const discharge = reserveWh === undefined ? {} : { discharge: { reserveWh } };
    const data = { evseId: 1, transactionId: `tx-${stationId}`, energyWh: 0, ...discharge, requestedBy: 'api:x' };
    this.put('ChargingNeedsStated', data, stationId);
  }

  /** The planner wants this of each car for the next hour. */
  want(wantA: Readonly<Record<string, number>>, forMs = HOUR): void {
    const evses = Object.entries(wantA).map(([stationId, amps]) => ({
      stationId,
      evseId: 1,
      transactionId: `tx-${stationId}`,
      wantMa: [amps * 1000, 0],
      departsAt: iso(this.nowMs + 10 * HOUR),
      needWh: 0,
      plannedWh: 0,
    }));
    const plan: PlanComputed = {
      planId: `plan-${this.nowMs}`,
      ownerEpoch: this.state.ownerEpoch,
      basedOn: this.state.outlookAt,
      madeFor: iso(this.nowMs),
      expiresAt: iso(this.nowMs + 2 * HOUR),
      isCosted: true,
      slots: [iso(this.nowMs), iso(this.nowMs + forMs)],
      evses,
      peakKw: 0,
    };
    this.put('PlanComputed', plan);
  }

  /** The grid takes so much back, in so many minutes from now, for half an hour. */
  signal(direction: 'import' | 'export', limitA: number, inMinutes = 0): void {
    const startsAt = iso(this.nowMs + inMinutes * MINUTE);
    const expiresAt = iso(this.nowMs + (inMinutes + 30) * MINUTE);
    this.put('GridLimitReceived', { limitId: `limit-${direction}`, direction, schedule: [{ startsAt, limitA }], expiresAt, source: 'dso' });
  }

  last(stationId: string): CommandRequested | undefined {
    return this.told
      .filter(({ type, stationId: to }) => type === 'CommandRequested' && to === stationId)
      .map(({ data }) => data as CommandRequested)
      .findLast(({ grant }) => grant?.slot === 'plan');
  }

  /** What it is told to feed back [A], and for how long from now [min]. */
  flow(stationId: string): { readonly amps: number; readonly minutes: number } {
    const steps = this.last(stationId)?.grant?.steps ?? [];
    const index = steps.findLastIndex(({ fromMs }) => fromMs <= this.nowMs);
    const amps = (steps[index]?.dischargeMa ?? 0) / 1000;
    return { amps, minutes: amps === 0 ? 0 : Math.round(((steps[index + 1]?.fromMs ?? 0) - this.nowMs) / MINUTE) };
  }

  shown(stationId: string): LimitsDecided['evses'][number] | undefined {
    return this.told
      .filter(({ type }) => type === 'LimitsDecided')
      .flatMap(({ data }) => (data as LimitsDecided).evses)
      .findLast((each) => each.stationId === stationId);
  }
}

function street(stationIds: readonly string[], ocppVersion: OcppVersion = 'ocpp2.1', root: Partial<NodeConfig> = {}): Street {
  const it = new Street();
  it.ocppVersion = ocppVersion;
  it.stationIds = stationIds;
  it.configure(root);
  it.put('SiteTaken', { ownerId: 'me' });
  for (const stationId of stationIds) {
    const connected = { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: it.ocppVersion, securityProfile: 1 } as const;
    it.put('StationConnected', connected, stationId);
    const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm' } };
    it.call(stationId, 'BootNotification', boot, { status: 'Accepted', currentTime: '', interval: 300 });
    it.event(stationId, 'Started');
    it.agree(stationId);
  }
  it.live(12 * MINUTE);
  for (const stationId of stationIds) it.registers.set(stationId, { chargedWh: 10_000, backWh: 0 });
  it.live(MINUTE);
  return it;
}
/** One car that is told to feed back. */
function feeding(wantA = -10): Street {
  const it = street(['A']);
  it.consent('A', 0);
  it.want({ A: wantA });
  it.live(2 * MINUTE);
  return it;
}

describe('feeding back', () => {
  it('is told once the car was told not to charge, as a lease in the words of OCPP 2.1, and shown', () => {
    const it = feeding();
    expect(it.flow('A')).toMatchObject({ amps: 10 });
    const { payload, grant } = it.last('A') ?? {};
    expect(grant).toMatchObject({ raises: true, steps: [{ limitMa: 0, dischargeMa: 10_000 }, { limitMa: 0 }] });
    const said = { operationMode: 'CentralSetpoint', setpoint: -10, setpoint_L2: -10, setpoint_L3: -10 };
    const within = { dischargeLimit: -10, dischargeLimit_L2: -10, dischargeLimit_L3: -10 };
    expect(payload).toMatchObject({
      chargingProfile: {
        chargingProfilePurpose: 'TxProfile',
        chargingSchedule: [{ chargingRateUnit: 'A', chargingSchedulePeriod: [{ limit: 0, ...said, ...within }, { limit: 0 }] }],
      },
    });
    expect(validate('ocpp2.1', 'SetChargingProfile', 'request', payload)).toEqual([]);
    expect(it.shown('A')).toMatchObject({ limitMa: 0, dischargeMa: 10_000 });
  });

  it('is told in watts where the station takes those: never more than the current on any line at the lowest voltage', () => {
    const it = street(['A']);
    it.configure({}, { powerType: 'DC', efficiency: 0.9 });
    it.consent('A', 0);
    it.want({ A: -10 });
    it.live(2 * MINUTE);
    const { payload } = it.last('A') ?? {};
    const watts = Math.floor(10 * 230 * 0.9 * 3 * 0.9);
    expect(validate('ocpp2.1', 'SetChargingProfile', 'request', payload)).toEqual([]);
    expect(payload).toMatchObject({
      chargingProfile: {
        chargingSchedule: [{ chargingRateUnit: 'W', chargingSchedulePeriod: [{ limit: 0, setpoint: -watts, dischargeLimit: -watts }, {}] }],
      },
    });
  });

  it('is for the driver and the plan to say: others may not ask for it, and it ends beside a profile of theirs', () => {
    const it = feeding();
    const ask = (more: object): string => {
      const chargingProfile = {
        ...{ id: 7, stackLevel: 1, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Absolute', transactionId: 'tx-A' },
        chargingSchedule: [
          { id: 7, startSchedule: iso(it.nowMs), chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, ...more }] },
        ],
      };
      const commandId = `asked-${JSON.stringify(more)}`;
      const times = { notAfter: iso(it.nowMs + 30_000), timeoutMs: 30_000, requestedBy: 'api:1' };
      const payload = { evseId: 1, chargingProfile };
      it.put('ProfileRequested', { commandId, stationId: 'A', action: 'SetChargingProfile', payload, ...times }, 'A');
      return commandId;
    };
    const flows = [
      { limit: -6 },
      { limit: 16, dischargeLimit: -6 },
      { setpoint: -6, limit: 0 },
      { limit: 16, operationMode: 'LocalFrequency' },
    ].map(ask);
    const refused = it.told.filter(({ type }) => type === 'CommandRefused').map(({ data }) => (data as { commandId: string }).commandId);
    expect(refused).toEqual(flows);
    expect(it.flow('A').amps).toBe(10);
    ask({ limit: 8 });
    it.live(2 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
  });

  it('goes on from lease to lease, and stops with the last one when nobody renews it', () => {
    const it = feeding();
    it.live(20 * MINUTE);
    expect(it.flow('A')).toMatchObject({ amps: 10 });
    const [, end] = it.last('A')?.grant?.steps ?? [];
    expect((end?.fromMs ?? 0) - it.nowMs).toBeLessThanOrEqual(15 * MINUTE);
    expect(end).toEqual({ fromMs: expect.any(Number), limitMa: 0 });
  });

  it.each<[string, (it: Street) => void]>([
    ['the driver takes the consent back', (it) => it.consent('A')],
    ['the driver wants to keep more than there is', (it) => it.consent('A', 11_000)],
    ['the plan wants it no more', (it) => it.want({ A: 0 })],
    ['the plan wants the car to charge', (it) => it.want({ A: 16 })],
    ['the node takes nothing back any more', (it) => it.configure({ exportLimitA: 0 })],
    ['the EVSE is found not to be able to', (it) => it.configure({}, { maxDischargeA: 0 })],
  ])('ends at once where %s', (_, change) => {
    const it = feeding();
    const told = it.told.length;
    change(it);
    // The first thing that is told, before the car may charge again.
    const [first] = it.told.slice(told).flatMap(({ data }) => (data as CommandRequested).grant ?? []);
    expect(first).toMatchObject({ why: { cause: 'lower' }, steps: [{ limitMa: 0 }, { limitMa: 0 }] });
    expect(first?.steps.some(({ dischargeMa = 0 }) => dischargeMa > 0)).toBe(false);
    it.live(5 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
    expect(it.shown('A')).not.toHaveProperty('dischargeMa');
  });

  it('takes no more out than the driver spares, though nobody should be there to stop it', () => {
    const it = street(['A']);
    it.consent('A', 9_000);
    it.want({ A: -10 });
    it.live(2 * MINUTE);
    const { amps, minutes } = it.flow('A');
    expect(amps).toBe(10);
    // 1 kWh, 0.8 of which come back, at most 7.59 kW.
    expect(minutes).toBeGreaterThanOrEqual(4);
    expect(minutes).toBeLessThanOrEqual(6);
    it.registers.set('A', { chargedWh: 10_000, backWh: 790 });
    it.live(15 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
  });

  it('ends when the plan has another hour for it', () => {
    const it = street(['A']);
    it.consent('A', 0);
    it.want({ A: -10 }, 8 * MINUTE);
    it.live(2 * MINUTE);
    expect(it.flow('A')).toEqual({ amps: 10, minutes: 6 });
    it.live(10 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
  });

  it.each(['ocpp1.6', 'ocpp2.0.1'] as const)('is never asked of a station that speaks %s', (version) => {
    const it = street(['A'], version);
    it.consent('A', 0);
    it.want({ A: -10 });
    it.live(10 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
  });

  it('is not asked without consent, though the car offers it', () => {
    const it = street(['A']);
    it.agree('A', { v2xChargingParameters: { maxDischargePower: 11_000, evMinV2XEnergyRequest: -5_000 } });
    it.want({ A: -10 });
    it.live(10 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
    it.consent('A', -100_000);
    it.want({ A: -16 });
    it.live(3 * MINUTE);
    // What the car itself gives, and keeps, goes on counting.
    expect(it.flow('A').amps).toBe(14.4);
  });

  it('is not asked where nobody would see what flows back', () => {
    const it = street(['A']);
    it.consent('A', 0);
    it.registers.set('A', { chargedWh: 10_000, backWh: -1 });
    it.live(7 * MINUTE);
    it.want({ A: -10 });
    it.live(5 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
  });

  it('shares what a node takes back, and counts what silent stations may still feed into it', () => {
    const it = street(['A', 'B', 'C']);
    for (const stationId of it.stationIds) it.consent(stationId, 0);
    it.want({ A: -16, B: -16, C: 0 });
    it.live(3 * MINUTE);
    expect([it.flow('A').amps, it.flow('B').amps]).toEqual([10, 10]);
    it.answer = ({ stationId }) => (stationId === 'A' ? 'silence' : 'Accepted');
    it.want({ A: 0, B: -16, C: -16 });
    it.live(2 * MINUTE);
    // A may not have heard: its ten amperes are not free yet.
    expect(it.flow('B').amps + it.flow('C').amps).toBeLessThanOrEqual(10);
    it.answer = () => 'Accepted';
    it.live(4 * MINUTE);
    expect([it.flow('A').amps, it.flow('B').amps, it.flow('C').amps]).toEqual([0, 10, 10]);
  });

  it('keeps to what the grid takes back at once, and ends its leases before an announced cut', () => {
    const it = feeding();
    it.signal('export', 4, 20);
    it.live(MINUTE);
    expect(it.flow('A').amps).toBe(10);
    const cutMs = it.nowMs + 19 * MINUTE;
    while (it.nowMs < cutMs) it.live(MINUTE);
    expect(it.shown('A')).toMatchObject({ dischargeMa: 4_000 });
    it.live(29 * MINUTE);
    expect(it.flow('A').amps).toBe(4);
    it.want({ A: -10 });
    it.live(3 * MINUTE);
    expect(it.flow('A').amps).toBe(10);
    const told = it.told.length;
    it.signal('export', 6);
    const [first] = it.told.slice(told).flatMap(({ data }) => (data as CommandRequested).grant ?? []);
    expect(first).toMatchObject({ why: { cause: 'lower' }, steps: [{ limitMa: 0, dischargeMa: 6_000 }, { limitMa: 0 }] });
  });

  it('knows no limit that outlasts the signal of one direction in the other', () => {
    const it = feeding();
    it.signal('import', 0);
    it.live(2 * MINUTE);
    expect(it.flow('A').amps).toBe(10);
    it.want({ A: 16 });
    it.signal('import', 64);
    it.signal('export', 0);
    it.live(5 * MINUTE);
    expect(it.shown('A')).toMatchObject({ limitMa: 16_000 });
    // Where the tree takes nothing back, no signal makes it.
    it.configure({ exportLimitA: 0 });
    it.signal('export', 20);
    it.want({ A: -10 });
    it.live(5 * MINUTE);
    expect(it.flow('A').amps).toBe(0);
  });

  it('gives what is free to one after the other, not to each of them', () => {
    const it = street(['A', 'B', 'C']);
    for (const stationId of it.stationIds) it.consent(stationId, 0);
    it.want({ A: -16, B: 0, C: 0 });
    it.live(3 * MINUTE);
    expect(it.flow('A').amps).toBe(16);
    it.answer = ({ stationId }) => (stationId === 'A' ? 'silence' : 'Accepted');
    it.want({ A: -5, B: -16, C: -16 });
    // Four of twenty are certainly free.
    expect(it.flow('B').amps + it.flow('C').amps).toBe(4);
  });

  it('counts with all it can where more flows back than was asked for', () => {
    const it = feeding(-5);
    it.live(MINUTE);
    for (let count = 0; count < 4; count++) {
      it.pass(20_000);
      it.sample('A', [{ value: 12, measurand: 'Current.Export', phase: 'L1' }]);
    }
    expect(it.told.filter(({ type }) => type === 'StationDisobeyed').map(({ data }) => data)).toEqual([
      expect.objectContaining({ stationId: 'A', reason: 'samples', allowedMa: 5_000, measuredMa: 12_000 }),
    ]);
    expect(it.shown('A')).toMatchObject({ dischargeMa: 16_000 });
    expect(it.flow('A').amps).toBe(0);
  });

  const told = (it: Street): readonly LimitExceeded[] =>
    it.told.filter(({ type }) => type === 'LimitExceeded').map(({ data }) => data as LimitExceeded);
  const flowing = (it: Street, amps: number, count = 4): void => {
    for (let index = 0; index < count; index++) {
      it.pass(20_000);
      it.sample('A', [{ value: amps, measurand: 'Current.Export', phase: 'L1' }]);
    }
  };

  it('is nothing above a limit while it keeps to what it was told', () => {
    const it = feeding();
    flowing(it, 10, 30);
    expect(it.flow('A').amps).toBe(10);
    expect(told(it)).toEqual([]);
  });

  it('is told as above the limit on it, with who it was and for how long, and kept in rows of its own direction', () => {
    const it = feeding();
    it.signal('export', 11);
    it.live(2 * MINUTE);
    const before = it.state;
    it.signal('import', 4);
    flowing(it, 15);
    expect(told(it)[0]).toMatchObject({ nodeId: 'grid', direction: 'export', isOver: false, limitMa: 11_000, flowMa: 15_000 });
    const [first, ...others] = told(it)[0]?.reasons ?? [];
    expect(first).toMatchObject({ kind: 'disobedient', stationId: 'A', drawnMa: 15_000 });
    expect(others).not.toContainEqual(expect.objectContaining({ limitId: 'limit-import' }));
    const rows = exceedanceRows(before, it.state);
    expect(rows[0]?.row).toMatchObject({
      node_id: 'grid',
      phase: 'L1',
      direction: 'export',
      ended_at: null,
      limit_ma: 11_000,
      flow_ma: 15_000,
    });
    flowing(it, 0, 1);
    expect(told(it).at(-1)).toMatchObject({ direction: 'export', isOver: true });
    expect(told(it).at(-1)?.seconds).toBeGreaterThanOrEqual(60);
    expect(told(it).every(({ direction }) => direction === 'export')).toBe(true);
  });

  it('is a cut that came without notice, until it had the time to follow', () => {
    const it = feeding();
    flowing(it, 10);
    it.answer = () => 'silence';
    it.signal('export', 4);
    flowing(it, 10, 1);
    expect(told(it).map(({ direction, limitMa }) => [direction, limitMa])).toContainEqual(['export', 4_000]);
    for (const { reasons } of told(it)) expect(reasons.map(({ kind }) => kind)).toContain('cut');
  });
});
